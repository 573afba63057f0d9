//! What the scripts are about, and why none can be written.

use gvmr_core::home::paths::Home;
use gvmr_core::sys::printable;
use std::path::{Path, PathBuf};

/// What the scripts are about.
#[derive(Clone, Copy, Debug)]
pub struct ScriptEntry<'a> {
    /// gvmr's home, whose shim directory comes first.
    pub home: &'a Home,
    /// The user's home directory, if `home` may be written relative to `$HOME` (for renamed or cloned home directories).
    pub user_home: Option<&'a Path>,
    /// `GOBIN` of the `go env -w` file, if it is set.
    pub go_bin: Option<&'a Path>,
    /// Whether sessions need `GVMR_HOME` to find `home`: it is neither the default nor the machine's shared one.
    pub export_home: bool,
    /// Whether root keeps `home` for every user: then a user's own home in the default place, if there is one, comes
    /// before it, as it does to gvmr itself.
    pub shared: bool,
}

/// Why no script can be written.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The shim directory cannot be an element of `PATH`.
    #[error("{path} cannot be on PATH: it is relative, or contains a colon or newline", path = printable::path(path))]
    Unfit {
        /// The shim directory.
        path: PathBuf,
    },
}

impl ScriptError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        "set GVMR_HOME to an absolute path without colons"
    }
}
