//! `gvmr upgrade`: installs the newest patch release of each installed minor version.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::provision;

/// Runs the command.
pub(super) fn run(arguments: &cli::UpgradeArgs, context: &Context) -> Result<(), Error> {
    if !arguments.dry_run {
        context.may_change()?;
    }
    let mut done = provision::upgrade(&arguments.versions, arguments.dry_run, arguments.prune, context)?;
    if arguments.json {
        context.terminal.json(&done).map_err(Error::stdout)?;
    } else {
        for one in &done.upgraded {
            let line = if done.dry_run {
                format!("{}\t{}", one.from, one.to)
            } else {
                format!("go{}\t{}", one.to, one.goroot)
            };
            context.terminal.data(line).map_err(Error::stdout)?;
        }
    }
    let last = done.errors.pop();
    for error in done.errors {
        context.terminal.error(&error.message, error.hint.as_deref());
    }
    match last {
        None => Ok(()),
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
    }
}
