//! `gvmr use`: writes `.go-version` here, or the default; always says which.

use super::install;
use super::session::Session;
use crate::config::AutoInstall;
use crate::error::Error;
use crate::request::Request;
use crate::store;
use gvmr_shims::version::Version;

/// Runs the command.
pub(super) fn run(text: &str, global: bool, session: &Session) -> Result<(), Error> {
    let request = session.request(text)?;
    let installed: Vec<Version> =
        session.toolchains()?.into_iter().map(|toolchain| toolchain.version).collect();
    let found = request.newest(&installed).cloned();
    let written = match &request {
        Request::Selector(selector) => selector.to_string(),
        Request::Range(_) if found.is_some() => found.iter().map(Version::to_string).collect(),
        _ => install::choose(&request, session)?.to_string(), // a pin names a version, not a wish
    };
    let target = if global {
        session.store()?.set_default(&written)?;
        session
            .terminal
            .note(format_args!("the default is {written} now, wherever nothing else asks for a version"));
        None
    } else {
        let file = std::env::current_dir()
            .map_err(|source| store::StoreError::io("find the current directory", ".".as_ref(), source))?
            .join(".go-version");
        store::replace(&file, format!("{written}\n").as_bytes(), 0o644)?;
        session.remember_project(Some(&file))?;
        session.terminal.note(format_args!("{} says {written} now", file.display()));
        Some(file)
    };
    let pinned = session.request(&written)?;
    if let Some(version) = pinned.newest(&installed) {
        session.terminal.note(format_args!("that is {}", version.toolchain_name()));
        return session.remember_project(target.as_deref());
    }
    let install = match session.settings.auto_install {
        AutoInstall::Always => true,
        AutoInstall::Ask => {
            session.terminal.can_ask()
                && session.terminal.ask(&format!("Go {written} is not installed. Install it?"))
        }
        AutoInstall::Never => false,
    };
    if install {
        return install::install_one(&pinned, session).map(drop);
    }
    session.terminal.warn(format_args!("Go {written} is not installed; gvmr install {written} does it"));
    Ok(())
}
