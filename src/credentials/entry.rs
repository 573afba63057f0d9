//! What a line of the `credentials` file says but for the secret itself.

use gvmr_core::env::credentials::CredentialKind;

/// A machine, the user's name there, and where the secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialEntry {
    /// What it is for.
    pub kind: CredentialKind,
    /// `host`, `host:port`, for https also with a path; for a proxy `host:port`, or with the scheme that is not http.
    pub machine: String,
    /// The user's name there.
    pub login: String,
    /// Where the secret is.
    pub place: SecretStore,
}

/// Where a secret is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretStore {
    /// The desktop's keyring (Secret Service).
    Keyring,
    /// The `credentials` file, mode 0600.
    File,
}

impl CredentialEntry {
    /// The command that stores other credentials for the machine.
    pub fn next_step(&self) -> String {
        let proxy = if self.kind == CredentialKind::Proxy { " --proxy" } else { "" };
        format!("gvmr auth set {}{proxy} --user NAME", self.machine)
    }
}

impl SecretStore {
    /// The word in the file and in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}
