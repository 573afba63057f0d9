//! The state of a session: which `go` it finds, and why.

use super::{SessionKind, Shell};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::directory::lead_to_one;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What one session has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// The shell.
    pub shell: Shell,
    /// How it was started.
    pub kind: SessionKind,
    /// The `go` that a program started there would find; `None` if it finds none.
    pub go: Option<PathBuf>,
    /// All executable `go` along PATH, in order; relative and `~` elements are no directories.
    pub all: Vec<PathBuf>,
    /// Its PATH, element by element.
    pub path: Vec<PathBuf>,
    /// Variables that go reads, as a program started there gets them.
    pub variables: Vec<(String, OsString)>,
    /// Whether `go` is an alias or a function there; only interactive sessions are asked.
    pub go_is_alias: bool,
    /// What the session prints on stdout by itself (it breaks `scp`), shortened.
    pub noise: String,
    /// Why nothing was seen: it took too long, or ended early.
    pub failure: Option<String>,
    /// Whether it ended early by itself: it neither took too long nor was killed.
    pub has_ended: bool,
}

/// Which `go` a session has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The shim.
    Shim,
    /// Another one, or none, though the user's files can change that.
    Wrong,
    /// The session ended or became something else before it could be asked, as with `exec fish` in a file that it reads.
    Unknown,
    /// Another one, or none, and the session reads none of the user's files: why, and what helps.
    OutOfReach(&'static str),
}

impl ProbeResult {
    /// The value of one of the variables that are asked for.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }

    /// Which `go` the session has, with the shims of `home`.
    pub fn state(&self, home: &Home) -> SessionState {
        let shim = home.shims().join("go");
        if self.go.as_ref().is_some_and(|go| lead_to_one(go, &shim)) {
            return SessionState::Shim;
        }
        match self.shell.out_of_reach(self.kind) {
            Some(why) => SessionState::OutOfReach(why),
            None if self.failure.is_some() => SessionState::Unknown,
            None => SessionState::Wrong,
        }
    }

    /// Why the session does not have the shim, though the user's files can change that. `all_edited` tells whether every
    /// file that needed an edit got it.
    pub fn cause(&self, home: &Home, all_edited: bool) -> String {
        match &self.failure {
            Some(failure) => failure.clone(),
            None if self.path.contains(&home.shims()) => {
                "a start-up file puts another directory before the shims".to_owned()
            }
            None if all_edited => "a start-up file resets PATH without the shims".to_owned(),
            None => "a start-up file could not be edited".to_owned(),
        }
    }
}
