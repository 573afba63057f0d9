//! The two hidden commands that sessions of shells are looked at with. They need no settings and no home.

use crate::cli;
use crate::error::{Error, Kind};
use crate::shell::Sight;
use crate::terminal::Terminal;
use gvmr_shims::environment::{Environment as _, Process};
use gvmr_shims::printable;
use rustix::process::{Signal, set_parent_process_death_signal, setsid};
use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// `gvmr session-seen`: prints what a program started in this session sees.
pub(super) fn seen(terminal: &Terminal) -> Result<(), Error> {
    let path = Process.get("PATH");
    terminal.data(Sight::with_path(path.as_deref())).map_err(super::Session::stdout)
}

/// `gvmr session-start`: leaves the terminal's session, then becomes the command; it ends with whoever started it.
pub(super) fn start(arguments: &cli::SessionStart) -> Result<(), Error> {
    let Some((program, words)) = arguments.words.split_first() else {
        return Err(Error::said(Kind::Usage, "no command to start"));
    };
    setsid().map_err(|error| Error::said(Kind::Usage, format!("cannot leave this session: {error}")))?;
    let _ = set_parent_process_death_signal(Some(Signal::KILL)); // without it an interrupted setup leaves a shell
    let error = Command::new(program).args(words).exec();
    let kind = if error.kind() == ErrorKind::NotFound { Kind::NotFound } else { Kind::CannotExecute };
    Err(Error::said(kind, format!("cannot run {}: {error}", printable::path(Path::new(program)))))
}
