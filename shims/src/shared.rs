//! A home that one user, root as a rule, keeps for all: who may change it, and whose default counts there.
//!
//! Looks at a file's owner and at the environment. Writes nothing, and costs a home of one's own a single look.

use crate::environment::Environment;
use crate::home::Home;
use crate::process;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Whether the home is shared and another user keeps it, so that this one only reads it.
pub fn is_anothers(home: &Home) -> bool {
    fs::symlink_metadata(home.shared_file()).is_ok_and(|mark| mark.uid() != process::effective_user())
}

/// The file with the default of this user in a home that another keeps: `gvmr/default` in the configuration directory.
/// `None` where the environment names no such directory by an absolute path.
pub fn own_default_file(environment: &dyn Environment) -> Option<PathBuf> {
    let named = environment.get("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let directory = match named {
        Some(directory) => directory,
        None => Path::new(&environment.get("HOME")?).join(".config"),
    };
    directory.is_absolute().then(|| directory.join("gvmr/default"))
}

/// The users whose word counts in such a file: this one, and root. What belongs to another is passed over.
pub fn heeded() -> [u32; 2] {
    [0, process::effective_user()]
}

/// The owner of the user's own default where that is neither the user nor root, so that it does not count.
pub fn stranger(file: &Path) -> Option<u32> {
    let found = [fs::symlink_metadata(file), fs::metadata(file)];
    let owners = found.into_iter().flatten().map(|found| found.uid());
    owners.into_iter().find(|owner| !heeded().contains(owner))
}

/// The program that changes the home, in words: with another's rights where another keeps it.
pub fn program(home: &Home) -> String {
    if is_anothers(home) { format!("sudo {}", home.bin().join("gvmr").display()) } else { "gvmr".to_owned() }
}

/// What to run so that `gvmr COMMAND` changes the home, in words.
pub fn next_step(home: &Home, command: &str) -> String {
    let everybody = format!("{} {command}", program(home));
    if !is_anothers(home) {
        return everybody;
    }
    format!(
        "{everybody} (for everybody), or GVMR_HOME=~/.local/share/gvmr gvmr {command} && gvmr setup (for you, in a \
         home of your own)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_default_lies_in_an_absolute_configuration_directory() {
        let file = |environment: Vec<(&str, &str)>| own_default_file(&environment);
        let at = |path: &str| Some(PathBuf::from(path));
        assert_eq!(file(vec![("HOME", "/h")]), at("/h/.config/gvmr/default"));
        assert_eq!(file(vec![("HOME", "/h"), ("XDG_CONFIG_HOME", "/c")]), at("/c/gvmr/default"));
        assert_eq!(file(vec![("XDG_CONFIG_HOME", "/c")]), at("/c/gvmr/default"));
        // A relative one is none, as the standard for these directories says; it would be the project's.
        assert_eq!(file(vec![("HOME", "/h"), ("XDG_CONFIG_HOME", "c")]), at("/h/.config/gvmr/default"));
        assert_eq!(file(vec![("HOME", "h")]), None);
        assert_eq!(file(vec![]), None);
    }

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
