//! `gvmr setup`: makes `go` the shim in every session, or takes that back.

mod changes;
mod cron;
mod repair;
mod report;
mod system;
mod undo;
mod user;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::vscode_settings;

/// Runs the command.
pub(super) fn run(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    if arguments.vscode {
        context.terminal.note(
            "these belong into settings.json: \"Preferences: Open User Settings (JSON)\"; for a machine reached over ssh, \
             \"Preferences: Open Remote Settings (JSON)\"",
        );
        let settings = vscode_settings(&context.settings.home.shims());
        return context.terminal.json(&settings).map_err(Error::stdout);
    }
    match (arguments.system, arguments.undo) {
        (true, _) => system::run(arguments, context),
        (false, true) => undo::run(arguments, context),
        (false, false) => user::run(arguments, context),
    }
}

/// Asks once for leave to make changes. `Ok(false)` where the answer is no.
fn consent(arguments: &cli::SetupArgs, question: &str, context: &Context) -> Result<bool, Error> {
    if arguments.yes {
        return Ok(true);
    }
    if !context.terminal.can_ask() {
        return Err(Error::said(
            ErrorKind::Usage,
            "there is nobody to ask, and setup edits files only with leave",
        )
        .hint("say so with --yes, or look first with --dry-run"));
    }
    Ok(context.terminal.ask(question, true))
}
