//! The hidden commands that sessions are started, looked at and ended with. They need no settings and no home.

use crate::cli;
use crate::error::{Error, ErrorKind};
use crate::process;
use crate::shell::Probe;
use crate::terminal::Terminal;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// `gvmr session-seen`: prints what a program started in this session sees.
pub(super) fn seen(terminal: &Terminal) -> Result<(), Error> {
    terminal.data(Probe::of(&Process)).map_err(Error::stdout)
}

/// `gvmr session-start`: leaves the terminal's session, then becomes the command; it ends with whoever started it.
pub(super) fn start(arguments: &cli::SessionStartArgs) -> Result<(), Error> {
    not_started(&process::become_leader(arguments.parent, &arguments.words), &arguments.words)
}

/// `gvmr session-watch`: runs a command and ends all that it started; stdin tells when whoever started it is gone.
pub(super) fn watch(arguments: &cli::SessionWatchArgs) -> Result<(), Error> {
    not_started(&process::keep(&arguments.words), &arguments.words)
}

fn not_started(error: &io::Error, words: &[OsString]) -> Result<(), Error> {
    let program = words.first().map_or(Path::new(""), Path::new);
    let kind =
        if error.kind() == io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::CannotExecute };
    Err(Error::said(kind, format!("cannot run {}: {error}", printable::path(program))))
}
