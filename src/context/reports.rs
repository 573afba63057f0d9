//! What commands report besides their answer: another `go` on PATH, a project's file that has no effect.

use super::Context;
use crate::explain::notices;
use crate::shell::{FoundGo, found_go, path_command};
use gvmr_core::env::gvmr_toml;
use gvmr_core::env::notice::Notice;
use gvmr_core::home::system_go::{self, REFUSED};
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::pin_owners::ForeignPin;
use gvmr_core::select::resolution::Selection;
use gvmr_core::select::resolve::{self, VARIABLE};
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::path::Path;

impl Context {
    /// Says that `go` in this session is not the shim, if so, and what changes that. Off a terminal only where the
    /// command's `answer` is about the `go` of this session.
    pub fn note_other_go(&self, answer: bool) {
        if !answer && !self.terminal.is_watched() {
            return;
        }
        let what = match found_go(&self.settings.home, &Process) {
            FoundGo::Shim => return,
            FoundGo::Other(go) => match system_go::home_of_shim(&go) {
                Some(other) => format!(
                    "`go` in this session is {}, the shim of another gvmr home ({})",
                    printable::path(&go),
                    printable::path(other.root())
                ),
                None => format!("`go` in this session is {}, not gvmr's", printable::path(&go)),
            },
            FoundGo::Nothing => "this session has no `go` on PATH".to_owned(),
        };
        // Where setup has been run, something undoes what it did.
        if self.is_set_up() {
            self.terminal.note(format_args!("{what}; run `gvmr doctor`"));
            return;
        }
        let now = path_command(&Process).map(|command| format!("run `{command}` here, and "));
        let next = format!("{}`gvmr setup` for every session", now.as_deref().unwrap_or("run "));
        self.terminal.note(format_args!("{what}; {next}"));
    }

    /// The same for an answer about the `go` that runs here: another one, or one that it switches to, would make it wrong.
    pub fn note_session_go(&self, answer: &Selection) {
        let Selection::Installed { version, .. } = answer else { return };
        self.note_other_go(true);
        let toolchain = Process.text("GOTOOLCHAIN").unwrap_or_default();
        let named = toolchain.split('+').next().unwrap_or_default();
        let switches =
            named.starts_with("go1") && named != version.toolchain_name() && !version.is_before(21);
        if switches {
            let toolchain = printable::word(&toolchain);
            self.terminal
                .note(format_args!("GOTOOLCHAIN={toolchain} is set, so `go` switches to that version"));
        }
    }

    /// Whether there is a Go outside gvmr on PATH.
    pub fn has_system_go(&self) -> bool {
        system_go::find(OsStr::new("go"), &Process, &self.settings.home, None).is_some()
    }

    /// Warns that what was just selected, the Go outside gvmr, is not there.
    pub fn warn_of_missing_system_go(&self) {
        if self.has_system_go() || self.terminal.is_quiet() {
            return;
        }
        let refused = system_go::refused(OsStr::new("go"), &Process, &self.settings.home, None);
        self.terminal.warn(refused.map_or_else(
            || "PATH has no Go outside gvmr, so `go` fails there until one is installed".to_owned(),
            |go| format!("{} {REFUSED}", printable::path(go)),
        ));
    }

    /// The closing lines of a first install: how `go` gets on PATH. Whether they were needed.
    pub fn note_first_steps(&self) -> bool {
        if found_go(&self.settings.home, &Process) == FoundGo::Shim {
            return false;
        }
        if let Some(command) = path_command(&Process) {
            self.terminal.note(format_args!("to use `go` in this shell:    {command}"));
        }
        self.terminal.note("to use it in every session:   gvmr setup");
        true
    }

    /// Warns that `GVMR_VERSION` beats what was just written, in this session.
    pub fn warn_of_variable(&self) {
        if let Some(word) = Process.text(VARIABLE).filter(|_| !self.terminal.is_quiet()) {
            let word = printable::word(&word);
            self.terminal
                .warn(format_args!("{VARIABLE}={word} still selects the version in this session; unset it"));
        }
    }

    /// Warns, once, of a home that everyone can write to on a file system that cannot forbid that.
    pub(super) fn warn_of_open_home(&self, directory: &Path) {
        self.warn_once(&format!(
            "everyone can write to {}, and its file system keeps no modes; set GVMR_HOME to a local file system",
            printable::path(directory)
        ));
    }

    /// Warns if a pin that was just written does not count, as on a share where everything is another user's.
    pub fn warn_of_ignored_pin(&self) {
        if let Ok(here) = directory::working(&Process, None) {
            self.note_foreign_pins(&resolve::foreign_pins(&here, &Process));
        }
    }

    /// Names each pin that does not count since anyone may have put it there.
    pub(super) fn note_foreign_pins(&self, pins: &[ForeignPin]) {
        for pin in pins {
            self.warn_once(&pin.to_string());
        }
    }

    /// Names each `gvmr.toml` above the current directory that has no effect, and why.
    pub fn note_ignored_project_files(&self) {
        let Ok(here) = directory::working(&Process, None) else { return };
        let found = gvmr_toml::find(&here, UserDirs::of(&self.settings.home, &Process).as_ref());
        for ignored in found.passed_over {
            if let Some(words) = notices::words(&Notice::ProjectFile(ignored), &here, &Process, None) {
                self.terminal.note(words);
            }
        }
    }
}
