//! `gvmr uninstall`: removes versions that nothing uses.

use crate::cli;
use crate::context::{Context, Removal};
use crate::error::{Error, ErrorKind};
use crate::store::{self, Toolchain};
use gvmr_core::gover::version::Version;
use std::collections::BTreeSet;

/// Runs the command. All versions are found before the first one is removed.
pub(super) fn run(arguments: &cli::UninstallArgs, context: &Context) -> Result<(), Error> {
    context.may_remove()?;
    let toolchains = store::entries(&context.settings.home)?;
    let mut chosen = BTreeSet::new();
    for text in &arguments.versions {
        let found = Context::one_installed(&toolchains, text);
        // It may be an interrupted removal that is asked for again.
        chosen.insert(found.inspect_err(|_| context.finish_removals())?);
    }
    if !arguments.force {
        chosen.iter().try_for_each(|version| refuse_default(version, &toolchains, context))?;
    }
    let asked_for = context.asked_for(&toolchains).unwrap_or_default(); // a pin that cannot be read keeps nothing
    let Removal { removed, failure } = context.remove(&chosen, arguments.force)?;
    context.note_still_pinned(&removed, &asked_for);
    let failure = failure.map(|(version, error)| Error::from(error).about(&version.toolchain_name()));
    if arguments.json {
        let names: Vec<_> = removed.iter().map(Version::to_string).collect();
        context.terminal.json(&names).map_err(Error::stdout)?;
    }
    match failure {
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// The default is removed only with --force: every directory without a pin would lose its Go.
fn refuse_default(version: &Version, toolchains: &[Toolchain], context: &Context) -> Result<(), Error> {
    let default = context.default_version(toolchains)?;
    if default.as_ref() == Some(version) && toolchains.len() > 1 {
        return Err(Error::said(ErrorKind::Busy, format!("{} is the default", version.toolchain_name()))
            .hint("set another with `gvmr use --global VERSION`, or remove it with --force"));
    }
    Ok(())
}
