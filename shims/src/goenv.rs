//! Settings of the go command: the environment first, then the file that `go env -w` writes.
//!
//! Only the few that decide which go.mod or go.work counts are read. As the go command does, an unreadable
//! file counts as none.

use crate::bounded;
use crate::environment::Environment;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The value of `key` as `go env` would show it, before any toolchain's own defaults; empty counts as unset.
pub fn setting(environment: &dyn Environment, key: &str) -> Option<OsString> {
    environment.get(key).or_else(|| {
        let text = bounded::read(&file(environment)?, bounded::PIN_LIMIT).ok()??;
        value(&text, key).map(|value| OsString::from_vec(value.to_vec()))
    })
}

/// The go command's user settings file, as `go env GOENV` names it.
fn file(environment: &dyn Environment) -> Option<PathBuf> {
    if let Some(file) = environment.get("GOENV") {
        return (file != "off").then(|| PathBuf::from(file));
    }
    let directory = match environment.get("XDG_CONFIG_HOME") {
        Some(directory) => PathBuf::from(directory),
        None => PathBuf::from(environment.get("HOME")?).join(".config"),
    };
    directory.is_absolute().then(|| directory.join("go/env"))
}

/// The last `KEY=VALUE` line decides; values are not quoted.
fn value<'a>(text: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let mut values = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let rest = line.strip_prefix(key.as_bytes())?;
        rest.strip_prefix(b"=")
    });
    values.next_back().filter(|value| !value.is_empty())
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
        assert_eq!(ask(vec![("HOME", home), ("GOWORK", "off")], "GOWORK").unwrap(), "off");
        assert_eq!(ask(vec![("HOME", home), ("GOWORK", "")], "GOWORK").unwrap(), "/d e");
        assert_eq!(ask(vec![("HOME", home)], "GO111MODULE"), None);
        assert_eq!(ask(vec![("HOME", home), ("GOENV", "off")], "GOWORK"), None);
        assert_eq!(ask(vec![("GOENV", file.to_str().unwrap())], "GOWORK").unwrap(), "/d e");
        assert_eq!(ask(vec![("HOME", home), ("XDG_CONFIG_HOME", "relative")], "GOWORK"), None);
        assert_eq!(ask(vec![], "GOWORK"), None);
    }
}
