//! `gvmr setup`: makes `go` the shim in every session, or takes that back.

mod changes;
mod cron;
mod repair;
mod report;
mod system;
mod undo;
mod user;

use super::Session;
use crate::cli;
use crate::error::{Error, Kind};
use crate::shell::vscode_settings;

/// Runs the command.
pub(super) fn run(arguments: &cli::Setup, session: &Session) -> Result<(), Error> {
    if arguments.vscode {
        session.terminal.note(
            "these belong into settings.json: \"Preferences: Open User Settings (JSON)\"; for a machine reached over ssh, \
             \"Preferences: Open Remote Settings (JSON)\"",
        );
        let settings = vscode_settings(&session.settings.home.shims());
        return session.terminal.json(&settings).map_err(Session::stdout);
    }
    match (arguments.system, arguments.undo) {
        (true, _) => system::run(arguments, session),
        (false, true) => undo::run(arguments, session),
        (false, false) => user::run(arguments, session),
    }
}

/// Asks once for leave to make changes. `Ok(false)` where the answer is no.
fn consent(arguments: &cli::Setup, question: &str, session: &Session) -> Result<bool, Error> {
    if arguments.yes {
        return Ok(true);
    }
    if !session.terminal.can_ask() {
        return Err(Error::said(
            Kind::Usage,
            "there is nobody to ask, and setup edits files only with leave",
        )
        .hint("say so with --yes, or look first with --dry-run"));
    }
    Ok(session.terminal.ask(question, true))
}
