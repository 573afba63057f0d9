//! Go toolchains on this machine that gvmr did not install: those of other version managers, of `golang.org/dl`, of the
//! module cache, of distributions, and by-hand installs.
//!
//! Takes the environment; gives the trees that are there, with the tool that put them there. Reads names, `VERSION`
//! files and the first bytes of programs only; `install` verifies a tree that is adopted. Never runs
//! anything, never changes anything, and finds nothing of gvmr's own.

mod candidate;
mod global;
mod locations;
mod tree;

pub use candidate::{ImportCandidate, Verdict, candidates};
pub use global::{GlobalVersion, global_version};
pub use tree::Unfit;

use crate::host::{self, Platform};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A tree that says it is a Go toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredGo {
    /// Its GOROOT, without links.
    pub goroot: PathBuf,
    /// The version that its `VERSION` file names.
    pub version: Version,
    /// The tool that installed it: `goenv`, `mise`, `the module cache`.
    pub owner: &'static str,
    /// Whether its owner builds Go itself, as distributions do: it hardly ever matches what Go published.
    pub rebuilt: bool,
}

/// A tree that gvmr cannot adopt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Its GOROOT, without links.
    pub goroot: PathBuf,
    /// The tool that installed it.
    pub owner: &'static str,
    /// Why.
    pub why: Unfit,
}

/// What was found on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Releases for this machine, oldest version first.
    pub found: Vec<DiscoveredGo>,
    /// Other trees of Go.
    pub passed: Vec<Passed>,
}

/// Why the toolchain at a path cannot be adopted.
#[derive(Debug, thiserror::Error)]
pub enum NotATree {
    /// It cannot be read.
    #[error("cannot read {}", printable::path(path))]
    Unreadable {
        /// The path as it was given.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// It is something else.
    #[error("{} is not a Go toolchain: VERSION or bin/go is missing", printable::path(path))]
    Other {
        /// The path as it was given.
        path: PathBuf,
    },
    /// It is a toolchain that cannot be adopted here.
    #[error("{} {why}", printable::path(path))]
    Unfit {
        /// The GOROOT.
        path: PathBuf,
        /// Why.
        why: Unfit,
    },
}

impl NotATree {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } | Self::Other { .. } => {
                "pass a GOROOT, as `go env GOROOT` prints it, or run `gvmr import --dry-run` to list them"
                    .to_owned()
            }
            Self::Unfit { why: Unfit::OtherPlatform { version, .. }, .. } => {
                format!("run `gvmr install {version}` to get the build for this platform")
            }
            Self::Unfit { why: Unfit::Ours, .. } => "run `gvmr list` to see it".to_owned(),
            Self::Unfit { why: Unfit::NotARelease { .. }, .. } => {
                "only releases can be verified; keep using it where it is".to_owned()
            }
        })
    }
}

/// All trees that are found in the usual places and could be adopted, each directory once.
pub fn find(environment: &dyn Environment) -> Vec<DiscoveredGo> {
    look(environment).found
}

/// Of those, one for each version that `is_installed` denies, without those that are unlikely to verify: what a hint may
/// promise.
pub fn adoptable(
    environment: &dyn Environment,
    is_installed: &dyn Fn(&Version) -> bool,
) -> Vec<DiscoveredGo> {
    let mut found = find(environment);
    found.retain(|found| !found.rebuilt && !is_installed(&found.version));
    found.dedup_by(|later, earlier| later.version == earlier.version);
    found
}

/// All trees of Go, those that cannot be adopted too.
pub fn look(environment: &dyn Environment) -> Survey {
    let here = host::platform();
    let mut survey = Survey::default();
    let mut seen = BTreeSet::new();
    for place in locations::all(environment) {
        for directory in place.directories() {
            for goroot in [directory.join("go"), directory] {
                survey.take(&goroot, place.owner, place.rebuilt, &here, &mut seen);
            }
        }
    }
    for goroot in locations::on_path(environment) {
        survey.take(&goroot, "on PATH", false, &here, &mut seen);
    }
    survey.found.sort_by(|left, right| left.version.cmp(&right.version));
    survey
}

/// The toolchain at a path that the user named: a GOROOT or what holds one as `go`, its `bin`, its go program, or a
/// link to one of them.
pub fn at(path: &Path, environment: &dyn Environment) -> Result<DiscoveredGo, NotATree> {
    let real =
        fs::canonicalize(path).map_err(|source| NotATree::Unreadable { path: path.to_owned(), source })?;
    let inside = real.join("go");
    let above = if real.ends_with("bin") { 1 } else { 2 };
    let above = real.ancestors().nth(above).filter(|_| real.ends_with("bin") || real.ends_with("bin/go"));
    for goroot in [inside.as_path(), real.as_path()].into_iter().chain(above) {
        match tree::read(goroot, &host::platform()) {
            None => {}
            Some(Err(why)) => return Err(NotATree::Unfit { path: goroot.to_owned(), why }),
            Some(Ok(version)) => {
                let goroot = goroot.to_owned();
                let known = find(environment).into_iter().find(|found| found.goroot == goroot);
                let named = DiscoveredGo { goroot, version, owner: "by hand", rebuilt: false };
                return Ok(known.unwrap_or(named));
            }
        }
    }
    Err(NotATree::Other { path: path.to_owned() })
}

impl Survey {
    /// Takes what is at `goroot`, unless it was taken before under another name.
    fn take(
        &mut self,
        goroot: &Path,
        owner: &'static str,
        rebuilt: bool,
        here: &Platform,
        seen: &mut BTreeSet<(u64, u64)>,
    ) {
        let Some(read) = tree::read_found(goroot, here) else { return };
        let (Ok(found), Ok(goroot)) = (fs::metadata(goroot), fs::canonicalize(goroot)) else { return };
        if !seen.insert((found.dev(), found.ino())) {
            return;
        }
        match read {
            Ok(version) => self.found.push(DiscoveredGo { goroot, version, owner, rebuilt }),
            Err(Unfit::Ours) => {}
            Err(why) => self.passed.push(Passed { goroot, owner, why }),
        }
    }
}
