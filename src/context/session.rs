//! What sessions are to have besides the shim directory.

use super::Context;
use crate::config::Settings;
use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::{Environment, Process};
use std::ffi::OsString;
use std::path::PathBuf;

impl Context {
    /// `GOBIN` as `go env -w` has it.
    pub fn go_bin(&self) -> Option<PathBuf> {
        goenv::setting(&Process, "GOBIN").map(PathBuf::from)
    }

    /// Whether sessions without `GVMR_HOME` would look for another home.
    pub fn home_is_custom(&self) -> bool {
        Settings::read(&Unset, None).map_or(true, |settings| settings.home != self.settings.home)
    }
}

/// This process's environment without `GVMR_HOME`.
struct Unset;

impl Environment for Unset {
    fn get(&self, name: &str) -> Option<OsString> {
        if name == "GVMR_HOME" { None } else { Process.get(name) }
    }
}
