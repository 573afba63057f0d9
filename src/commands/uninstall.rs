//! `gvmr uninstall`: removes versions that nothing uses.

use super::installed;
use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use crate::store::Toolchain;
use gvmr_core::gover::version::Version;
use std::collections::BTreeSet;

/// Runs the command. All versions are found before the first one is removed.
pub(super) fn run(arguments: &cli::Uninstall, session: &Session) -> Result<(), Error> {
    session.may_change()?;
    let toolchains = session.toolchains()?;
    let mut chosen = BTreeSet::new();
    for text in &arguments.versions {
        chosen.insert(installed::one_of(&toolchains, text, session)?);
    }
    if !arguments.force {
        chosen.iter().try_for_each(|version| refuse_default(version, &toolchains, session))?;
    }
    let (removed, failure) = remove(&chosen, arguments.force, session)?;
    if arguments.json {
        let names: Vec<_> = removed.iter().map(Version::to_string).collect();
        session.terminal.json(&names).map_err(Session::stdout)?;
    }
    match failure {
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Removes versions one by one and brings shims and default up to date; what was removed, and what ended it.
pub(super) fn remove(
    versions: &BTreeSet<Version>,
    force: bool,
    session: &Session,
) -> Result<(Vec<Version>, Option<Error>), Error> {
    let store = session.store()?;
    let mut removed = Vec::new();
    let mut failure = None;
    for version in versions {
        let lock = store.lock(version, &|holder| session.terminal.note(holder), &|| session.interrupted());
        match lock.and_then(|lock| store.remove(&lock, force)) {
            Ok(_) => {
                session.terminal.note(format_args!("{} is removed", version.toolchain_name()));
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
        session.publish()?;
        if store.clear_default_if_gone()? {
            session.terminal.note("that was the default; gvmr use --global VERSION chooses another");
        }
    }
    Ok((removed, failure))
}

/// The default is not removed unasked: every directory without a pin would lose its Go.
fn refuse_default(version: &Version, toolchains: &[Toolchain], session: &Session) -> Result<(), Error> {
    let default = session.default_version(toolchains)?;
    if default.as_ref() == Some(version) && toolchains.len() > 1 {
        return Err(Error::said(Kind::Busy, format!("{} is the default", version.toolchain_name()))
            .hint("choose another with gvmr use --global VERSION, or remove it with --force"));
    }
    Ok(())
}
