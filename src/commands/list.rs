//! `gvmr list`: the installed versions, which one runs here, and how each was verified.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::explain::{not_installed, place_seen_from};
use crate::store::{self, Receipt, Toolchain};
use crate::terminal::{Cell, Row, Tone, size};
use gvmr_core::select::resolution::{Resolution, Selection};
use gvmr_core::sys::environment::Process;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Line<'a> {
    version: &'a str,
    goroot: String,
    current: bool,
    default: bool,
    /// What selects it here, where that is not the default.
    selected_by: Option<String>,
    receipt: Option<&'a Receipt>,
    link: Option<&'a Path>,
    #[serde(skip)]
    toolchain: &'a Toolchain,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::ListArgs, context: &Context) -> Result<(), Error> {
    let toolchains = context.toolchains()?;
    // A damaged default, or a directory with a bad pin, must not hide what is installed.
    let default = context.default_version(&toolchains).unwrap_or_else(|error| {
        context.terminal.warn(Error::from(error).message);
        None
    });
    let here = context.resolve().ok();
    let current = here.as_ref().and_then(|here| match &here.choice {
        Selection::Installed { version, .. } => Some(version),
        _ => None,
    });
    let directory = std::env::current_dir().ok();
    let selected_by = here.as_ref().and_then(|here| place_seen_from(directory.as_deref(), &here.reason));
    let lines: Vec<_> = toolchains
        .iter()
        .map(|toolchain| Line {
            version: toolchain.version.as_str(),
            goroot: toolchain.goroot.display().to_string(),
            current: current == Some(&toolchain.version),
            default: default.as_ref() == Some(&toolchain.version),
            selected_by: selected_by.clone().filter(|_| current == Some(&toolchain.version)),
            receipt: toolchain.receipt.as_ref(),
            link: toolchain.link.as_deref(),
            toolchain,
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
    } else if let Some(Resolution { choice: Selection::Missing { wanted }, reason, .. }) = &here {
        context.terminal.note(not_installed(wanted, reason));
    }
    let rows: Vec<_> = lines.iter().map(|line| row(line, arguments.long)).collect();
    context.terminal.table(&rows).map_err(Error::stdout)
}

fn row(line: &Line<'_>, long: bool) -> Row {
    let mark = if line.current { "*" } else { " " };
    let default = if line.default { "default" } else { "" };
    let tone = if line.current { Tone::Good } else { Tone::Plain };
    let version = Cell::new(format!("{mark} {}", line.version), tone);
    let bytes = line.receipt.map(|receipt| size(receipt.bytes)).unwrap_or_default();
    let by = line.selected_by.as_deref().unwrap_or_default();
    if long {
        let proof = line.toolchain.summary();
        let piped = format!("{mark} {:10} {default:8} {bytes:>9}  {proof}", line.version);
        return Row::new([version, default.into(), bytes.into(), Cell::wrapped(proof, Tone::Dim)], piped);
    }
    let (proof, origin) = (line.toolchain.proof_word(), line.toolchain.origin());
    let piped = format!("{mark} {:10} {default:8} {proof:10} {origin:20} {bytes:>9}  {by}", line.version);
    let proof_tone = if line.toolchain.is_proved() { Tone::Plain } else { Tone::Warning };
    let cells = [
        version,
        default.into(),
        Cell::new(proof, proof_tone),
        Cell::new(origin, Tone::Dim),
        Cell::new(format!("{bytes:>9}"), Tone::Dim),
        Cell::wrapped(by, Tone::Plain),
    ];
    Row::new(cells, piped.trim_end())
}
