//! The go.work or go.mod that the go command would use in a directory, found by cmd/go's own rules.
//!
//! Takes a directory and the environment, gives the file and what it requires. Changes nothing.

use crate::gover::goenv::setting;
use crate::gover::gomod::{self, InvalidToolchain, Requirement};
use crate::gover::version::Version;
use crate::home::paths::Home;
use crate::select::error::ResolveError;
use crate::select::project;
use crate::sys::bounded::{self, MODULE_LIMIT};
use crate::sys::directory::{Name, climb, climb_all, same};
use crate::sys::environment::Environment;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

const GO_WORK: Name = Name::of("go.work");
const GO_MOD: Name = Name::of("go.mod");

/// Which of the two files rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleFile {
    /// go.work
    Workspace,
    /// go.mod
    Module,
}

/// A file that rules a directory, and its requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MainModule {
    /// The file.
    pub file: PathBuf,
    /// Which of the two it is.
    pub kind: ModuleFile,
    /// What it requires.
    pub requirement: Requirement,
}

/// The project that rules `directory`; `None` outside every project and where modules are off.
pub fn find(
    directory: &Path,
    environment: &dyn Environment,
    home: &Home,
) -> Result<Option<MainModule>, ResolveError> {
    let module = go_mod(directory, environment);
    if !modules_enabled(environment, module.as_deref()) {
        return Ok(None);
    }
    if let Some(file) = go_work(directory, environment, home)? {
        return read(file, ModuleFile::Workspace);
    }
    module.map_or(Ok(None), |file| read(file, ModuleFile::Module))
}

fn read(file: PathBuf, kind: ModuleFile) -> Result<Option<MainModule>, ResolveError> {
    let text = match bounded::read(&file, MODULE_LIMIT) {
        Ok(text) => text.unwrap_or_default(),
        Err(refusal) => return Err(ResolveError::Refused { file, refusal }),
    };
    // What the go command counts a file without a `go` line as.
    let implied = match kind {
        ModuleFile::Workspace => "1.18",
        ModuleFile::Module => "1.16",
    };
    let Some(implied) = Version::parse(implied) else { return Ok(None) };
    // What such a file says that is no version may be private.
    let shown =
        |written| if project::target_outside(&file).is_some() { NOT_SHOWN.to_owned() } else { written };
    match gomod::requirement(&text, &implied) {
        Ok(Requirement::Malformed { line, written }) => {
            let requirement = Requirement::Malformed { line, written: shown(written) };
            Ok(Some(MainModule { file, kind, requirement }))
        }
        Ok(requirement) => Ok(Some(MainModule { file, kind, requirement })),
        Err(InvalidToolchain { line, written }) => {
            let invalid = InvalidToolchain { line, written: shown(written) };
            Err(ResolveError::InvalidToolchain { file, invalid })
        }
    }
}

/// What stands for the words of a file outside the project.
const NOT_SHOWN: &str = "(not shown: the file lies outside the project)";

/// `GO111MODULE`: on unless told otherwise, and `auto` means wherever there is a go.mod.
fn modules_enabled(environment: &dyn Environment, module: Option<&Path>) -> bool {
    match setting(environment, "GO111MODULE") {
        None => true,
        Some(value) if value == "on" => true,
        Some(value) if value == "auto" => module.is_some(),
        Some(_) => false,
    }
}

fn go_work(
    directory: &Path,
    environment: &dyn Environment,
    home: &Home,
) -> Result<Option<PathBuf>, ResolveError> {
    match setting(environment, "GOWORK") {
        Some(value) if value == "off" => Ok(None),
        None => Ok(nearest_go_work(directory, home)),
        Some(value) if value == "auto" => Ok(nearest_go_work(directory, home)),
        Some(value) if Path::new(&value).is_relative() => Err(ResolveError::RelativeGowork { value }),
        // It may not exist yet, while `go work init` runs.
        Some(value) => Ok(Some(PathBuf::from(value)).filter(|file| file.exists())),
    }
}

/// The nearest go.work, unless a GOROOT lies between: the standard library belongs to no workspace.
fn nearest_go_work(directory: &Path, home: &Home) -> Option<PathBuf> {
    let versions = home.versions();
    let found: Result<_, Infallible> = climb_all(directory, &GO_WORK, |path| {
        let parent = path.parent().unwrap_or(path);
        if parent != directory && parent.parent() == Some(&versions) {
            return Ok(Some(None));
        }
        Ok(is_not_directory(path).then(|| Some(path.to_path_buf())))
    });
    found.unwrap_or_default().flatten()
}

/// The nearest go.mod. One that lies directly in the directory for temporary files hides those above it and
/// does not count itself.
fn go_mod(directory: &Path, environment: &dyn Environment) -> Option<PathBuf> {
    let found: Result<_, Infallible> =
        climb(directory, &GO_MOD, |path| Ok(is_not_directory(path).then(|| path.to_path_buf())));
    let file = found.unwrap_or_default()?;
    let temporary = environment.get("TMPDIR").unwrap_or_else(|| "/tmp".into());
    (!is_directory(file.parent()?, &temporary)).then_some(file)
}

fn is_not_directory(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir())
}

fn is_directory(directory: &Path, name: &OsStr) -> bool {
    match (fs::metadata(directory), fs::metadata(name)) {
        (Ok(left), Ok(right)) => same(&left, &right),
        _ => false,
    }
}
