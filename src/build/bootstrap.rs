//! Which older Go compiles a version.
//!
//! Takes versions and what is installed, gives a choice. Reads VERSION files and runs nothing.

use super::{BuildError, Plan};
use gvmr_core::gover::version::Version;
use gvmr_core::home::paths::Home;
use gvmr_core::home::{goroot, system_go};
use gvmr_core::sys::environment::Environment;
use std::cmp::Reverse;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The first minor versions of Go 1 that need a newer bootstrap than those before, newest first.
const SINCE: [(u64, &str); 5] = [(26, "1.24.6"), (24, "1.22.6"), (22, "1.20.6"), (20, "1.17.13"), (5, "1.4")];
/// From here on the rule decides, which names a minor version and no patch.
const RULE_SINCE: u64 = 28;

/// What a version needs before its `make.bash` can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bootstrap {
    /// This Go or a later one.
    Go(Version),
    /// A C compiler: up to 1.4 Go's own compiler was written in C.
    CCompiler,
}

/// A Go that is already there.
#[derive(Clone, Debug)]
pub struct BootstrapGo {
    /// Its version.
    pub version: Version,
    /// Its GOROOT.
    pub goroot: PathBuf,
}

/// What builds `version`: Go's own announcements for all versions up to 1.27, and the rule announced with 1.22 for
/// those to come, that 1.N is built by 1.M, where M is N−2 rounded down to an even number.
pub fn bootstrap_of(version: &Version) -> Bootstrap {
    let minor = match version.numbers() {
        Some((1, minor, _)) => minor,
        Some((0, ..)) => 0,
        _ => RULE_SINCE, // a Go 2 has no rule yet: its own make.bash will say what it needs
    };
    let text = match SINCE.iter().find(|(since, _)| minor >= *since) {
        _ if minor >= RULE_SINCE => format!("1.{}.0", (minor - 2) & !1),
        Some((_, text)) => (*text).to_owned(),
        None => return Bootstrap::CCompiler,
    };
    Version::parse(&text).map_or(Bootstrap::CCompiler, Bootstrap::Go)
}

/// The best of `candidates` to build `version` with, if one can.
///
/// The closest minor version at or above the minimum is the one that its authors tried. That one is taken, in its
/// newest patch; pre-releases only where there is nothing else.
pub fn choose_bootstrap<'c>(version: &Version, candidates: &'c [BootstrapGo]) -> Option<&'c BootstrapGo> {
    let enough = enough_for(version)?;
    let able = candidates.iter().filter(|candidate| enough(&candidate.version));
    able.min_by_key(|candidate| preference(&candidate.version))
}

/// Which of the `released` versions to fetch to build `version`, where nothing fit is installed: the newest patch of
/// the lowest minor version that satisfies the minimum and that `runs` on this host.
pub fn bootstrap_release<'v>(
    version: &Version,
    released: &'v [Version],
    runs: &dyn Fn(&Version) -> bool,
) -> Option<&'v Version> {
    let enough = enough_for(version)?;
    let mut able: Vec<_> = released.iter().filter(|release| enough(release)).collect();
    able.sort_by_key(|release| preference(release));
    able.into_iter().find(|release| runs(release))
}

/// The Go on PATH that is neither this home's shim nor another's. Runs nothing: the VERSION file says what it is.
pub fn candidate_on_path(environment: &dyn Environment, home: &Home) -> Option<BootstrapGo> {
    let found = system_go::find(OsStr::new("go"), environment, home, None)?;
    Some(BootstrapGo { version: found.version?, goroot: found.goroot? })
}

/// Whether a Go satisfies the minimum of `version`; `None` where no Go does.
fn enough_for(version: &Version) -> Option<impl Fn(&Version) -> bool> {
    match bootstrap_of(version) {
        Bootstrap::Go(minimum) => Some(move |found: &Version| *found >= minimum),
        Bootstrap::CCompiler => None,
    }
}

/// What sorts first is tried first.
fn preference(version: &Version) -> (bool, Version, Reverse<Version>) {
    (version.is_prerelease(), version.language(), Reverse(version.clone()))
}

/// A bootstrap that was looked at.
pub(super) struct Checked<'a> {
    pub(super) goroot: &'a Path,
    pub(super) version: Version,
}

/// The plan's bootstrap, if it is a Go that can build the plan's version.
pub(super) fn check<'a>(plan: &Plan<'a>) -> Result<Checked<'a>, BuildError> {
    let version = plan.version.clone();
    let Bootstrap::Go(needed) = bootstrap_of(&version) else {
        return Err(BuildError::Unsupported { version });
    };
    let Some(goroot) = plan.bootstrap else { return Err(BuildError::NoBootstrap { version, needed }) };
    let unusable = |why| Err(BuildError::NotUsable { path: goroot.to_owned(), why });
    let Some(found) = goroot::version(goroot) else { return unusable("has no VERSION file of a Go release") };
    if found < needed {
        return Err(BuildError::OldBootstrap { version, path: goroot.to_owned(), found, needed });
    }
    if !goroot.join("bin/go").is_file() {
        return unusable("has no bin/go");
    }
    Ok(Checked { goroot, version: found })
}
