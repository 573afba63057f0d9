//! Brings a home up to this gvmr after gvmr itself was upgraded.
//!
//! Shims, copies and scripts of another release work with this one; so what cannot be renewed now is left to the next
//! command, and no command fails by it. Start-up files and versions stay as they are.

use super::Context;
use crate::process::{self, KeptOutput, OutputLimits, Scope, Streams};
use crate::shell::SystemSetup;
use crate::store::{Programs, Refresh, Store};
use gvmr_core::sys::printable;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long the program of another release may take to renew its copies.
const PATIENCE: Duration = Duration::from_secs(30);

impl Context {
    /// Renews the home where this gvmr serves it and another release wrote it. The copy in a shared home lets the program that it
    /// was made of do it.
    pub fn refresh_home(&self) {
        self.refresh_home_with(|program| self.refresh_by(program));
    }

    /// The same without starting another gvmr.
    pub fn refresh_own_home(&self) {
        self.refresh_home_with(|_| {});
    }

    fn refresh_home_with(&self, by: impl Fn(&Path)) {
        let home = &self.settings.home;
        if self.settings.reads_only {
            return;
        }
        let Ok(programs) = Programs::beside_this_one() else { return };
        let Some(refresh) = programs.refresh_of(home) else { return };
        if Store::to_read(home.clone()).shims_are_busy() {
            return; // for the next command
        }
        let root = printable::path(home.root());
        let refreshed = self.with_cleanup(|| match &refresh {
            Refresh::By(program) => {
                by(program);
                Ok(())
            }
            Refresh::Copies => SystemSetup::at(home.root()).refresh(),
            Refresh::Shims => self.user_setup().and_then(|setup| setup.refresh()),
        });
        if self.terminal.is_verbose() {
            match refreshed {
                Err(error) => {
                    self.terminal.note(format_args!("cannot bring {root} up to this gvmr: {error}"));
                }
                Ok(()) => self.terminal.note(format_args!("brought {root} up to this gvmr")),
            }
        }
    }

    /// Lets the gvmr of another release, which was just put in place, renew the homes that this user may write.
    pub fn refresh_by(&self, program: &Path) {
        let mut command = Command::new(program);
        command.args(["self", "refresh"]).stdin(Stdio::null());
        let limits = OutputLimits { time: PATIENCE, kept: KeptOutput::Last(0), is_answer: |_| false };
        let _ = process::output(command, Streams::Both, Scope::Group, limits); // the owner's next command renews them
    }
}
