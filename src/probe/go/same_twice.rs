//! Whether two builds of the same sources give the same bytes: in two directories, each with an empty build cache.

use super::programs::{main_packages, only_file};
use super::project::{GoProject, temporary};
use crate::check::file::{GoQuestion, GoTarget};
use crate::check::{Measurement, NotMeasured};
use crate::hexadecimal;
use crate::probe::{ProbeSurroundings, failed, source_files};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The directories of the two copies: a path that is compiled in has another length in each.
const COPIES: [&str; 2] = ["a", "another-directory"];
/// As many digits as tell two sums apart.
const SHORT_SUM: usize = 12;

pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    main_packages(project)?;
    let root = project.root()?;
    let top = source_files::top(&root).filter(|top| project.directory().starts_with(top)).unwrap_or(&root);
    let inside = project.directory().strip_prefix(top).map_err(|_| {
        failed(format!("go works with {}, which the project is not in", printable::path(&root)))
    })?;
    let directory = temporary()?;
    let place = fs::canonicalize(directory.path()).map_err(|error| unread(directory.path(), &error))?;
    let [first, second] =
        COPIES.map(|name| Copy { sources: place.join(name), builds: place.join(format!("{name}-builds")) });
    let first = first.built(project, top, inside)?;
    let second = second.built(project, top, inside)?;
    let mut measurement = Measurement::default();
    for ((package, one), (_, other)) in first.iter().zip(&second) {
        if one == other {
            measurement.remarks.push(format!("{package}: sha256 {one}"));
        } else {
            let short = |sum: &str| sum.chars().take(SHORT_SUM).collect::<String>();
            let (one, other) = (short(one), short(other));
            measurement
                .unmet
                .push(format!("{package} has sha256 {one}… in one build and {other}… in the other"));
        }
    }
    Ok(measurement)
}

/// A copy of the sources, and what is built of it.
struct Copy {
    sources: PathBuf,
    builds: PathBuf,
}

impl Copy {
    /// Builds each main package; gives its sha256.
    fn built(
        &self,
        project: &GoProject<'_>,
        top: &Path,
        inside: &Path,
    ) -> Result<Vec<(String, String)>, NotMeasured> {
        copy(project, top, &self.sources)?;
        let directory = self.sources.join(inside);
        let surroundings = ProbeSurroundings { directory: &directory, ..*project.surroundings };
        let target =
            GoTarget { name: "artifact.same-twice", question: GoQuestion::SameTwice, is_named: true };
        let there = GoProject::of(&target, project.time_left(), &surroundings);
        let root = there.root()?;
        if !root.starts_with(&self.sources) {
            let root = printable::path(&root);
            return Err(failed(format!("GOWORK names {root}, which is not in the repository; unset it")));
        }
        let packages = main_packages(&there)?;
        let cache = self.builds.join("cache").display().to_string();
        let flags = flags(&there)?;
        let mut sums = Vec::new();
        for (number, package) in packages.into_iter().enumerate() {
            let output = self.builds.join(number.to_string());
            fs::create_dir_all(&output).map_err(|error| unread(&output, &error))?;
            let to = output.join("").display().to_string();
            let words = ["build", "-trimpath", "-o", &to];
            let words: Vec<&str> =
                words.into_iter().chain(flags.iter().copied()).chain([package.as_str()]).collect();
            let answer = there.go_in(&[("GOCACHE", &cache)], &words)?;
            if answer.code != 0 {
                return Err(answer.failure("go build"));
            }
            let program = only_file(&output, &package)?;
            sums.push((package, sha256(&program).map_err(|error| unread(&program, &error))?));
        }
        Ok(sums)
    }
}

/// Flags that this Go knows.
fn flags(project: &GoProject<'_>) -> Result<Vec<&'static str>, NotMeasured> {
    let version = &project.settings()?.version;
    // What names no version is older than Go 1.16, or built from Go's newest sources.
    let stamps =
        !version.is_empty() && Version::from_toolchain(version).is_none_or(|version| !version.is_before(18));
    let mut flags = vec![project.mod_flag()?];
    flags.extend(stamps.then_some("-buildvcs=false"));
    Ok(flags)
}

fn unread(path: &Path, error: &io::Error) -> NotMeasured {
    failed(format!("{}: {error}", printable::path(path)))
}

/// Copies what git would hand out; submodules too.
fn copy(project: &GoProject<'_>, from: &Path, to: &Path) -> Result<(), NotMeasured> {
    for file in source_files::of(from, project.time_left())? {
        if (project.surroundings.interrupted)() {
            return Err(NotMeasured::Interrupted);
        }
        let Ok(name) = file.strip_prefix(from) else { continue };
        copy_one(project, &file, &to.join(name))?;
    }
    Ok(())
}

#[allow(clippy::disallowed_methods)] // a copy that goes when it is built
fn copy_one(project: &GoProject<'_>, file: &Path, to: &Path) -> Result<(), NotMeasured> {
    let said = |error: io::Error| unread(file, &error);
    let kind = match fs::symlink_metadata(file) {
        Ok(found) => found.file_type(),
        // git has it, and it was removed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(said(error)),
    };
    if kind.is_dir() {
        return copy(project, file, to);
    }
    if let Some(above) = to.parent() {
        fs::create_dir_all(above).map_err(said)?;
    }
    if kind.is_symlink() {
        return fs::read_link(file).and_then(|target| symlink(target, to)).map_err(said);
    }
    if kind.is_file() {
        fs::copy(file, to).map_err(said)?;
    }
    Ok(())
}

fn sha256(file: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut buffer) = (File::open(file)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal::digits(&digest.finalize())),
            read => digest.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}
