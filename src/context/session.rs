//! What sessions are to have besides the shim directory.

use super::Context;
use crate::config::Settings;
use crate::shell::{Account, ScriptEntry, ScriptError, SetupError, UserSetup, is_set_up};
use crate::store::Programs;
use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::{Environment, Process};
use std::ffi::OsString;
use std::path::PathBuf;

/// What sessions are to have.
#[derive(Debug)]
pub struct SessionPath {
    /// PATH, with the shim directory first.
    pub path: OsString,
    /// The shim directory.
    pub shims: PathBuf,
    /// Where `go install` puts programs.
    pub go_bin: Option<PathBuf>,
    /// Whether they need `GVMR_HOME` too.
    pub exports_home: bool,
}

impl Context {
    /// What this session is to have.
    pub fn session_path(&self) -> Result<SessionPath, ScriptError> {
        let user_home = Process.get("HOME").map(PathBuf::from);
        let go_bin = self.go_bin();
        let entry = ScriptEntry {
            home: &self.settings.home,
            user_home: user_home.as_deref(),
            go_bin: go_bin.as_deref(),
            export_home: self.home_is_custom(),
            shared: false, // the session's home is settled already
        };
        Ok(SessionPath {
            path: entry.path_in(&Process)?,
            shims: entry.home_in(&Process)?.join("shims"),
            go_bin: entry.go_bin_in(&Process)?,
            exports_home: entry.export_home,
        })
    }

    /// What `gvmr setup` sets up for this user.
    pub fn user_setup(&self) -> Result<UserSetup<'_>, SetupError> {
        Ok(UserSetup {
            home: &self.settings.home,
            gvmr: Programs::beside_this_one()?.program,
            account: Account::of_process(&Process)?,
            go_bin: self.go_bin(),
            export_home: self.home_is_custom(),
            home_is_shared: self.settings.reads_only,
        })
    }

    /// Whether `gvmr setup` has written the script that sessions read.
    pub fn is_set_up(&self) -> bool {
        is_set_up(&self.settings.home)
    }

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
