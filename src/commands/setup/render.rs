//! Changes of files and of the crontab, as people and scripts read them.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::{Changes, CrontabChange, Direction};
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// A message and its next step, as errors are shown.
pub(super) fn with_hint(message: &impl Display, hint: Option<impl Display>) -> String {
    let next = hint.map(|hint| format!("\n  next: {hint}"));
    format!("{message}{}", next.unwrap_or_default())
}

/// The diff of changes to come.
pub(super) fn diff(diff: &str, context: &Context) -> Result<(), Error> {
    if diff.is_empty() { Ok(()) } else { context.terminal.data(diff.trim_end()).map_err(Error::stdout) }
}

/// Each file that was changed, and each that cannot be.
pub(super) fn changes(changes: &Changes, context: &Context) {
    let done = match changes.direction() {
        Direction::Make => "wrote",
        Direction::Undo => "reverted",
    };
    for path in changes.made() {
        context.terminal.note(format_args!("{done} {}", printable::path(path)));
    }
    for (_, error) in changes.failed() {
        context.terminal.warn(with_hint(error, error.hint()));
    }
}

/// Each file that would be changed, behind a word: `would write`.
pub(super) fn planned<'a>(what: &str, paths: impl Iterator<Item = &'a Path>, context: &Context) {
    for path in paths {
        context.terminal.note(format_args!("{what} {}", printable::path(path)));
    }
}

/// Changes for scripts.
pub(super) fn changes_as_json(changes: &Changes, dry_run: bool) -> Value {
    let shown = |path: &Path| printable::path(path);
    json!({
        "dry_run": dry_run,
        "needed": changes.needed().map(shown).collect::<Vec<_>>(),
        "changed": changes.made().map(shown).collect::<Vec<_>>(),
        "failed": changes.failed().iter().map(|(path, error)| json!({
            "path": shown(path),
            "why": error.to_string(),
            "next": error.hint(),
        })).collect::<Vec<_>>(),
    })
}

/// The error that files which cannot be changed end the command with. Each was named before.
pub(super) fn failure(changes: &Changes) -> Option<Error> {
    let count = changes.failed().len();
    let (first, _) = changes.failed().first()?;
    let what = match count {
        1 => format!("cannot edit {}", printable::path(first)),
        _ => format!("cannot edit {count} files, the first is {}", printable::path(first)),
    };
    let error = Error::said(ErrorKind::Storage, what);
    Some(error.hint("fix what is named above, then run the command again"))
}

/// The crontab to come.
pub(super) fn planned_crontab(change: &CrontabChange, context: &Context) {
    let Some(new) = change.new_text() else { return };
    if new.is_empty() {
        context.terminal.note("would remove the crontab, since it would be empty");
        return;
    }
    context.terminal.note("the crontab would be:");
    for line in String::from_utf8_lossy(new).lines() {
        context.terminal.note(format_args!("  {}", printable::word(line)));
    }
}

/// The outcome for the crontab.
pub(super) fn crontab(change: &CrontabChange, done: &str, context: &Context) {
    if change.is_installed() {
        context.terminal.note(done);
    }
    if let Some(error) = change.failure() {
        context.terminal.warn(with_hint(error, Some(error.hint())));
    }
}

/// Lists these files before a question, if stdin is a terminal.
pub(super) fn question(what: impl Display, paths: &[PathBuf], context: &Context) {
    if context.terminal.can_ask() {
        context.terminal.say(what);
        for path in paths {
            context.terminal.say(format_args!("  {}", printable::path(path)));
        }
    }
}

/// Ends the command: prints JSON if asked for, and fails if there is a failure.
pub(super) fn end(
    arguments: &cli::SetupArgs,
    value: impl FnOnce() -> Value,
    failure: Option<Error>,
    context: &Context,
) -> Result<(), Error> {
    if arguments.json {
        context.terminal.json(&value()).map_err(Error::stdout)?;
    }
    failure.map_or(Ok(()), |error| Err(error.after(arguments.json)))
}
