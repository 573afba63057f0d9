//! `gvmr list`: the installed versions, which one runs here, and how each was verified.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::store::{self, Receipt};
use crate::terminal::{Cell, Row, Tone};
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::environment::Process;
use serde::Serialize;

#[derive(Serialize)]
struct Line<'a> {
    version: &'a str,
    goroot: String,
    current: bool,
    default: bool,
    receipt: Option<&'a Receipt>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::ListArgs, context: &Context) -> Result<(), Error> {
    let toolchains = context.toolchains()?;
    // A damaged default, or a directory with a bad pin, must not hide what is installed.
    let default = context.default_version(&toolchains).unwrap_or_else(|error| {
        context.terminal.warn(Error::from(error).message);
        None
    });
    let current = match context.resolve().map(|answer| answer.choice) {
        Ok(Selection::Installed { version, .. }) => Some(version),
        _ => None,
    };
    let lines: Vec<_> = toolchains
        .iter()
        .map(|toolchain| Line {
            version: toolchain.version.as_str(),
            goroot: toolchain.goroot.display().to_string(),
            current: current.as_ref() == Some(&toolchain.version),
            default: default.as_ref() == Some(&toolchain.version),
            receipt: toolchain.receipt.as_ref(),
        })
        .collect();
    if arguments.json {
        return context.terminal.json(&lines).map_err(Error::stdout);
    }
    if default.is_none()
        && let Ok(Some(selector)) = store::default_selector(&context.settings.home, &Process)
    {
        context.terminal.note(format_args!("the default is {selector}, but no such version is installed"));
    }
    if lines.is_empty() {
        let next = context.next_step("install latest");
        // In another user's home, these are two commands and words between them.
        let next = if context.settings.reads_only { next } else { format!("`{next}`") };
        context.terminal.note(format_args!("no Go version is installed; run {next}"));
    }
    let rows: Vec<_> = lines.iter().map(row).collect();
    context.terminal.table(&rows).map_err(Error::stdout)
}

fn row(line: &Line<'_>) -> Row {
    let mark = if line.current { "*" } else { " " };
    let default = if line.default { "default" } else { "" };
    let proof = line.receipt.map_or_else(|| "no receipt".to_owned(), Receipt::summary);
    let piped = format!("{mark} {:10} {default:8} {proof}", line.version);
    let tone = if line.current { Tone::Good } else { Tone::Plain };
    let version = Cell::new(format!("{mark} {}", line.version), tone);
    Row::new([version, default.into(), Cell::new(proof, Tone::Dim)], piped.trim_end())
}
