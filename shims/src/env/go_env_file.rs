//! What the file that `go env -w` writes says to every installed version alike, and not all of them bear.
//!
//! Takes the file and the toolchain, gives what to tell the user. Looks at files, changes nothing, runs nothing: whether go
//! fails on a value is for the program to try.

use crate::gover::goenv::{SettingsFile, Written};
use crate::gover::version::Version;
use crate::sys::directory::lead_to_one;
use crate::sys::environment::Environment;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The settings whose values only some versions take.
pub const OF_SOME_VERSIONS: [&str; 4] = ["GOEXPERIMENT", "GOFLAGS", "GOTOOLCHAIN", "GODEBUG"];

/// A GOROOT in the file that is not the toolchain's. Every go reads it, and fails with the tools of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignGoroot {
    /// The line.
    pub written: Written,
    /// The toolchain's own GOROOT, which takes its place.
    pub goroot: PathBuf,
}

/// Settings that were not tried with a version yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncheckedSettings {
    /// The lines that count for it.
    pub lines: Vec<(&'static str, Written)>,
    /// The version.
    pub version: Version,
}

impl ForeignGoroot {
    /// The one in this file, where it is not `goroot` in any spelling.
    pub fn of(file: &SettingsFile, goroot: &Path) -> Option<Self> {
        let written = file.written("GOROOT")?;
        let value = Path::new(&written.value);
        let is_same = value == goroot || lead_to_one(value, goroot);
        (!is_same).then(|| Self { goroot: goroot.to_owned(), written })
    }

    /// What tells it from another.
    pub(crate) fn identity(&self) -> String {
        let parts = [self.written.file.as_os_str(), &self.written.value, self.goroot.as_os_str()];
        joined("Goroot", &parts)
    }
}

impl UncheckedSettings {
    /// What tells them from others.
    pub(crate) fn identity(&self) -> String {
        let mut parts = vec![OsStr::new(self.version.as_str())];
        for (name, written) in &self.lines {
            parts.extend([OsStr::new(name), &written.value, written.file.as_os_str()]);
        }
        joined("Settings", &parts)
    }

    /// Those in this file that the environment does not set.
    pub fn of(file: &SettingsFile, version: &Version, environment: &dyn Environment) -> Option<Self> {
        let lines = OF_SOME_VERSIONS.iter().filter_map(|name| {
            let written = file.written(name)?;
            environment.get(name).is_none().then_some((*name, written))
        });
        let lines: Vec<_> = lines.collect();
        (!lines.is_empty()).then(|| Self { lines, version: version.clone() })
    }
}

/// The parts with a NUL before each, which none of them holds; to format them costs much more.
fn joined(kind: &str, parts: &[&OsStr]) -> String {
    let mut text = kind.to_owned();
    for part in parts {
        text.push('\0');
        text.push_str(&part.to_string_lossy());
    }
    text
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_goroot_is_foreign_unless_it_is_the_toolchains_own_in_any_spelling() {
        let directory = tempfile::tempdir().unwrap();
        let (goroot, link) = (directory.path().join("go1.24.1"), directory.path().join("link"));
        fs::create_dir(&goroot).unwrap();
        std::os::unix::fs::symlink(&goroot, &link).unwrap();
        let file = directory.path().join("env");
        let found = |text: String| {
            fs::write(&file, text).unwrap();
            let environment = vec![("GOENV", file.to_str().unwrap())];
            ForeignGoroot::of(&SettingsFile::of_user(&environment).unwrap(), &goroot)
        };
        for own in [&goroot, &link, &goroot.join(".")] {
            assert_eq!(found(format!("GOROOT={}\n", own.display())), None, "{}", own.display());
        }
        assert_eq!(found("GOROOT=\nGOROOTS=/x\n#GOROOT=/y\n".to_owned()), None);
        let foreign = found("GOFLAGS=-v\nGOROOT=/opt/gone\n".to_owned()).unwrap();
        assert_eq!((foreign.written.line, foreign.written.value), (2, "/opt/gone".into()));
        assert_eq!(foreign.written.file, file);
    }

    #[test]
    fn settings_that_the_environment_beats_are_not_checked() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("env");
        fs::write(&file, "GOEXPERIMENT=rangefunc\nGOFLAGS=-buildvcs=false\nGOPROXY=off\nGOTOOLCHAIN=\n")
            .unwrap();
        let names = |variables: &[(&'static str, &'static str)]| {
            let mut environment = vec![("GOENV", file.to_str().unwrap())];
            environment.extend(variables);
            let version = Version::parse("1.26.8").unwrap();
            let found =
                UncheckedSettings::of(&SettingsFile::of_user(&environment).unwrap(), &version, &environment);
            found.map(|found| found.lines.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]), Some(vec!["GOEXPERIMENT", "GOFLAGS"]));
        assert_eq!(names(&[("GOFLAGS", "-v")]), Some(vec!["GOEXPERIMENT"]));
        assert_eq!(names(&[("GOFLAGS", "-v"), ("GOEXPERIMENT", "none")]), None);
    }
}
