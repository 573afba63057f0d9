//! The `gvmr` program: parse, run, say what went wrong, exit.

use clap::Parser;
use gvmr::cli::Cli;
use gvmr::commands::{self, Session};
use gvmr::error::{Error, Kind};
use gvmr::terminal::Terminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.wants_json();
    let terminal = Terminal::new(cli.quiet);
    let result = Session::open(terminal).and_then(|session| {
        let result = commands::run(cli, &session);
        if session.interrupted() { Err(Error::said(Kind::Interrupted, "interrupted; nothing was left behind")) } else { result }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let terminal = Terminal::new(false);
            if json {
                let _ = terminal.json(&error.as_json()); // stdout is gone: stderr still says it
            }
            terminal.say(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}
