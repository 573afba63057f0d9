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
    let line = CurrentGo::of(&answer);
    if arguments.json {
        context.terminal.json(&line).map_err(Error::stdout)?;
    } else if line.installed {
        let what = line.version.as_deref().or(line.path.as_deref()).unwrap_or_default();
        if arguments.why {
            let cells = [Cell::new(what, Tone::Good), Cell::sentence(line.why.as_str())];
            let row = Row::new(cells, format!("{what}\t{}", line.why));
            context.terminal.table(&[row]).map_err(Error::stdout)?;
        } else {
            context.terminal.data(what).map_err(Error::stdout)?;
        }
    }
    let Selection::Missing { wanted } = &answer.choice else { return Ok(()) };
    let error = Error::from(context.missing(wanted, &answer.reason));
    Err(if arguments.json { error.after_data() } else { error })
}
