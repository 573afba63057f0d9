//! `gvmr self refresh`: what a package calls after an upgrade. Without a home to refresh it does nothing.

use crate::config;
use crate::context::Context;
use crate::error::Error;
use crate::shell::SystemSetup;
use crate::store;
use crate::terminal::Terminal;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::path::Path;

/// Runs the command. The shared home is renewed whatever this user's settings say.
pub(super) fn run(terminal: Terminal) -> Result<(), Error> {
    let machine = Path::new("/");
    if rustix::process::geteuid().is_root() && store::machine_file(machine).exists() {
        let setup = SystemSetup::at(&config::home_to_share(&Process, machine)?);
        if setup.is_shared() {
            setup.refresh()?;
            terminal.note(format_args!("refreshed {}", printable::path(setup.home.root())));
        }
    }
    if let Ok(context) = Context::open(terminal, None) {
        context.refresh_own_home();
    }
    Ok(())
}
