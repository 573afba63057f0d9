//! Settings of the go command: the environment first, then the file that `go env -w` writes.
//!
//! Only the few that decide which go.mod or go.work counts are read. As the go command does, an unreadable
//! file counts as none.

use crate::sys::bounded;
use crate::sys::environment::Environment;
use crate::sys::process;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The value of `key` as `go env` would show it, before any toolchain's own defaults; empty counts as unset.
pub fn setting(environment: &dyn Environment, key: &str) -> Option<OsString> {
    environment.get(key).or_else(|| written(environment, key).map(|written| written.value))
}

/// A line of a file that sets something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The value.
    pub value: OsString,
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

/// A file of settings as it is read once.
#[derive(Debug)]
pub struct SettingsFile {
    file: PathBuf,
    text: Vec<u8>,
}

impl SettingsFile {
    /// The file that `go env -w` writes.
    pub fn of_user(environment: &dyn Environment) -> Option<Self> {
        let file = terminated(environment)?;
        if process::is_absent(&file) {
            return None;
        }
        Self::read(path(file))
    }

    fn read(file: PathBuf) -> Option<Self> {
        let text = bounded::read(&file, bounded::PIN_LIMIT).ok()??;
        Some(Self { file, text })
    }

    /// What it sets `key` to; empty counts as unset.
    pub fn written(&self, key: &str) -> Option<Written> {
        self.line(key).filter(|written| !written.value.is_empty())
    }

    /// The line that decides what `key` is, be it empty: the last one. Values are not quoted.
    fn line(&self, key: &str) -> Option<Written> {
        let lines = self.text.split(|byte| *byte == b'\n').enumerate();
        let values = lines.filter_map(|(index, line)| {
            let rest = line.strip_prefix(key.as_bytes())?;
            Some((index + 1, rest.strip_prefix(b"=")?))
        });
        let (line, value) = values.last()?;
        Some(Written { value: OsString::from_vec(value.to_vec()), file: self.file.clone(), line })
    }
}

/// What the file that `go env -w` writes sets `key` to, whatever the environment says; empty counts as unset.
pub fn written(environment: &dyn Environment, key: &str) -> Option<Written> {
    SettingsFile::of_user(environment)?.written(key)
}

/// The line of `file` that decides what `key` is there, be it empty.
pub fn line(file: &Path, key: &str) -> Option<Written> {
    SettingsFile::read(file.to_owned())?.line(key)
}

/// The go command's user settings file, as `go env GOENV` names it.
pub fn file(environment: &dyn Environment) -> Option<PathBuf> {
    terminated(environment).map(path)
}

/// The same with a NUL behind it, as the system wants it.
fn terminated(environment: &dyn Environment) -> Option<Vec<u8>> {
    let (directory, name): (OsString, &[u8]) = match environment.get("GOENV") {
        Some(file) if file == "off" => return None,
        Some(file) => (file, b"\0"),
        None => match environment.get("XDG_CONFIG_HOME") {
            Some(directory) => (directory, b"/go/env\0"),
            None => (environment.get("HOME")?, b"/.config/go/env\0"),
        },
    };
    let directory = directory.as_bytes();
    let counts = name.len() == 1 || directory.first() == Some(&b'/');
    counts.then(|| [directory, name].concat())
}

fn path(mut terminated: Vec<u8>) -> PathBuf {
    terminated.pop();
    PathBuf::from(OsString::from_vec(terminated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn the_environment_beats_the_file_and_the_last_line_counts() {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().to_str().unwrap();
        std::fs::create_dir_all(directory.path().join(".config/go")).unwrap();
        let file = directory.path().join(".config/go/env");
        std::fs::write(&file, "# GOWORK=a\nGOWORK=/b\nGOWORKS=/c\nGO111MODULE=\nGOWORK=/d e\n").unwrap();
        let ask = |environment: Vec<(&str, &str)>, key| setting(&environment, key);

        assert_eq!(ask(vec![("HOME", home)], "GOWORK").unwrap(), "/d e");
        let place = written(&vec![("HOME", home), ("GOWORK", "off")], "GOWORK").unwrap();
        assert_eq!((place.file, place.line), (file.clone(), 5));
        assert_eq!(ask(vec![("HOME", home), ("GOWORK", "off")], "GOWORK").unwrap(), "off");
        assert_eq!(ask(vec![("HOME", home), ("GOWORK", "")], "GOWORK").unwrap(), "/d e");
        assert_eq!(ask(vec![("HOME", home)], "GO111MODULE"), None);
        assert_eq!(ask(vec![("HOME", home), ("GOENV", "off")], "GOWORK"), None);
        assert_eq!(ask(vec![("GOENV", file.to_str().unwrap())], "GOWORK").unwrap(), "/d e");
        assert_eq!(ask(vec![("HOME", home), ("XDG_CONFIG_HOME", "relative")], "GOWORK"), None);
        assert_eq!(ask(vec![], "GOWORK"), None);

        let found = |key| line(&file, key).map(|found| (found.line, found.value));
        assert_eq!(found("GOWORK"), Some((5, "/d e".into())));
        assert_eq!(found("GO111MODULE"), Some((4, "".into())));
        assert_eq!(found("GOWOR"), None);
    }
}
