//! `gvmr use`: writes `.go-version` here, or the default; always says which.

use super::install;
use super::session::{Consent, Session};
use crate::error::{Error, Kind};
use crate::request::Request;
use crate::store;
use gvmr_core::gover::version::Version;

/// Runs the command.
pub(super) fn run(text: &str, global: bool, session: &Session) -> Result<(), Error> {
    let request = session.request(text)?;
    let installed: Vec<Version> =
        session.toolchains()?.into_iter().map(|toolchain| toolchain.version).collect();
    let written = written_as(&request, &installed, session)?;
    let pinned = session.request(&written)?;
    let version = match pinned.newest(&installed) {
        Some(version) => Some(version.clone()),
        None => install_first(&pinned, session)?,
    };
    if global {
        session.set_default(&written)?;
    } else {
        write_pin(&written, session)?;
    }
    match version {
        Some(version) => session.terminal.note(format_args!("that is {}", version.toolchain_name())),
        None => session.terminal.warn(format_args!(
            "Go {written} is not installed; if it exists, this installs it: {}",
            session.next_step(&format!("install {written}"))
        )),
    }
    Ok(())
}

/// A pin names a version or a prefix, never a wish: `latest` and ranges become the version they mean now.
fn written_as(request: &Request, installed: &[Version], session: &Session) -> Result<String, Error> {
    match request {
        Request::Selector(selector) => Ok(selector.to_string()),
        Request::Range(_) if request.newest(installed).is_some() => {
            Ok(request.newest(installed).map(Version::to_string).unwrap_or_default())
        }
        _ => install::choose(request, session).map(|version| version.to_string()),
    }
}

/// Installs what is about to be pinned where the user wants that; a failure leaves everything as it was.
fn install_first(pinned: &Request, session: &Session) -> Result<Option<Version>, Error> {
    let question = format!("Go {pinned} is not installed. Install it now?");
    if session.consent_to_install(&question) != Consent::Given {
        return Ok(None);
    }
    let outcome = install::install_one(pinned, session)?;
    Ok(Some(outcome.toolchain().version.clone()))
}

fn write_pin(written: &str, session: &Session) -> Result<(), Error> {
    let here = std::env::current_dir()
        .map_err(|error| Error::said(Kind::Storage, format!("cannot find the current directory: {error}")))?;
    let file = here.join(".go-version");
    // A link is kept: the file it leads to is written.
    let real = std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
    store::replace(&real, format!("{written}\n").as_bytes(), 0o644).map_err(|error| {
        Error::from(error)
            .hint(format!("make {} writable for you, or write the pin elsewhere", here.display()))
    })?;
    session.remember_project(Some(&file))?;
    session.terminal.note(format_args!("{} says {written} now", file.display()));
    Ok(())
}
