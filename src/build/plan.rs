//! What a build is told.

use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Environment;
use std::path::Path;

/// What is built, with what, and where. All paths are absolute.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The version, which the tree's VERSION file must name too.
    pub version: &'a Version,
    /// The staged source tree, which becomes the GOROOT: `VERSION`, `src/` and the rest, without `bin/` and `pkg/`
    /// (see `strip_to_source`).
    pub goroot: &'a Path,
    /// Where the tree will lie in the end; versions before 1.23 have it written into their programs.
    pub final_goroot: &'a Path,
    /// The GOROOT of the Go that compiles.
    pub bootstrap: Option<&'a Path>,
    /// The file that gets the whole output; it is created or emptied, and kept.
    pub log: &'a Path,
    /// A directory, absent or empty, for the build's HOME, caches and temporary files. It is removed at the end.
    pub home_cache: &'a Path,
    /// The caller's environment: PATH says where programs are, `CGO_ENABLED=1` asks for cgo before 1.21. Nothing
    /// else of it reaches the build.
    pub environment: &'a dyn Environment,
}
