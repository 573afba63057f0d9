//! A plan: a check file that may be run, or one that is only looked at.

use super::error::GateError;
use super::place::built_in;
use super::shown_plan::reached;
use crate::check::file::{CheckFile, FileSurroundings};
use crate::config::{CHECK_FILE, CheckBytes, Trust, TrustedCheck, is_check_file, project_file};
use crate::context::Context;
use crate::toml_file::TomlFileError;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::directory::{self, Name, climb};
use gvmr_core::sys::environment::Process;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

/// What is run. Made of a trusted file alone.
#[derive(Debug)]
pub struct CheckPlan {
    /// What is asked.
    pub(super) file: CheckFile,
    /// Where it is written.
    pub(super) path: PathBuf,
    /// Whose the file is, where it is neither this user's nor root's.
    pub(super) foreign_owner: Option<u32>,
}

impl CheckPlan {
    /// Of a trusted file; `given` are the variables of the command line.
    fn of(trusted: &TrustedCheck, given: &BTreeMap<String, String>) -> Result<Self, TomlFileError> {
        let written = trusted.content();
        let file = read(written, given)?;
        Ok(Self { file, path: written.file.clone(), foreign_owner: written.foreign_owner })
    }

    /// What is asked.
    pub fn file(&self) -> &CheckFile {
        &self.file
    }

    /// Where it is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of the file, where commands run.
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

/// The check file that is meant: the one that is named, or the nearest one.
pub fn content(named: Option<&Path>) -> Result<CheckBytes, GateError> {
    let file = if let Some(file) = named {
        std::path::absolute(file).map_err(|_| GateError::NoFile)?
    } else {
        let here = directory::working(&Process, None).map_err(|_| GateError::NoFile)?;
        nearest(&here).ok_or(GateError::NoFile)?
    };
    Ok(CheckBytes::read(&file)?)
}

/// The check file that `gvmr trust` means: one that is named, or the nearest one where there is no gvmr.toml.
pub fn file_to_trust(here: &Path, named: Option<&Path>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(here.join(path)).filter(|path| is_check_file(path)),
        None if project_file::nearest(here, project_file::is_there).is_ok() => None,
        None => nearest(here),
    }
}

/// The dimensions and probes of the nearest file, for completions; none where it has mistakes.
pub fn names_here() -> Vec<String> {
    let file = content(None).ok().and_then(|written| read(&written, &BTreeMap::new()).ok());
    let mut names = Vec::new();
    for dimension in file.iter().flat_map(|file| &file.dimensions) {
        names.push(dimension.name.clone());
        names.extend(dimension.probes.iter().map(|probe| probe.id.clone()));
    }
    names
}

/// The plan of a file that is named, or trusted. `given` are the variables of the command line.
pub fn plan(
    written: CheckBytes,
    is_named: bool,
    given: &BTreeMap<String, String>,
    context: &Context,
) -> Result<CheckPlan, GateError> {
    // Its mistakes are told first: one that cannot run is not worth a review.
    let file = read(&written, given)?;
    if let Some(name) = given.keys().find(|name| !file.variables.iter().any(|known| known.name == **name)) {
        return Err(GateError::UndeclaredVariable(name.clone()));
    }
    let trusted = if is_named {
        written.named()
    } else {
        let untrusted = |written: CheckBytes| match written.foreign_owner {
            Some(owner) => GateError::Foreign { file: written.file, owner },
            None => GateError::Untrusted { file: written.file, reaches: reached(&file) },
        };
        match UserDirs::of(&context.settings.home, &Process) {
            Some(own) => Trust::of(own).check(written).map_err(untrusted)?,
            None => return Err(untrusted(written)),
        }
    };
    CheckPlan::of(&trusted, given).map_err(GateError::File)
}

/// What a file asks, to be looked at: that needs no trust, and runs nothing of it.
pub fn read(written: &CheckBytes, given: &BTreeMap<String, String>) -> Result<CheckFile, TomlFileError> {
    let directory = written.file.parent().unwrap_or(&written.file);
    let built_in = |name: &str| built_in(directory, name);
    let surroundings = FileSurroundings { built_in: &built_in, given, environment: &Process };
    CheckFile::parse(&written.file, &written.bytes, &surroundings)
}

/// The nearest check file, upward from `directory`.
fn nearest(directory: &Path) -> Option<PathBuf> {
    let is_there = |file: &Path| fs::symlink_metadata(file).is_ok();
    let found: Result<_, Infallible> =
        climb(directory, &Name::of(CHECK_FILE), |file| Ok(is_there(file).then(|| file.to_owned())));
    found.ok().flatten()
}
