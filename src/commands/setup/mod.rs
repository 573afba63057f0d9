//! `gvmr setup`: makes `go` the shim in every session, or undoes that.

mod consent;
mod render;
mod report;
mod system;
mod user;

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::shell::vscode_settings;

/// Runs the command.
pub(super) fn run(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    if arguments.vscode {
        context.terminal.note(
            "add these to settings.json: run \"Preferences: Open User Settings (JSON)\", or, for a host reached over ssh, \
             \"Preferences: Open Remote Settings (JSON)\"",
        );
        let settings = vscode_settings(&context.settings.home.shims());
        return context.terminal.json(&settings).map_err(Error::stdout);
    }
    match (arguments.system, arguments.undo) {
        (true, _) => system::run(arguments, context),
        (false, true) => user::undo(arguments, context),
        (false, false) => user::make(arguments, context),
    }
}
