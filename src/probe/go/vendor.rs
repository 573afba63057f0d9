//! Whether `vendor/` has what `go mod vendor` would write, byte for byte.
//!
//! Takes both trees, one of them made in a temporary directory. `go build`, `go vet` and `go mod verify` compare no file of
//! `vendor/` with its module: a change by hand passes them all.

use super::project::{GoProject, temporary};
use super::workspace::{path_flag, write_new};
use crate::check::{CheckFinding, Measurement, NotMeasured};
use crate::probe::failed;
use gvmr_core::sys::printable;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// `modules.vendor`
pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    let vendor = project.root()?.join("vendor");
    if !vendor.is_dir() {
        return Err(NotMeasured::NotApplicable("no vendor/".to_owned()));
    }
    let directory = temporary()?;
    let made = directory.path().join("vendor");
    make(project, directory.path(), &made)?;
    let (expected, found) = (files(&made)?, files(&vendor)?);
    if expected.is_empty() && !vendor.join("modules.txt").exists() {
        return Err(NotMeasured::NotApplicable(
            "vendor/ is not Go's, and go.mod requires nothing".to_owned(),
        ));
    }
    let mut measurement = Measurement::default();
    let (mut changed, mut missing, mut added) = (0, 0, 0);
    for (name, file) in &expected {
        let Some(found) = found.get(name) else {
            missing += 1;
            measurement.findings.push(finding(project, &vendor.join(name), 0, "missing"));
            continue;
        };
        if let Some(line) = first_difference(&read(file)?, &read(found)?) {
            changed += 1;
            measurement.findings.push(finding(project, found, line, "changed"));
        }
    }
    for (_, file) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
        added += 1;
        measurement.findings.push(finding(project, file, 0, "added"));
    }
    let counts = [(changed, "changed"), (missing, "missing"), (added, "added")];
    let told: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).collect();
    if !told.is_empty() {
        let told: Vec<_> = told.iter().map(|(count, what)| format!("{count} {what}")).collect();
        measurement.unmet.push(format!("vendor/ is not what go vendors: {}", told.join(", ")));
    }
    Ok(measurement)
}

/// Makes the tree that should be there. go.mod and go.sum are copies, since go completes them.
fn make(project: &GoProject<'_>, directory: &Path, made: &Path) -> Result<(), NotMeasured> {
    let made = made.display().to_string();
    let settings = project.settings()?;
    let (answer, program) = if settings.go_work.is_some() && project.has_vendor()? {
        project.needs_go(22, "go work vendor -o")?;
        (project.go(&["work", "vendor", "-o", &made])?, "go work vendor")
    } else {
        project.needs_go(18, "go mod vendor -o")?;
        let mod_file = copied_module(project, directory)?;
        let words = ["mod", "vendor", &mod_file, "-o", &made];
        (project.go_in(&[("GOWORK", "off")], &words)?, "go mod vendor")
    };
    if answer.code == 0 { Ok(()) } else { Err(answer.failure(program)) }
}

/// Copies go.mod and go.sum; gives the flag that names the copies.
pub(super) fn copied_module(project: &GoProject<'_>, directory: &Path) -> Result<String, NotMeasured> {
    let root = project.root()?;
    for name in ["go.mod", "go.sum"] {
        let said = |error: io::Error| failed(format!("{}: {error}", printable::path(root.join(name))));
        match fs::read(root.join(name)) {
            Ok(bytes) => write_new(&directory.join(name), &bytes).map_err(said)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(said(error)),
        }
    }
    Ok(path_flag("-modfile", &directory.join("go.mod")))
}

fn finding(project: &GoProject<'_>, file: &Path, line: usize, message: &str) -> CheckFinding {
    CheckFinding::said("vendor", project.told(file), (line, 0), message)
}

fn read(file: &Path) -> Result<Vec<u8>, NotMeasured> {
    fs::read(file).map_err(|error| failed(format!("{}: {error}", printable::path(file))))
}

/// The line of the first byte that differs, counted from 1.
fn first_difference(expected: &[u8], found: &[u8]) -> Option<usize> {
    if expected == found {
        return None;
    }
    let same = expected.iter().zip(found).take_while(|(one, other)| one == other).count();
    Some(memchr::memchr_iter(b'\n', expected.get(..same)?).count() + 1)
}

/// All files of a tree by their names below it. None where there is nothing to vendor.
fn files(tree: &Path) -> Result<BTreeMap<PathBuf, PathBuf>, NotMeasured> {
    let (mut files, mut directories) = (BTreeMap::new(), vec![tree.to_owned()]);
    while let Some(directory) = directories.pop() {
        let said = |error: io::Error| failed(format!("{}: {error}", printable::path(&directory)));
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && directory == tree => break,
            entries => entries.map_err(said)?,
        };
        for entry in entries {
            let path = entry.map_err(said)?.path();
            if fs::symlink_metadata(&path).map_err(said)?.is_dir() {
                directories.push(path);
            } else if let Ok(name) = path.strip_prefix(tree) {
                files.insert(name.to_owned(), path);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference(b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(first_difference(b"a\nb\nc\n", b"a\nB\nc\n"), Some(2));
        assert_eq!(first_difference(b"a\n", b"a\nb\n"), Some(2));
        assert_eq!(first_difference(b"", b"a"), Some(1));
    }
}
