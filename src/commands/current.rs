//! `gvmr current`: the version that runs here, and why.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::explain::CurrentGo;
use crate::terminal::{Cell, Row, Tone};
use gvmr_core::select::resolution::Selection;

/// Runs the command.
pub(super) fn run(arguments: &cli::CurrentArgs, context: &Context) -> Result<(), Error> {
    let answer = context.resolve()?;
    context.note_ignored_project_files();
    let passed_over =
        if arguments.why || arguments.json { context.passed_over(&answer)? } else { Vec::new() };
    let line = CurrentGo::of(&answer, passed_over);
    if arguments.json {
        context.terminal.json(&line).map_err(Error::stdout)?;
    } else if line.installed {
        let what = line.version.as_deref().or(line.path.as_deref()).unwrap_or_default();
        if arguments.why {
            let cells = [Cell::new(what, Tone::Good), Cell::sentence(line.why.as_str())];
            let row = Row::new(cells, format!("{what}\t{}", line.why));
            let others = line.passed_over.iter().map(|other| {
                let cells = [Cell::new("-", Tone::Dim), Cell::sentence(other.to_string())];
                Row::new(cells, format!("-\t{other}"))
            });
            let rows: Vec<_> = std::iter::once(row).chain(others).collect();
            context.terminal.table(&rows).map_err(Error::stdout)?;
        } else {
            context.terminal.data(what).map_err(Error::stdout)?;
        }
        context.note_session_go(&answer.choice);
    }
    let Selection::Missing { wanted } = &answer.choice else { return Ok(()) };
    let error = Error::from(context.missing(wanted, &answer.reason));
    Err(error.after(arguments.json))
}
