//! Whose files are edited: the user this process runs as, with that user's own home.
//!
//! Takes the environment and `/etc/passwd`; gives an account with its own home directory. Refuses a `HOME` that belongs to
//! another user, as under `sudo`: that user could not change the files that root writes there.

use crate::store::{self, PasswdEntry};
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A user, as far as shells care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The login name; empty if unknown.
    pub name: String,
    /// The user id.
    pub uid: u32,
    /// The home directory: absolute, an existing directory.
    pub home: PathBuf,
    /// The login shell, if the account has one.
    pub shell: Option<PathBuf>,
}

/// Why there is no account whose files can be edited.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// `HOME` names no directory that can be used.
    #[error("HOME is {}", why)]
    Home {
        /// What is wrong with it: `not set`, `/home/u, which does not exist`.
        why: String,
        /// The home directory that `/etc/passwd` has for this user, if it exists.
        passwd: Option<PathBuf>,
    },
    /// `HOME` is another user's.
    #[error("HOME is {}, which belongs to user {owner}, but gvmr runs as user {uid}", printable::path(home))]
    NotOurs {
        /// The directory.
        home: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who runs this.
        uid: u32,
        /// The home directory that `/etc/passwd` has for this user.
        passwd: Option<PathBuf>,
    },
}

impl AccountError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NotOurs { uid: 0, .. } => {
                "run it without sudo; to set up every user, run `gvmr setup --system`".to_owned()
            }
            Self::NotOurs { home, passwd: Some(passwd), uid, .. }
                if home == passwd && store::may_be_given_away(home, *uid) =>
            {
                format!("as root, run `chown {uid} {}`", printable::path(home))
            }
            Self::Home { passwd: Some(passwd), .. } => {
                format!("run `export HOME={}`", printable::path(passwd))
            }
            Self::NotOurs { home, passwd: Some(passwd), .. } if home != passwd => {
                format!("run `export HOME={}`", printable::path(passwd))
            }
            Self::Home { .. } | Self::NotOurs { .. } => "set HOME to your home directory".to_owned(),
        }
    }
}

impl Account {
    /// The account of this process, with `HOME` as its home.
    pub fn of_process(environment: &dyn Environment) -> Result<Self, AccountError> {
        let uid = rustix::process::geteuid().as_raw();
        let passwd = store::passwd();
        let entry = PasswdEntry::of(&passwd, uid);
        let passwd = entry.as_ref().and_then(PasswdEntry::home);
        let refused =
            |why: String| AccountError::Home { why, passwd: passwd.clone().filter(|home| home.is_dir()) };
        let home = PathBuf::from(environment.get("HOME").ok_or_else(|| refused("not set".to_owned()))?);
        let shown = printable::path(&home);
        if home.is_relative() {
            return Err(refused(format!("{shown}, which is not an absolute path")));
        }
        let found = std::fs::metadata(&home).map_err(|error| refused(format!("{shown}: {error}")))?;
        if !found.is_dir() {
            return Err(refused(format!("{shown}, which is not a directory")));
        }
        // Root may have a home in another user's directory, as a container's jobs do.
        let is_theirs = uid != 0 || store::is_in_home_of(&home, found.uid());
        if found.uid() != uid && is_theirs {
            return Err(AccountError::NotOurs { home, owner: found.uid(), uid, passwd });
        }
        let shell = entry.as_ref().and_then(PasswdEntry::shell);
        Ok(Self {
            name: entry.as_ref().map(PasswdEntry::name).unwrap_or_default(),
            uid,
            home,
            shell: shell.or_else(|| environment.get("SHELL").map(PathBuf::from)),
        })
    }

    /// Whether the account's login shell is this program.
    pub fn logs_in_with(&self, program: &Path) -> bool {
        self.shell.as_deref() == Some(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_that_is_none_is_refused_with_what_it_is() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let file = file.path().to_str().unwrap();
        for (home, why) in [
            ("", "not set"),
            ("relative", "not an absolute path"),
            ("/nonexistent/u", "No such file"),
            (file, "not a directory"),
        ] {
            let error = Account::of_process(&vec![("HOME", home)]).unwrap_err();
            assert!(matches!(error, AccountError::Home { .. }) && error.to_string().contains(why), "{error}");
        }
        let directory = tempfile::tempdir().unwrap();
        let account = Account::of_process(&vec![("HOME", directory.path().to_str().unwrap())]).unwrap();
        assert_eq!(account.home, directory.path());
    }
}
