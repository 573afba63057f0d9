//! `gvmr prune`: removes patch releases that a newer installed one replaces and that nothing asks for.

use crate::cli;
use crate::context::{Context, Removal};
use crate::error::Error;
use crate::sources;
use crate::store::{Retention, StoreError};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use serde::Serialize;

/// Forgets what release indexes listed before, and prints the copies that were removed.
fn forget_indexes(arguments: &cli::PruneArgs, context: &Context) -> Result<(), Error> {
    let cache = &context.settings.cache;
    let copies = sources::forget_indexes(cache, arguments.dry_run)
        .map_err(|error| StoreError::io("remove the copies of indexes in", cache, error))?;
    let copies: Vec<_> = copies.iter().map(printable::path).collect();
    if arguments.json {
        let outcome = serde_json::json!({ "removed": copies, "dry_run": arguments.dry_run });
        return context.terminal.json(&outcome).map_err(Error::stdout);
    }
    copies.iter().try_for_each(|copy| context.terminal.data(copy)).map_err(Error::stdout)
}

#[derive(Serialize)]
struct Outcome {
    removed: Vec<String>,
    kept: Vec<Kept>,
    dry_run: bool,
}

#[derive(Serialize)]
struct Kept {
    version: String,
    why: String,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::PruneArgs, context: &Context) -> Result<(), Error> {
    context.may_remove()?;
    if arguments.indexes {
        return forget_indexes(arguments, context);
    }
    if !arguments.dry_run {
        // An interrupted removal may have left a part of the tree, and its shims.
        context.store()?.sweep()?;
        context.publish()?;
    }
    if context.settings.home.shared_file().exists() {
        context.terminal.note("other users' defaults and pins cannot be checked from here");
    }
    let Retention { removable, retained } = context.retention()?;
    for (version, why) in &retained {
        context.terminal.note(format_args!("{} stays: {why}", version.toolchain_name()));
    }
    let list = removable.iter().map(Version::to_string).collect::<Vec<_>>();
    let names = list.join(", ");
    let asks = !removable.is_empty() && !arguments.dry_run && !arguments.yes;
    if asks && !context.confirm(&format!("Remove {names}?"), false, &format!("would remove {names}"))? {
        return Ok(());
    }
    let (removed, failure) = if arguments.dry_run {
        (list, None)
    } else {
        let Removal { removed, failure } = context.remove(&removable, false)?;
        let failure = failure.map(|(version, error)| Error::from(error).about(&version.toolchain_name()));
        (removed.iter().map(Version::to_string).collect(), failure)
    };
    if arguments.json {
        let kept = retained.into_iter().map(|(version, why)| Kept { version: version.to_string(), why });
        let outcome = Outcome { removed, kept: kept.collect(), dry_run: arguments.dry_run };
        context.terminal.json(&outcome).map_err(Error::stdout)?;
        return failure.map_or(Ok(()), |error| Err(error.after_data()));
    }
    if removed.is_empty() {
        context.terminal.note("nothing to remove");
    }
    removed.iter().try_for_each(|version| context.terminal.data(version)).map_err(Error::stdout)?;
    failure.map_or(Ok(()), Err)
}
