//! The files in which users of mise and asdf choose a Go: `mise.toml` under its several names, and `.tool-versions`.
//!
//! Takes a directory, gives the nearest such file that asks for a Go, and tells whether it lies inside the project: then
//! it is a choice like a `.go-version`; further up, as in the home directory, it speaks for what has no go.mod.

use crate::gover::mise_toml::mise_toml;
use crate::gover::version_file::{Pin, VersionFileError, tool_versions};
use crate::select::error::ResolveError;
use crate::select::pin_files::read_pin;
use crate::sys::directory::{Name, climb, climb_any};
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

/// What marks the root of a project, the strongest first.
const ROOTS: [Name; 3] = [Name::of(".git"), Name::of("go.work"), Name::of("go.mod")];

/// A tool's file that says something of Go.
#[derive(Debug)]
pub struct ToolFile {
    /// The file.
    pub path: PathBuf,
    /// What it asks for. A mistake in it matters only where the file counts.
    pub pin: Result<Pin, ResolveError>,
}

/// The nearest one, in a directory below `above` where that is given.
pub fn nearest(directory: &Path, above: Option<&Path>) -> Option<ToolFile> {
    let found: Result<_, Infallible> = climb_any(directory, &NAMES, above, |name, path| {
        let is_mise = name + 1 < NAMES.len();
        let grammar: fn(&[u8]) -> Result<Option<Pin>, VersionFileError> =
            if is_mise { mise_toml } else { tool_versions };
        let pin = read_pin(path, grammar).transpose();
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

    /// Whether it lies inside the project of `directory`: the tree below the nearest parent with a `.git`; without one,
    /// with a go.work; without that, with a go.mod; else the directory alone.
    pub fn is_in_project(&self, directory: &Path) -> bool {
        let root = ROOTS.iter().find_map(|name| parent_of(directory, name));
        self.directory().starts_with(root.as_deref().unwrap_or(directory))
    }
}

/// The nearest directory that has this name in it.
fn parent_of(directory: &Path, name: &Name) -> Option<PathBuf> {
    let found: Result<_, Infallible> =
        climb(directory, name, |path| Ok(path.parent().map(Path::to_path_buf)));
    found.unwrap_or_default()
}
