//! The files in which users of mise and asdf choose a Go: `mise.toml` under its several names, and `.tool-versions`.
//!
//! Takes a directory, gives the nearest such file that asks for a Go, and tells whether it lies inside the project: then
//! it is a choice like a `.go-version`; further up, as in the home directory, it speaks for what has no go.mod.

use crate::gover::mise_toml::mise_toml;
use crate::gover::version_file::{Pin, VersionFileError, tool_versions};
use crate::select::error::ResolveError;
use crate::select::pin_files::read_pin;
use crate::select::pin_owners::PinOwners;
use crate::select::project;
use crate::sys::directory::{Name, climb_any};
use std::convert::Infallible;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// asdf's file, which mise reads too.
pub const TOOL_VERSIONS: &str = ".tool-versions";

/// Their names, in the order in which they count within one directory.
const NAMES: [Name; 5] = [
    Name::of("mise.local.toml"),
    Name::of("mise.toml"),
    Name::of(".mise.toml"),
    Name::of(".config/mise.toml"),
    Name::of(TOOL_VERSIONS),
];

/// A tool's file that says something of Go.
#[derive(Debug)]
pub struct ToolFile {
    /// The file.
    pub path: PathBuf,
    /// What it asks for. A mistake in it matters only where the file counts.
    pub pin: Result<Pin, ResolveError>,
}

/// The nearest one, in a directory below `above` where that is given; `owners` says whose count.
pub fn nearest(directory: &Path, above: Option<&Path>, owners: &mut PinOwners<'_>) -> Option<ToolFile> {
    let found: Result<_, Infallible> = climb_any(directory, &NAMES, above, |name, path| {
        let is_mise = name + 1 < NAMES.len();
        let grammar: fn(&[u8]) -> Result<Option<Pin>, VersionFileError> =
            if is_mise { mise_toml } else { tool_versions };
        let pin = read_pin(path, owners, grammar).transpose();
        Ok(pin.map(|pin| ToolFile { path: path.to_path_buf(), pin }))
    });
    found.unwrap_or_default()
}

impl ToolFile {
    /// The directory that it counts for, with all below.
    pub fn directory(&self) -> &Path {
        let directory = self.path.parent().unwrap_or(&self.path);
        let outer = directory.parent().filter(|_| directory.file_name() == Some(OsStr::new(".config")));
        outer.unwrap_or(directory)
    }

    /// Whether it lies inside the [project] of `directory`.
    pub fn is_in_project(&self, directory: &Path) -> bool {
        self.directory().starts_with(project::root(directory))
    }
}
