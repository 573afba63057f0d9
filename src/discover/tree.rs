//! Whether a directory is a GOROOT, and of which release.
//!
//! Takes a path; reads its `VERSION` (bounded, never waiting for a FIFO), the header of its go program and the names in
//! `pkg/tool`. A false version does no harm: the tree is verified as the version that is read here.

use crate::host::{self, Platform};
use crate::unpack::RECEIPT;
use gvmr_core::gover::version::Version;
use gvmr_core::home::goroot;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::printable;
use std::fmt;
use std::fs;
use std::path::Path;

/// Why a tree of Go cannot be adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Its `VERSION` names no release: a development or a vendor's build.
    NotARelease {
        /// The first line, as it may be shown.
        named: String,
    },
    /// Its programs are for another machine.
    OtherPlatform {
        /// The version that its `VERSION` names.
        version: Version,
        /// Which: `linux-arm64`.
        platform: String,
    },
    /// gvmr installed it itself.
    Ours,
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARelease { named } => {
                write!(formatter, "is not a Go release: its VERSION says {named:?}")
            }
            Self::OtherPlatform { version, platform } => {
                write!(formatter, "is {} for {platform}", version.toolchain_name())
            }
            Self::Ours => formatter.write_str("was installed by gvmr"),
        }
    }
}

/// The same of a directory that was found and not named: a tree that gvmr installed is not another tool's.
pub(super) fn read_found(goroot: &Path, here: &Platform) -> Option<Result<Version, Unfit>> {
    let read = read(goroot, here)?;
    Some(if is_ours(goroot) { Err(Unfit::Ours) } else { read })
}

/// What the directory at `goroot` is to a machine of the platform `here`; `None` where it is not a GOROOT.
pub(super) fn read(goroot: &Path, here: &Platform) -> Option<Result<Version, Unfit>> {
    let line = goroot::version_line(goroot)?;
    let program = goroot.join("bin/go");
    if !fs::metadata(&program).is_ok_and(|program| program.is_file()) {
        return None;
    }
    let line = String::from_utf8_lossy(&line);
    let name = line.trim_end();
    Some(match release(name) {
        None => Err(Unfit::NotARelease { named: printable::word(name) }),
        Some(version) => match other_platform(goroot, &program, here) {
            Some(platform) => Err(Unfit::OtherPlatform { version, platform }),
            None => Ok(version),
        },
    })
}

/// The release that is called exactly so: no vendor's suffix, no language version.
fn release(name: &str) -> Option<Version> {
    let version = Version::from_toolchain(name)?;
    let exact = version.toolchain_name() == name && !version.is_language();
    exact.then_some(version)
}

/// A committed tree has a receipt; one that lost it still lies in a home.
fn is_ours(goroot: &Path) -> bool {
    let in_a_home = || {
        let versions = goroot.parent().filter(|above| above.ends_with("versions"));
        versions.and_then(Path::parent).is_some_and(|home| Home::at(home).program_file().is_file())
    };
    fs::symlink_metadata(goroot.join(RECEIPT)).is_ok() || in_a_home()
}

/// The platform of a tree for another machine, by its go program and by the names of its tools. What says nothing of
/// itself may be for this one.
fn other_platform(goroot: &Path, program: &Path, here: &Platform) -> Option<String> {
    let own = format!("{}_{}", here.os(), here.arch());
    let tools = fs::read_dir(goroot.join("pkg/tool")).into_iter().flatten().flatten();
    let tools: Vec<String> = tools.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let foreign_tools =
        tools.first().filter(|_| !tools.contains(&own)).map(|tools| tools.replacen('_', "-", 1));
    let foreign_program = host::program_arch(program).filter(|arch| *arch != here.arch());
    let platform = foreign_tools.or(foreign_program.map(|arch| format!("{}-{arch}", here.os())))?;
    Some(printable::word(&platform))
}
