//! `gvmr self update`: a newer gvmr in place of this one.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::install;
use crate::installation::Installation;
use crate::self_update::{Offer, PublicKey, ReleaseLocation, SelfUpdate, SelfUpdateError, UpdateStep};
use crate::store::RELEASE;
use gvmr_core::sys::printable;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Runs the command.
pub(super) fn run(arguments: &cli::SelfUpdateArgs, context: &Context) -> Result<(), Error> {
    let settings = &context.settings;
    let installation = Installation::of_this_program(&settings.home)?;
    installation.refuse_owned().map_err(SelfUpdateError::from)?;
    let key = PublicKey::compiled_in()?;
    let off = || {
        Error::said(
            ErrorKind::Usage,
            "self update is switched off: GVMR_DIST, or `dist` in config.toml, is \"off\"",
        )
    };
    let location = match &settings.sources.dist {
        None => ReleaseLocation::of(None),
        Some(dist) => ReleaseLocation::of(Some(dist.as_ref().ok_or_else(off)?)),
    };
    let location = location.ok_or_else(off)?;
    let client = install::client(context)?;
    let cache = &settings.cache;
    let update = SelfUpdate { client: &client, location, key, installation: &installation, cache };
    if !arguments.dry_run {
        update.check_installation().map_err(SelfUpdateError::from)?;
    }
    let offer = update.offer(arguments.wanted())?;
    let is_needed = offer.step != UpdateStep::UpToDate;
    let changed = if is_needed && !arguments.dry_run { apply(&update, &offer, context)? } else { Vec::new() };
    let program = &installation.programs.program;
    if arguments.json {
        let answer = json!({
            "program": printable::path(program),
            "from": RELEASE,
            "to": offer.manifest.version().to_string(),
            "date": offer.manifest.date(),
            "update_needed": is_needed,
            "dry_run": arguments.dry_run,
            "changed": changed.iter().map(printable::path).collect::<Vec<_>>(),
        });
        return context.terminal.json(&answer).map_err(Error::stdout);
    }
    say(&offer, arguments.dry_run, program, context);
    Ok(())
}

/// Puts the release in place, then lets it bring the homes that this user may write up to itself.
fn apply(update: &SelfUpdate<'_>, offer: &Offer, context: &Context) -> Result<Vec<PathBuf>, Error> {
    let bar = context.terminal.bar(&format!("gvmr {}", offer.manifest.version()));
    bar.download(None);
    let placed = context.with_cleanup(|| {
        update.apply(offer, &|bytes| {
            bar.advance(bytes);
            !context.interrupted()
        })
    });
    bar.finish();
    let placed = placed?;
    context.with_cleanup(|| context.refresh_by(&update.installation.programs.program));
    Ok(placed)
}

fn say(offer: &Offer, dry_run: bool, program: &Path, context: &Context) {
    let (terminal, manifest) = (&context.terminal, &offer.manifest);
    let (new, program) = (manifest.version(), printable::path(program));
    match (offer.step, dry_run) {
        (UpdateStep::UpToDate, _) => terminal.note(format_args!("gvmr {RELEASE} is up to date ({program})")),
        (UpdateStep::Change, true) => {
            terminal.note(format_args!(
                "would replace gvmr {RELEASE} with {new} of {} ({program})",
                manifest.date()
            ));
        }
        (UpdateStep::Repair, true) => {
            terminal.note(format_args!("would install gvmr {new} again ({program})"));
        }
        (UpdateStep::Repair, false) => terminal.done("repaired", format_args!("gvmr {new} ({program})")),
        (_, false) => {
            terminal.done(
                "installed",
                format_args!("gvmr {new} of {} in place of {RELEASE} ({program})", manifest.date()),
            );
        }
    }
}
