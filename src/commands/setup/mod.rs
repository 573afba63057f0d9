//! `gvmr setup`: makes `go` the shim in every session, or undoes that.

mod render;
mod report;
mod system;
mod user;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::vscode_settings;
use serde_json::Value;

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

/// Asks once for permission to make changes. `Ok(false)` if the answer is no.
fn consent(arguments: &cli::SetupArgs, question: &str, context: &Context) -> Result<bool, Error> {
    if arguments.yes {
        return Ok(true);
    }
    if !context.terminal.can_ask() {
        return Err(Error::said(ErrorKind::Usage, "setup needs confirmation and stdin is not a terminal")
            .hint("pass --yes, or preview with --dry-run"));
    }
    let answer = context.terminal.ask(question, true);
    if !answer {
        context.terminal.note("nothing was edited");
    }
    Ok(answer)
}

/// Ends the command: prints JSON if asked for, and fails if there is a failure.
fn end(
    arguments: &cli::SetupArgs,
    value: impl FnOnce() -> Value,
    failure: Option<Error>,
    context: &Context,
) -> Result<(), Error> {
    if arguments.json {
        context.terminal.json(&value()).map_err(Error::stdout)?;
    }
    failure.map_or(Ok(()), |error| Err(if arguments.json { error.after_data() } else { error }))
}
