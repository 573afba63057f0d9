//! The `gvmr` program: parse, run, say what went wrong, exit.

use clap::Parser;
use gvmr::cli::Cli;
use gvmr::commands;
use gvmr::terminal::Terminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.wants_json();
    let Err(error) = commands::run(cli) else { return ExitCode::SUCCESS };
    let terminal = Terminal::new(false);
    if json && !error.in_data {
        let _ = terminal.json(&error.as_json()); // where stdout is gone, stderr still says it
    }
    terminal.error(&error.message, error.hint.as_deref());
    ExitCode::from(error.kind.exit_code())
}
