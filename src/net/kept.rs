//! Credentials that the user keeps with gvmr, as they come in; and which login a request carried, as that may be shown.

use std::fmt;

/// Login and secret of a machine, and in words where they are kept. Shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptLogin {
    /// `host`, `host:port`, for servers also with a path; for a proxy as `proxy_machine` names it.
    pub machine: String,
    /// The user's name there.
    pub login: String,
    /// The secret.
    pub secret: String,
    /// Where it is kept, in words.
    pub place: String,
    /// The command that keeps others in their place.
    pub next_step: String,
}

/// Which login a request carried, in words that show no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    words: String,
    is_in_address: bool,
}

impl Sent {
    /// The login in the address itself. A user name is not shown: tokens are often put there.
    pub(super) fn in_address() -> Self {
        Self { words: "the login in the address".to_owned(), is_in_address: true }
    }

    /// Whether that address has to be corrected.
    pub(super) fn is_in_address(&self) -> bool {
        self.is_in_address
    }

    /// The netrc's login for `machine`.
    pub(super) fn in_netrc(machine: &str) -> Self {
        let machine = gvmr_core::sys::printable::word(machine);
        Self { words: format!("the login for {machine} in the netrc file"), is_in_address: false }
    }
}

impl From<&KeptLogin> for Sent {
    fn from(kept: &KeptLogin) -> Self {
        let KeptLogin { machine, login, place, next_step, .. } = kept;
        Self {
            words: format!("the login {login} for {machine}, saved in {place} ({next_step})"),
            is_in_address: false,
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words)
    }
}

impl fmt::Debug for KeptLogin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeptLogin {{ {} at {}: *** }}", self.login, self.machine)
    }
}
