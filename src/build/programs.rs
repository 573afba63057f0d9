//! The programs that `make.bash` calls, and where this machine has them.

use super::BuildError;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::program;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// No `make.bash` works without these.
const NEEDED: [&str; 7] = ["bash", "cat", "grep", "mv", "rm", "sed", "uname"];
/// Called by some of them on some machines only.
const WELCOME: [&str; 3] = ["date", "mkdir", "sleep"];
/// What compiles the C parts of cgo packages, by the name that every Go looks for on Linux.
const C_COMPILER: &str = "gcc";

/// The programs that building `version` needs and this machine lacks. Empty for a version that is not built here.
pub fn missing_programs(version: &Version, environment: &dyn Environment) -> Vec<&'static str> {
    let compiler = wants_cgo(version, environment).then_some(C_COMPILER);
    let needed = NEEDED.into_iter().chain(compiler);
    needed.filter(|name| program::find(name, environment).is_none()).collect()
}

/// Whether cgo is to be on by default in what is built: only where the user says so, and only before 1.21.
///
/// Since then a build that finds no C compiler decides nothing: its go command looks for one when it runs. Before,
/// a build without one turns cgo off for good, and a build with one makes a `bin/go` that needs the C library.
pub(super) fn wants_cgo(version: &Version, environment: &dyn Environment) -> bool {
    let decides = version.is_before(21);
    decides && environment.text("CGO_ENABLED").is_some_and(|wish| wish == "1")
}

/// What a build may call.
pub(super) struct BuildPrograms {
    pub(super) bash: PathBuf,
    /// Name and place.
    pub(super) links: Vec<(&'static str, PathBuf)>,
    /// The absolute elements of the caller's PATH, where a C compiler needs all that belongs to it.
    pub(super) path: Option<OsString>,
}

/// Finds them all; an error names all that are missing.
pub(super) fn find(version: &Version, environment: &dyn Environment) -> Result<BuildPrograms, BuildError> {
    let programs = missing_programs(version, environment);
    let (Some(bash), true) = (program::find("bash", environment), programs.is_empty()) else {
        return Err(BuildError::MissingPrograms { programs });
    };
    let names = NEEDED.into_iter().chain(WELCOME);
    let links = names.filter_map(|name| Some((name, program::find(name, environment)?))).collect();
    let path = wants_cgo(version, environment).then(|| absolute_path(environment));
    Ok(BuildPrograms { bash, links, path })
}

/// The elements of the caller's PATH that count.
fn absolute_path(environment: &dyn Environment) -> OsString {
    let path = environment.get("PATH").unwrap_or_default();
    program::directories(&path).map(Path::as_os_str).collect::<Vec<_>>().join(OsStr::new(":"))
}
