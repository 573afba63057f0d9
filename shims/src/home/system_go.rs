//! The Go that is on PATH and not gvmr's.
//!
//! Takes PATH, gives the first program of a name that is neither this shim nor another home's. Elements of PATH count
//! as for every program that gvmr starts: a project directory must not supply the tool that runs in it.

use crate::gover::version::Version;
use crate::home::goroot;
use crate::home::paths::Home;
use crate::sys::directory::same;
use crate::sys::environment::Environment;
use crate::sys::program;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A program outside gvmr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemGo {
    /// The program, by the PATH element it was found in.
    pub program: PathBuf,
    /// The GOROOT it belongs to; `None` where it is a wrapper, such as another version manager's shim.
    pub goroot: Option<PathBuf>,
    /// The version of that GOROOT; `None` for a wrapper or a development build.
    pub version: Option<Version>,
}

/// The first `name` on PATH that is not gvmr's; `shim` is the running program, told by device and inode.
pub fn find(
    name: &OsStr,
    environment: &dyn Environment,
    home: &Home,
    shim: Option<&Path>,
) -> Option<SystemGo> {
    let path = environment.get("PATH")?;
    first(name, program::directories(&path), home, shim).map(describe)
}

/// The first `name` that [`find`] passes over for root, since another user can change the directory that it lies in.
pub fn refused(
    name: &OsStr,
    environment: &dyn Environment,
    home: &Home,
    shim: Option<&Path>,
) -> Option<PathBuf> {
    let path = environment.get("PATH")?;
    first(name, program::refused_directories(&path), home, shim)
}

/// The first program of that name in these directories that is not gvmr's.
fn first<'a>(
    name: &OsStr,
    directories: impl Iterator<Item = &'a Path>,
    home: &Home,
    shim: Option<&Path>,
) -> Option<PathBuf> {
    let shim = shim.and_then(|shim| fs::metadata(shim).ok());
    directories
        .filter(|directory| !is_shims_directory(directory, home))
        .map(|directory| directory.join(name))
        .find(|program| is_program(program, shim.as_ref()))
}

/// Why [`refused`] programs do not run, as it follows their name.
pub const REFUSED: &str = "does not count for root, since another user can change its directory";

fn is_program(path: &Path, shim: Option<&Metadata>) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    let executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    if !executable || shim.is_some_and(|shim| same(shim, &metadata)) {
        return false;
    }
    // A link into another home's shims is that home's shim.
    home_of_shim(path).is_none()
}

/// The home whose shim a program is, by its real path.
pub fn home_of_shim(program: &Path) -> Option<Home> {
    let real = fs::canonicalize(program).ok()?;
    Home::of_shim(&real).filter(|home| home.program_file().exists())
}

/// Whether the directory holds a home's shims: this one's, or one beside the `program` file of another.
fn is_shims_directory(directory: &Path, home: &Home) -> bool {
    if directory == home.shims() {
        return true;
    }
    let other = Home::of_shim(&directory.join("go"));
    other.is_some_and(|other| other.program_file().exists())
}

fn describe(program: PathBuf) -> SystemGo {
    let goroot = goroot::of_program(&program);
    let version = goroot.as_deref().and_then(goroot::version);
    SystemGo { program, goroot, version }
}
