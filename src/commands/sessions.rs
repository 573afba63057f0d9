//! The hidden commands that sessions are started, looked at and ended with. They need no settings and no home.

use crate::cli;
use crate::error::{Error, Kind};
use crate::process;
use crate::shell::Sight;
use crate::terminal::Terminal;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::io::ErrorKind;
use std::path::Path;

/// `gvmr session-seen`: prints what a program started in this session sees.
pub(super) fn seen(terminal: &Terminal) -> Result<(), Error> {
    let path = Process.get("PATH");
    terminal.data(Sight::with_path(path.as_deref())).map_err(super::Session::stdout)
}

/// `gvmr session-start`: leaves the terminal's session, then becomes the command; it ends with whoever started it.
pub(super) fn start(arguments: &cli::SessionStart) -> Result<(), Error> {
    let error = process::become_leader(arguments.parent, &arguments.words);
    let program = arguments.words.first().map_or(Path::new(""), Path::new);
    let kind = if error.kind() == ErrorKind::NotFound { Kind::NotFound } else { Kind::CannotExecute };
    Err(Error::said(kind, format!("cannot run {}: {error}", printable::path(program))))
}

/// `gvmr session-watch`: ends the sessions of a gvmr that was killed.
pub(super) fn watch(arguments: &cli::SessionWatch) {
    process::keep_watch(arguments.parent, std::io::stdin());
}
