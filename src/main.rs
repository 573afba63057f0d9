//! The `gvmr` program: parse, run, print what went wrong, exit.

use gvmr::cli;
use gvmr::commands::{self, Failure};
use gvmr::context;
use gvmr::error::Error;
use gvmr::process::signals;
use gvmr::terminal::Terminal;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    signals::report_file_size_limit();
    let code = run();
    match context::ending_signal() {
        Some(signal) => signals::end_by(signal),
        None => code,
    }
}

fn run() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let cli = match cli::read(words.iter().cloned()) {
        Ok(cli) => cli,
        Err(error) => return answer(&error, &words),
    };
    let color = cli.color;
    let Err(Failure { error, json }) = commands::run(cli) else { return ExitCode::SUCCESS };
    let terminal = Terminal::with_color(false, color);
    if json && !error.in_data {
        let mut said = error.as_json();
        if let Some(signal) = context::ending_signal() {
            said["error"]["code"] = signals::exit_code(signal).into();
        }
        let _ = terminal.json(&said); // without stdout, stderr still has it
    }
    if !error.is_said {
        terminal.error(&error.message, error.hint.as_deref());
    }
    ExitCode::from(error.kind.exit_code())
}

/// Help, gvmr's version, or what is wrong with the command line.
fn answer(error: &clap::Error, words: &[OsString]) -> ExitCode {
    let terminal = Terminal::with_color(false, cli::color_in(words));
    if let Some(answer) = cli::answer(error, words) {
        match answer.exit_code {
            0 => terminal.say(answer.text),
            _ => terminal.error(answer.text, None),
        }
        return ExitCode::from(answer.exit_code);
    }
    let text = error.render();
    if error.use_stderr() {
        terminal.usage(&text);
    } else if let Err(error) = terminal.styled(&text) {
        let error = Error::stdout(error);
        terminal.error(&error.message, None);
        return ExitCode::from(error.kind.exit_code());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
