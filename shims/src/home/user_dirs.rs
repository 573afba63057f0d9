//! What is one user's alone: the rules that the user settled, what the user trusts, which notices were said.
//!
//! It lies in the home where that is the user's own, and in the user's configuration directory where the home is shared.
//! Pure paths, but for one look at whether the home is shared.

use crate::home::paths::{Home, below};
use crate::sys::environment::Environment;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The directory of a user's own things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDirs {
    root: PathBuf,
}

impl UserDirs {
    /// This user's; `None` where the home is shared and the environment names no configuration directory.
    pub fn of(home: &Home, environment: &dyn Environment) -> Option<Self> {
        if fs::symlink_metadata(home.shared_file()).is_err() {
            return Some(Self { root: home.root().to_owned() });
        }
        config_directory(environment).map(|root| Self { root })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The rules of the user's `config.toml`, compiled.
    pub fn rules(&self) -> PathBuf {
        below(&self.root, &["rules"])
    }

    /// The directory with what is trusted: the record of `/p/gvmr.toml` is `trusted/p/gvmr.toml` in it.
    pub fn trusted(&self) -> PathBuf {
        below(&self.root, &["trusted"])
    }

    /// The record of the project file at this absolute path, trusted or not.
    pub fn trusted_record(&self, file: &Path) -> PathBuf {
        let below = file.as_os_str().as_bytes();
        let below = below.strip_prefix(b"/").unwrap_or(below);
        self.trusted().join(OsStr::from_bytes(below))
    }

    /// The directory with one empty file for each notice that was said.
    pub fn notices(&self) -> PathBuf {
        below(&self.root, &["notices"])
    }

    /// Which machines credentials are kept for, and those that no keyring keeps; mode 0600.
    pub fn credentials(&self) -> PathBuf {
        below(&self.root, &["credentials"])
    }
}

/// gvmr's directory in the user's configuration directory; `None` where the environment names none by an absolute path.
pub fn config_directory(environment: &dyn Environment) -> Option<PathBuf> {
    in_config_directory(environment, "gvmr")
}

/// `name` in the user's configuration directory.
fn in_config_directory(environment: &dyn Environment, name: &str) -> Option<PathBuf> {
    let is_absolute = |path: &OsString| path.as_bytes().first() == Some(&b'/');
    let (directory, between) = match environment.get("XDG_CONFIG_HOME").filter(is_absolute) {
        Some(directory) => (directory, "/"),
        None => (environment.get("HOME").filter(is_absolute)?, "/.config/"),
    };
    let directory = directory.as_bytes();
    let directory = directory.strip_suffix(b"/").unwrap_or(directory);
    // In one piece: joining paths one by one costs more than looking at them.
    Some(PathBuf::from(OsString::from_vec([directory, between.as_bytes(), name.as_bytes()].concat())))
}

/// The user's settings: `GVMR_CONFIG`, else `config.toml` in [`config_directory`].
pub fn config_file(environment: &dyn Environment) -> Option<PathBuf> {
    match environment.get("GVMR_CONFIG").map(PathBuf::from) {
        Some(named) => named.is_absolute().then_some(named),
        None => in_config_directory(environment, "gvmr/config.toml"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_configuration_lies_in_an_absolute_directory() {
        let directory = |environment: Vec<(&str, &str)>| config_directory(&environment);
        let at = |path: &str| Some(PathBuf::from(path));
        assert_eq!(directory(vec![("HOME", "/h")]), at("/h/.config/gvmr"));
        assert_eq!(directory(vec![("HOME", "/h"), ("XDG_CONFIG_HOME", "/c")]), at("/c/gvmr"));
        assert_eq!(directory(vec![("XDG_CONFIG_HOME", "/c")]), at("/c/gvmr"));
        // A relative one is none, as the standard for these directories says; it would be the project's.
        assert_eq!(directory(vec![("HOME", "/h"), ("XDG_CONFIG_HOME", "c")]), at("/h/.config/gvmr"));
        assert_eq!(directory(vec![("HOME", "h")]), None);
        assert_eq!(directory(vec![]), None);
    }

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn what_is_ones_own_lies_in_ones_own_home_or_beside_ones_settings() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        let environment = vec![("HOME", "/h")];
        let own = UserDirs::of(&home, &environment).unwrap();
        assert_eq!(own.root(), directory.path());
        let record = own.trusted_record(Path::new("/p/q/gvmr.toml"));
        assert_eq!(record, directory.path().join("trusted/p/q/gvmr.toml"));
        fs::write(home.shared_file(), b"shared\n").unwrap();
        assert_eq!(UserDirs::of(&home, &environment).unwrap().root(), Path::new("/h/.config/gvmr"));
        assert_eq!(UserDirs::of(&home, &Vec::new()), None);
    }
}
