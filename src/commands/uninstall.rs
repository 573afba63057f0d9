//! `gvmr uninstall`: removes versions that nothing uses.

use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use crate::request::Request;
use crate::store::Toolchain;
use gvmr_shims::version::Version;
use std::collections::BTreeSet;

/// Runs the command. All versions are found before the first one is removed.
pub(super) fn run(arguments: &cli::Uninstall, session: &Session) -> Result<(), Error> {
    let toolchains = session.toolchains()?;
    let mut chosen = BTreeSet::new();
    for text in &arguments.versions {
        chosen.insert(one_of(&toolchains, text, session)?);
    }
    if !arguments.force {
        chosen.iter().try_for_each(|version| refuse_default(version, &toolchains, session))?;
    }
    let removed = remove(&chosen, arguments.force, session)?;
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

/// The newest installed version that the text means.
pub(super) fn newest_of(toolchains: &[Toolchain], text: &str, session: &Session) -> Result<Version, Error> {
    let request = session.request(text)?;
    let newest = request.newest(toolchains.iter().map(|toolchain| &toolchain.version));
    newest.cloned().ok_or_else(|| not_installed(&request, toolchains))
}

/// The one installed version that the text means.
pub(super) fn one_of(toolchains: &[Toolchain], text: &str, session: &Session) -> Result<Version, Error> {
    let Request::Selector(selector) = session.request(text)? else {
        return Err(Error::said(Kind::Usage, format!("\"{text}\" does not name one installed version"))
            .hint("name it as gvmr list shows it"));
    };
    let matching: Vec<_> =
        toolchains.iter().map(|toolchain| &toolchain.version).filter(|v| selector.matches(v)).collect();
    match matching.as_slice() {
        [version] => Ok((*version).clone()),
        [] => Err(not_installed(&Request::Selector(selector), toolchains)),
        several => {
            let several = several.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ");
            Err(Error::said(Kind::Usage, format!("{selector} means several installed versions: {several}"))
                .hint("name the exact one"))
        }
    }
}

fn not_installed(request: &Request, toolchains: &[Toolchain]) -> Error {
    let message = format!("Go {request} is not installed; installed are: {}", names(toolchains));
    Error::said(Kind::UnknownVersion, message).hint(format!("gvmr install {request}"))
}

fn names(toolchains: &[Toolchain]) -> String {
    if toolchains.is_empty() {
        return "none".to_owned();
    }
    toolchains.iter().map(|toolchain| toolchain.version.as_str()).collect::<Vec<_>>().join(", ")
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
