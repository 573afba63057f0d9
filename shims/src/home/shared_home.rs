//! A home that one user, usually root, shares with all: who may change it, and whose default counts there.
//!
//! Looks at a file's owner and at the environment. Writes nothing, and costs a home of one's own a single look.

use crate::home::paths::Home;
use crate::home::user_dirs::config_directory;
use crate::sys::environment::Environment;
use crate::sys::printable;
use crate::sys::process;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Whether the home is shared and another user owns it: this user only reads it.
pub fn is_anothers(home: &Home) -> bool {
    fs::symlink_metadata(home.shared_file()).is_ok_and(|mark| mark.uid() != process::effective_user())
}

/// The file with the default of this user in a home that another keeps: `default` in [`config_directory`].
pub fn own_default_file(environment: &dyn Environment) -> Option<PathBuf> {
    config_directory(environment).map(|directory| directory.join("default"))
}

/// The users whose files count: this one, and root. Files of other users are ignored.
pub fn trusted_uids() -> [u32; 2] {
    [0, process::effective_user()]
}

/// The owner of a user's file, the default or the settings, where that is neither the user nor root: it does not count.
pub fn foreign_owner(file: &Path) -> Option<u32> {
    owner_besides(file, &trusted_uids())
}

/// The default of this user in a home that another keeps, and its owner, where it does not count since it is another
/// user's.
pub fn foreign_default(home: &Home, environment: &dyn Environment) -> Option<(PathBuf, u32)> {
    if !is_anothers(home) {
        return None;
    }
    let file = own_default_file(environment)?;
    let owner = foreign_owner(&file)?;
    Some((file, owner))
}

/// The owner of a file, or of the link to it, that is none of `users`.
pub(crate) fn owner_besides(file: &Path, users: &[u32]) -> Option<u32> {
    let found = [fs::symlink_metadata(file), fs::metadata(file)];
    let mut owners = found.into_iter().flatten().map(|found| found.uid());
    owners.find(|owner| !users.contains(owner))
}

/// The program that changes the home, in words: with sudo where another user owns it.
pub fn program(home: &Home) -> String {
    if is_anothers(home) {
        format!("sudo {}", printable::path(home.bin().join("gvmr")))
    } else {
        "gvmr".to_owned()
    }
}

/// How to run `gvmr COMMAND` on the home, in words.
pub fn next_step(home: &Home, command: &str) -> String {
    let for_all = format!("{} {command}", program(home));
    if !is_anothers(home) {
        return for_all;
    }
    format!(
        "{for_all} (for all users), or GVMR_HOME=~/.local/share/gvmr gvmr {command} && gvmr setup (for you alone)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn a_home_without_the_mark_and_one_that_is_kept_here_are_ones_own() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        assert!(!is_anothers(&home));
        fs::write(home.shared_file(), b"shared\n").unwrap();
        assert!(!is_anothers(&home));
        assert_eq!(next_step(&home, "install 1.22"), "gvmr install 1.22");
    }
}
