//! `gvmr uninstall`: removes versions that nothing uses.

use super::installed;
use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use crate::store::Toolchain;
use gvmr_shims::version::Version;
use std::collections::BTreeSet;

/// Runs the command. All versions are found before the first one is removed.
pub(super) fn run(arguments: &cli::Uninstall, session: &Session) -> Result<(), Error> {
    let toolchains = session.toolchains()?;
    let mut chosen = BTreeSet::new();
    for text in &arguments.versions {
        chosen.insert(installed::one_of(&toolchains, text, session)?);
    }
    if !arguments.force {
        chosen.iter().try_for_each(|version| refuse_default(version, &toolchains, session))?;
    }
    let default = session.default_version(&toolchains)?;
    let removed = remove(&chosen, arguments.force, session)?;
    if default.is_some_and(|default| removed.contains(&default))
        && session.default_version(&session.toolchains()?)?.is_none()
    {
        session.terminal.warn("that was the default; gvmr use --global VERSION chooses another");
    }
    if arguments.json {
        let names: Vec<_> = removed.iter().map(Version::to_string).collect();
        return session.terminal.json(&names).map_err(Session::stdout);
    }
    Ok(())
}

/// Removes versions one by one and brings the shim directory up to date.
pub(super) fn remove(
    versions: &BTreeSet<Version>,
    force: bool,
    session: &Session,
) -> Result<Vec<Version>, Error> {
    let mut removed = Vec::new();
    let mut failure = None;
    for version in versions {
        let lock = session
            .store()?
            .lock(version, &|holder| session.terminal.note(holder), &|| session.interrupted())?;
        match session.store()?.remove(&lock, force) {
            Ok(_) => {
                session.terminal.note(format_args!("{} is removed", version.toolchain_name()));
                removed.push(version.clone());
            }
            Err(error) => {
                let error = Error::from(error);
                failure = Some(Error {
                    message: format!("{}: {}", version.toolchain_name(), error.message),
                    ..error
                });
                break;
            }
        }
    }
    if !removed.is_empty() {
        session.publish()?;
    }
    failure.map_or(Ok(removed), Err)
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
