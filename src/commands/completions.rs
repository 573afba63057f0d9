//! `gvmr completions`: the completion script of a shell, and the answers to what that script asks.

use crate::cli::{self, Cli};
use crate::complete;
use crate::error::Error;
use crate::shell::ShellKind;
use crate::terminal::Terminal;
use clap::CommandFactory;
use clap_complete::Shell;

/// Runs the command. It needs no home: packagers call it.
pub(super) fn run(arguments: &cli::CompletionsArgs, terminal: &Terminal) -> Result<(), Error> {
    if arguments.words.is_empty() {
        let script = script(arguments.shell);
        return terminal.data(String::from_utf8_lossy(&script).trim_end()).map_err(Error::stdout);
    }
    // Errors would disturb the command line that is being typed.
    if let Some(lines) = complete::answer(arguments.shell, &arguments.words) {
        let _ = terminal.data(lines);
    }
    Ok(())
}

/// The completion script of a shell, which starts no process until it is asked for the first completion.
fn script(shell: Shell) -> Vec<u8> {
    let kind = ShellKind::named(&shell.to_string());
    if let Some(script) = kind.and_then(|kind| kind.completion) {
        return script.text.to_vec();
    }
    // These know commands and options, and no versions.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "gvmr", &mut script);
    script
}
