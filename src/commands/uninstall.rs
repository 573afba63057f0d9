//! `gvmr uninstall`: removes versions that nothing uses.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::store::Toolchain;
use gvmr_core::gover::version::Version;
use std::collections::BTreeSet;

/// Runs the command. All versions are found before the first one is removed.
pub(super) fn run(arguments: &cli::UninstallArgs, context: &Context) -> Result<(), Error> {
    context.may_change()?;
    let toolchains = context.toolchains()?;
    let mut chosen = BTreeSet::new();
    for text in &arguments.versions {
        chosen.insert(Context::one_installed(&toolchains, text)?);
    }
    if !arguments.force {
        chosen.iter().try_for_each(|version| refuse_default(version, &toolchains, context))?;
    }
    let (removed, failure) = remove(&chosen, arguments.force, context)?;
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

/// Removes versions one by one and updates shims and default; gives what was removed, and the error that ended it.
pub(super) fn remove(
    versions: &BTreeSet<Version>,
    force: bool,
    context: &Context,
) -> Result<(Vec<Version>, Option<Error>), Error> {
    let store = context.store()?;
    let mut removed = Vec::new();
    let mut failure = None;
    for version in versions {
        let lock = store.lock(version, &|holder| context.terminal.note(holder), &|| context.interrupted());
        match lock.and_then(|lock| store.remove(&lock, force)) {
            Ok(_) => {
                context.terminal.note(format_args!("removed {}", version.toolchain_name()));
                removed.push(version.clone());
            }
            Err(error) => {
                let error = Error::from(error);
                let message = format!("{}: {}", version.toolchain_name(), error.message);
                failure = Some(Error { message, ..error });
                break;
            }
        }
    }
    if !removed.is_empty() {
        context.publish()?;
        if store.clear_default_if_gone()? {
            context.terminal.note("that was the default; run `gvmr use --global VERSION` to set another");
        }
    }
    Ok((removed, failure))
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
