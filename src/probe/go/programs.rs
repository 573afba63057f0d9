//! The programs of a project: built here, or one that is deployed.

use super::project::{GoProject, temporary};
use crate::check::NotMeasured;
use crate::check::file::BinarySource;
use crate::go_program::{ProgramError, ProgramFile};
use crate::probe::failed;
use gvmr_core::sys::printable;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Each package that Go knows nothing of, and each main package with more than tests.
const MAIN_PACKAGES: &str = "{{if eq .Name \"main\"}}{{if or .GoFiles .CgoFiles .Error}}{{.ImportPath}}{{end}}{{else if .Error}}{{if not .Name}}!{{.Error}}{{end}}{{end}}";

/// Programs, and the directory of those that were built here.
pub(super) struct GoPrograms {
    pub(super) programs: Vec<NamedProgram>,
    _directory: Option<TempDir>,
}

/// A program, and what it is called.
pub(super) struct NamedProgram {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

impl GoPrograms {
    pub(super) fn of(project: &GoProject<'_>, source: &BinarySource) -> Result<Self, NotMeasured> {
        let program = match source {
            BinarySource::Built => {
                let directory = temporary()?;
                let programs = built(project, directory.path())?;
                return Ok(Self { programs, _directory: Some(directory) });
            }
            BinarySource::File(path) => NamedProgram { name: project.told(path), path: path.clone() },
            BinarySource::Process(pid) => of_process(*pid)?,
        };
        Ok(Self { programs: vec![program], _directory: None })
    }
}

impl NamedProgram {
    /// What could not be read of it.
    pub(super) fn unread(&self, error: &ProgramError) -> NotMeasured {
        failed(format!("{}: {error}", self.name))
    }

    pub(super) fn open(&self) -> Result<ProgramFile, NotMeasured> {
        ProgramFile::open(&self.path).map_err(|error| self.unread(&error))
    }
}

fn of_process(pid: u32) -> Result<NamedProgram, NotMeasured> {
    let path = PathBuf::from(format!("/proc/{pid}/exe"));
    let target = fs::read_link(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => failed(format!("no process {pid} with a program")),
        _ => failed(format!("process {pid}: {error}")),
    })?;
    Ok(NamedProgram { name: format!("{} of process {pid}", printable::path(&target)), path })
}

/// The import paths of the main packages.
pub(super) fn main_packages(project: &GoProject<'_>) -> Result<Vec<String>, NotMeasured> {
    let packages = project.packages(MAIN_PACKAGES)?;
    if let Some(error) = packages.iter().find_map(|package| package.strip_prefix('!')) {
        return Err(failed(format!("go list: {}", printable::text(error))));
    }
    if packages.is_empty() {
        return Err(NotMeasured::NotApplicable("no main package".to_owned()));
    }
    Ok(packages)
}

/// Each main package, built in a directory of its own: two may have the same last element.
fn built(project: &GoProject<'_>, directory: &Path) -> Result<Vec<NamedProgram>, NotMeasured> {
    let (packages, mod_flag) = (main_packages(project)?, project.mod_flag()?);
    if let Some(why) = project.settings()?.build.is_not_a_program() {
        return Err(NotMeasured::NotApplicable(why));
    }
    let mut programs = Vec::new();
    for (number, package) in packages.iter().enumerate() {
        let place = directory.join(number.to_string());
        fs::create_dir(&place).map_err(|error| failed(format!("{}: {error}", printable::path(&place))))?;
        let output = place.join("").display().to_string();
        project.said_by_go(&["build", mod_flag, "-o", &output, package])?;
        programs.push(NamedProgram { name: package.clone(), path: only_file(&place, package)? });
    }
    shorten(&mut programs);
    Ok(programs)
}

/// What go called the program of a package.
pub(super) fn only_file(directory: &Path, package: &str) -> Result<PathBuf, NotMeasured> {
    let entries = fs::read_dir(directory).map(|entries| entries.flatten().map(|entry| entry.path()));
    let files: Vec<PathBuf> = entries.map(Iterator::collect).unwrap_or_default();
    match files.as_slice() {
        [file] => Ok(file.clone()),
        files => Err(failed(format!("go build wrote {} files for {package}", files.len()))),
    }
}

/// Programs are called as their files are, and by their packages where several files are called the same.
fn shorten(programs: &mut [NamedProgram]) {
    let file = |program: &NamedProgram| {
        program.path.file_name().map(|name| printable::text(&name.to_string_lossy())).unwrap_or_default()
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for program in programs.iter() {
        *counts.entry(file(program)).or_default() += 1;
    }
    for program in programs {
        let name = file(program);
        if counts.get(&name) == Some(&1) {
            program.name = name;
        }
    }
}
