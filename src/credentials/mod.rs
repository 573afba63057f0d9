//! Credentials that the user stores with gvmr: for servers asked over https, and for proxies.
//!
//! Takes a machine, gives a login and a secret, from the desktop's keyring where one runs and from a file of mode 0600
//! elsewhere. A secret is never an argument, never shown, and its type does not print it. Never waits for a person, and
//! never longer than a few seconds for a keyring.

mod caller;
mod entry;
mod error;
mod file;
mod go;
mod goauth;
mod keyring;
mod machine;
mod netrc;
mod requests;
mod secret;

pub use caller::tell;
pub use entry::{CredentialEntry, SecretStore};
pub use error::CredentialsError;
pub use file::Files;
pub use go::{ForGo, for_go};
pub use goauth::{GoauthAnswer, Refused, answer};
pub use keyring::{Keyring, KeyringError};
pub use machine::{MachineError, machine};
pub use netrc::fits as fits_netrc;
pub use requests::for_requests;
pub use secret::{NotALogin, NotASecret, Secret, check_login};

use crate::store::{LockWait, StoreError};
use gvmr_core::env::credentials::CredentialKind;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::printable;
use std::path::PathBuf;

/// The credentials of one user.
#[derive(Clone, Debug)]
pub struct Credentials {
    files: Files,
}

/// An entry with its secret.
#[derive(Clone, Debug)]
pub struct Login {
    /// The entry.
    pub entry: CredentialEntry,
    /// Its secret.
    pub secret: Secret,
}

/// The secrets that were asked for.
#[derive(Debug, Default)]
pub struct Logins {
    /// The entries whose secrets were read, in the order of the file.
    pub found: Vec<Login>,
    /// The others, and why.
    pub lacking: Vec<(CredentialEntry, KeyringError)>,
}

impl Credentials {
    /// Those among the user's own things.
    pub fn of(own: &UserDirs) -> Self {
        Self { files: Files::of(own) }
    }

    /// The file with one line for each entry.
    pub fn file(&self) -> PathBuf {
        self.files.path().to_owned()
    }

    /// All files that storing a login makes.
    pub fn files(&self) -> [PathBuf; 2] {
        [self.file(), self.files.lock_path()]
    }

    /// All entries, without their secrets.
    pub fn list(&self) -> Result<Vec<CredentialEntry>, CredentialsError> {
        Ok(self.files.read()?.entries().into_iter().map(|(entry, _)| entry).collect())
    }

    /// Stores a login and its secret in place of what was stored for the machine: where the entry says, or in the file where
    /// there is no keyring that can be used. Gives the entry as it was stored, and the keyring's error. What is cancelled
    /// stores nothing.
    pub fn keep(
        &self,
        wanted: &CredentialEntry,
        secret: &Secret,
        keyring: Option<&Keyring>,
        wait: &LockWait<'_>,
    ) -> Result<(CredentialEntry, Option<KeyringError>), CredentialsError> {
        self.files.check_writable()?; // before the keyring has it
        let locked = self.files.lock(wait)?;
        if (wait.cancelled)() {
            return Err(StoreError::Cancelled.into());
        }
        let in_file = || CredentialEntry { place: SecretStore::File, ..wanted.clone() };
        let wished = keyring.filter(|_| wanted.place == SecretStore::Keyring);
        let is_replaced = self.list()?.contains(wanted); // the keyring's old secret is gone then
        let (entry, error) = match wished.map(|keyring| keyring.store(wanted, secret)) {
            Some(Ok(())) => (wanted.clone(), None),
            Some(Err(error)) => (in_file(), Some(error)),
            None => (in_file(), None),
        };
        let is_in_keyring = entry.place == SecretStore::Keyring;
        let cancelled = || (wait.cancelled)() && !(is_in_keyring && is_replaced);
        let changed = locked.change(&cancelled, |lines| {
            let old = lines.remove(entry.kind, &entry.machine);
            lines.add(&entry, secret);
            old
        });
        if let (Err(_), Some(keyring)) = (&changed, keyring)
            && is_in_keyring
            && !is_replaced
        {
            let _ = keyring.forget(&entry); // nothing names it, so it is unused and harmless
        }
        if let (Some(old), Some(keyring)) = (changed?, keyring)
            && old.place == SecretStore::Keyring
            && old != entry
        {
            // An old secret that is left there is unused and harmless.
            let _ = keyring.forget(&old);
        }
        Ok((entry, error))
    }

    /// Forgets an entry; `None` where there is none. The error is that of a keyring which still has the secret.
    pub fn remove(
        &self,
        kind: CredentialKind,
        machine: &str,
        keyring: Option<&Keyring>,
        wait: &LockWait<'_>,
    ) -> Result<Option<(CredentialEntry, Option<KeyringError>)>, CredentialsError> {
        let removed = self.files.lock(wait)?.change(wait.cancelled, |lines| lines.remove(kind, machine))?;
        let Some(old) = removed else { return Ok(None) };
        let error = match (old.place, keyring) {
            (SecretStore::File, _) => None,
            (SecretStore::Keyring, None) => Some(KeyringError::Absent),
            (SecretStore::Keyring, Some(keyring)) => keyring.forget(&old).err(),
        };
        Ok(Some((old, error)))
    }

    /// The secrets of the entries that are `wanted`. A keyring is asked only where one of them is there, and once.
    pub fn logins(
        &self,
        wanted: impl Fn(&CredentialEntry) -> bool,
        keyring: Option<&Keyring>,
    ) -> Result<Logins, CredentialsError> {
        let entries = self.files.read()?.entries();
        let entries: Vec<_> = entries.into_iter().filter(|(entry, _)| wanted(entry)).collect();
        let asked = entries.iter().filter(|(_, secret)| secret.is_none()).map(|(entry, _)| entry.clone());
        let asked: Vec<CredentialEntry> = asked.collect();
        let mut answers = match keyring {
            _ if asked.is_empty() => Vec::new(),
            Some(keyring) => keyring.fetch(asked),
            None => asked.iter().map(|_| Err(KeyringError::Absent)).collect(),
        }
        .into_iter();
        let mut logins = Logins::default();
        for (entry, secret) in entries {
            let secret = secret.map_or_else(|| answers.next().unwrap_or(Err(KeyringError::Gone)), Ok);
            match secret {
                Ok(secret) => logins.found.push(Login { entry, secret }),
                Err(error) => logins.lacking.push((entry, error)),
            }
        }
        Ok(logins)
    }
}

impl CredentialEntry {
    /// Where its secret is, in words: `the keyring`, or the file's path.
    pub fn place_in_words(&self, credentials: &Credentials) -> String {
        match self.place {
            SecretStore::Keyring => "the keyring".to_owned(),
            SecretStore::File => printable::path(credentials.file()),
        }
    }
}
