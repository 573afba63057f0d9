//! `gvmr completions`: the completion script of a shell.

use crate::cli::{self, Cli};
use crate::error::Error;
use crate::terminal::Terminal;
use clap::CommandFactory;

/// Runs the command. It needs no home, so that packagers can call it.
pub(super) fn run(arguments: &cli::Completions, terminal: &Terminal) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "gvmr", &mut script);
    terminal.data(String::from_utf8_lossy(&script).trim_end()).map_err(super::Session::stdout)
}
