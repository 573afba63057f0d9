//! `gvmr each`: one command with several versions, at the same time.

use crate::cli;
use crate::context::Context;
use crate::each::{self, Outcome};
use crate::error::Error;
use crate::provision;

/// Runs the command.
pub(super) fn run(arguments: &cli::EachArgs, context: &Context) -> Result<(), Error> {
    each::given(arguments)?; // a wrong one is named before anything is installed
    let versions = if arguments.installed {
        provision::all_installed(context)?
    } else {
        provision::named_versions(&arguments.versions, context)?
    };
    let mut outcomes = each::run(arguments, &versions, context)?;
    if arguments.json {
        let rows: Vec<_> = outcomes.iter_mut().map(Outcome::row).collect();
        context.terminal.json(&rows).map_err(Error::stdout)?;
    } else {
        let rows: Vec<_> = outcomes.iter().map(Outcome::table_row).collect();
        context.terminal.table(&rows).map_err(Error::stdout)?;
    }
    match each::verdict(&outcomes, arguments) {
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
        None => Ok(()),
    }
}
