//! A plan: what may be run, of a check file or of a Go project without one.

use super::error::GateError;
use super::place::built_in;
use super::shown_plan::reached;
use crate::check::RunSelection;
use crate::check::file::{CheckFile, FileSurroundings, ProbeDefinition, ProbeTarget};
use crate::config::{CHECK_FILE, CheckBytes, Trust, TrustedCheck, is_check_file, project_file};
use crate::context::Context;
use crate::hexadecimal;
use crate::net::fault_of_authorities;
use crate::toml_file::{Mistake, TomlFileError};
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::directory::{self, Name, climb};
use gvmr_core::sys::environment::Process;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

/// What makes a directory a Go project's.
pub(super) const GO_FILES: [&str; 2] = ["go.mod", "go.work"];

/// What is run. Made of a trusted file, or of what gvmr asks of every Go project.
#[derive(Debug)]
pub struct CheckPlan {
    /// What is asked.
    pub(super) file: CheckFile,
    /// Where it is written, or would be.
    pub(super) path: PathBuf,
    /// Whether it is written there.
    pub(super) has_file: bool,
    /// What is written there, as a digest.
    pub(super) digest: Option<String>,
    /// Whose the file is, where it is neither this user's nor root's.
    pub(super) foreign_owner: Option<u32>,
}

impl CheckPlan {
    /// Of a trusted file; `given` are the variables of the command line.
    fn of(trusted: &TrustedCheck, given: &BTreeMap<String, String>) -> Result<Self, TomlFileError> {
        let written = trusted.content();
        let file = read(written, given)?;
        let digest = Sha256::digest(&written.bytes);
        let digest = Some(hexadecimal::digits(digest.get(..8).unwrap_or_default()));
        let (path, foreign_owner) = (written.file.clone(), written.foreign_owner);
        Ok(Self { file, path, has_file: true, digest, foreign_owner })
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

/// What is to be checked.
#[derive(Debug)]
pub enum CheckSource {
    /// By a file: one that is named, or the nearest one.
    File(CheckBytes),
    /// The Go project in this directory, which has no file.
    GoProject(PathBuf),
}

impl CheckSource {
    /// Of the current directory, unless a file is named.
    pub fn find(named: Option<&Path>) -> Result<Self, GateError> {
        if let Some(file) = named {
            let file = std::path::absolute(file).map_err(|_| GateError::NoFile)?;
            return Ok(Self::File(CheckBytes::read(&file)?));
        }
        let here = directory::working(&Process, None).map_err(|_| GateError::NoFile)?;
        match nearest(&here, CHECK_FILE) {
            Some(file) => Ok(Self::File(CheckBytes::read(&file)?)),
            None => Self::go_project(&here).ok_or(GateError::NoFile),
        }
    }

    fn go_project(here: &Path) -> Option<Self> {
        let file = GO_FILES.iter().find_map(|name| nearest(here, name))?;
        Some(Self::GoProject(file.parent()?.to_owned()))
    }

    /// The file, or where one would be.
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::File(written) => written.file.clone(),
            Self::GoProject(directory) => directory.join(CHECK_FILE),
        }
    }

    /// Whether it is a file.
    pub(super) fn has_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// What is asked, to be looked at: that needs no trust, and runs nothing of it. `given` are the variables of the command
    /// line.
    pub fn read(&self, given: &BTreeMap<String, String>) -> Result<CheckFile, TomlFileError> {
        match self {
            Self::File(written) => read(written, given),
            Self::GoProject(directory) => Ok(of_go_project(directory, given)),
        }
    }

    /// What is run, where it may be.
    pub fn plan(
        self,
        is_named: bool,
        given: &BTreeMap<String, String>,
        context: &Context,
    ) -> Result<CheckPlan, GateError> {
        let path = self.path();
        match self {
            Self::File(written) => plan(written, is_named, given, context),
            Self::GoProject(directory) => {
                let file = of_go_project(&directory, given);
                declared(&file, given)?;
                Ok(CheckPlan { file, path, has_file: false, digest: None, foreign_owner: None })
            }
        }
    }
}

/// What a selection runs of a file, and no more; fails for a name that the file does not have.
pub fn selected(mut file: CheckFile, selection: &RunSelection) -> Result<CheckFile, GateError> {
    selection.check(&file.dimensions)?;
    for dimension in &mut file.dimensions {
        let whole = dimension.clone();
        dimension.probes.retain(|probe| selection.leaves_out(&whole, probe).is_none());
    }
    file.dimensions.retain(|dimension| !dimension.probes.is_empty());
    Ok(file)
}

fn of_go_project(directory: &Path, given: &BTreeMap<String, String>) -> CheckFile {
    let built_in = |name: &str| built_in(directory, name);
    let surroundings = FileSurroundings { built_in: &built_in, given, environment: &Process };
    CheckFile::of_go_project(directory, &surroundings)
}

/// Fails for a variable of the command line that the file does not have.
fn declared(file: &CheckFile, given: &BTreeMap<String, String>) -> Result<(), GateError> {
    match given.keys().find(|name| !file.variables.iter().any(|known| known.name == **name)) {
        Some(name) => {
            let declared = file.variables.iter().map(|known| known.name.clone()).collect();
            Err(GateError::UndeclaredVariable { name: name.clone(), declared })
        }
        None => Ok(()),
    }
}

/// The check file that `gvmr trust` means: one that is named, or the nearest one where there is no gvmr.toml.
pub fn file_to_trust(here: &Path, named: Option<&Path>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(here.join(path)).filter(|path| is_check_file(path)),
        None if project_file::nearest(here, project_file::is_there).is_ok() => None,
        None => nearest(here, CHECK_FILE),
    }
}

/// The dimensions and probes of the nearest file, for completions; none where it has mistakes.
pub fn names_here() -> Vec<String> {
    let file = CheckSource::find(None).ok().and_then(|source| source.read(&BTreeMap::new()).ok());
    let mut names = Vec::new();
    for dimension in file.iter().flat_map(|file| &file.dimensions) {
        names.push(dimension.name.clone());
        names.extend(dimension.probes.iter().map(|probe| probe.id.clone()));
    }
    names
}

/// The plan of a file that is named, or trusted.
fn plan(
    written: CheckBytes,
    is_named: bool,
    given: &BTreeMap<String, String>,
    context: &Context,
) -> Result<CheckPlan, GateError> {
    // Its mistakes are told first: one that cannot run is not worth a review.
    let file = read(&written, given)?;
    declared(&file, given)?;
    let trusted = if is_named {
        written.named()
    } else {
        let untrusted = |written: CheckBytes, was_trusted| match written.foreign_owner {
            Some(owner) => GateError::Foreign { file: written.file, owner },
            None => GateError::Untrusted { file: written.file, was_trusted, reaches: reached(&file) },
        };
        let Some(own) = UserDirs::of(&context.settings.home, &Process) else {
            return Err(untrusted(written, false));
        };
        let trust = Trust::of(own);
        let was_trusted = trust.knows(&written.file);
        trust.check(written).map_err(|written| untrusted(written, was_trusted))?
    };
    CheckPlan::of(&trusted, given).map_err(GateError::File)
}

/// What a file asks, to be looked at: that needs no trust, and runs nothing of it.
pub fn read(written: &CheckBytes, given: &BTreeMap<String, String>) -> Result<CheckFile, TomlFileError> {
    let directory = written.file.parent().unwrap_or(&written.file);
    let built_in = |name: &str| built_in(directory, name);
    let surroundings = FileSurroundings { built_in: &built_in, given, environment: &Process };
    let file = CheckFile::parse(&written.file, &written.bytes, &surroundings)?;
    let mistakes: Vec<_> = file.probes().filter_map(unusable_authorities).collect();
    if mistakes.is_empty() { Ok(file) } else { Err(TomlFileError { file: written.file.clone(), mistakes }) }
}

/// A probe whose `ca` names no certificates.
fn unusable_authorities(probe: &ProbeDefinition) -> Option<Mistake> {
    let authorities = match &probe.target {
        ProbeTarget::Http(target) => target.authorities.as_deref(),
        ProbeTarget::Tls(target) => target.authorities.as_deref(),
        _ => None,
    };
    let fault = fault_of_authorities(authorities?)?;
    Some(Mistake { line: probe.line, column: 1, message: format!("{}: ca: {fault}", probe.id) })
}

/// The nearest file of this name, upward from `directory`.
fn nearest(directory: &Path, name: &str) -> Option<PathBuf> {
    let is_there = |file: &Path| fs::symlink_metadata(file).is_ok();
    let found: Result<_, Infallible> =
        climb(directory, &Name::of(name), |file| Ok(is_there(file).then(|| file.to_owned())));
    found.ok().flatten()
}
