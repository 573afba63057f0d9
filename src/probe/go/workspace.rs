//! A go.work that may be completed: a copy of it in a temporary directory, with the same modules.
//!
//! Takes the workspace's file and the go command; gives the copy, and what it lacks in go.work.sum.

use crate::check::NotMeasured;
use crate::config::cleaned;
use crate::probe::failed;
use gvmr_core::sys::printable;
use serde::Deserialize;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A copy of a go.work. It goes with its value.
pub(super) struct WorkspaceCopy {
    directory: TempDir,
    /// go.work.sum as it was copied.
    sums: Vec<u8>,
}

/// Asks the go command, and fails where that does.
type AskGo<'a> = &'a dyn Fn(&[&str]) -> Result<String, NotMeasured>;

/// What `go work edit -json` says.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WorkFile {
    #[serde(default, deserialize_with = "or_nothing")]
    pub(super) r#use: Vec<UsedModule>,
    #[serde(default, deserialize_with = "or_nothing")]
    pub(super) replace: Vec<Replacement>,
}

/// `use ./module`
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UsedModule {
    pub(super) disk_path: String,
}

/// `replace example.com/module => ../module`
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Replacement {
    pub(super) old: ModuleVersion,
    pub(super) new: ModuleVersion,
}

/// A module, or a directory in its place, which has no version.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ModuleVersion {
    pub(super) path: String,
    #[serde(default)]
    pub(super) version: String,
}

/// `null` is a list without anything.
pub(super) fn or_nothing<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Replacement {
    /// The directory that it leads to, if it is one: relative to that of its file, or absolute.
    pub(super) fn directory(&self) -> Option<&Path> {
        self.new.version.is_empty().then(|| Path::new(&self.new.path))
    }
}

impl WorkspaceCopy {
    /// Of a go.work; relative paths in it become absolute.
    pub(super) fn of(go_work: &Path, directory: TempDir, ask: AskGo<'_>) -> Result<Self, NotMeasured> {
        let said = |error: io::Error| failed(format!("{}: {error}", printable::path(go_work)));
        let (text, below) = (fs::read(go_work).map_err(said)?, go_work.parent().unwrap_or(go_work));
        let parsed = ask(&["work", "edit", "-json", &go_work.display().to_string()])?;
        let parsed: WorkFile = serde_json::from_str(&parsed)
            .map_err(|error| failed(format!("go work edit -json printed no go.work: {error}")))?;
        let sums = fs::read(below.join("go.work.sum")).unwrap_or_default();
        let copy = Self { directory, sums };
        write_new(&copy.go_work(), &text).map_err(said)?;
        write_new(&copy.go_work_sum(), &copy.sums).map_err(said)?;
        let words = absolute(&parsed, below);
        if !words.is_empty() {
            let file = copy.go_work().display().to_string();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            ask(&[&["work", "edit"], words.as_slice(), &[file.as_str()]].concat())?;
        }
        Ok(copy)
    }

    /// The copy.
    pub(super) fn go_work(&self) -> PathBuf {
        self.directory.path().join("go.work")
    }

    fn go_work_sum(&self) -> PathBuf {
        self.directory.path().join("go.work.sum")
    }

    /// The entries that go has added to go.work.sum since it was copied.
    pub(super) fn added_sums(&self) -> Vec<String> {
        let now = fs::read_to_string(self.go_work_sum()).unwrap_or_default();
        let before = String::from_utf8_lossy(&self.sums);
        let known: std::collections::BTreeSet<&str> = before.lines().collect();
        now.lines().filter(|line| !known.contains(line)).map(str::to_owned).collect()
    }
}

/// A flag whose value is a path.
pub(super) fn path_flag(flag: &str, path: &Path) -> String {
    let path = path.display().to_string();
    format!("{flag}={path}")
}

/// Writes a file of a temporary directory, which nothing else has.
pub(super) fn write_new(file: &Path, bytes: &[u8]) -> io::Result<()> {
    File::options().write(true).create_new(true).open(file)?.write_all(bytes)
}

/// The flags of `go work edit` with which relative directories are absolute.
fn absolute(parsed: &WorkFile, below: &Path) -> Vec<String> {
    let mut words = Vec::new();
    for used in parsed.r#use.iter().filter(|used| Path::new(&used.disk_path).is_relative()) {
        words.push(format!("-dropuse={}", used.disk_path));
        words.push(path_flag("-use", &cleaned(&below.join(&used.disk_path))));
    }
    for replaced in &parsed.replace {
        let Some(directory) = replaced.directory().filter(|directory| directory.is_relative()) else {
            continue;
        };
        let ModuleVersion { path, version } = &replaced.old;
        let old = if version.is_empty() { path.clone() } else { format!("{path}@{version}") };
        words.push(path_flag(&format!("-replace={old}"), &cleaned(&below.join(directory))));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_directories_become_absolute_and_modules_stay() {
        let parsed: WorkFile = serde_json::from_str(
            r#"{"Go": "1.22", "Use": [{"DiskPath": "./m1"}, {"DiskPath": "/m2", "ModulePath": "x"}],
            "Replace": [{"Old": {"Path": "a.b/c", "Version": "v1.0.0"}, "New": {"Path": "../c"}},
                        {"Old": {"Path": "a.b/d"}, "New": {"Path": "a.b/e", "Version": "v1.2.0"}}]}"#,
        )
        .unwrap();
        let words = absolute(&parsed, Path::new("/w"));
        assert_eq!(words, ["-dropuse=./m1", "-use=/w/m1", "-replace=a.b/c@v1.0.0=/c"]);
        let empty: WorkFile = serde_json::from_str(r#"{"Use": null, "Replace": null}"#).unwrap();
        assert!(absolute(&empty, Path::new("/w")).is_empty());
    }
}
