//! A version that a directory asks for and that is not installed: install it, ask first, or report what to run.

use super::install_one;
use crate::config::AutoInstall;
use crate::context::{Consent, Context, ContextError};
use crate::error::{Error, ErrorKind};
use crate::explain::not_installed;
use gvmr_core::exec::missing;
use gvmr_core::gover::selector::{RequestedGo, Selector};
use gvmr_core::gover::version::Version;
use gvmr_core::select::resolution::{Resolution, Selection};
use std::path::{Path, PathBuf};

/// Installs what is missing, where the user wants that; otherwise the error says what to run. `reason` is who asks for
/// it, in words, and `file` where that is written.
pub fn install_missing(
    wanted: &Selector,
    reason: &str,
    file: Option<&Path>,
    context: &Context,
) -> Result<Selection, Error> {
    let question = format!("{}. Install it now?", not_installed(wanted, reason));
    match context.consent_to_install(&question) {
        // A person who was asked knows why.
        Consent::Given if context.settings.auto_install == AutoInstall::Always => {
            context
                .terminal
                .note(format_args!("{}; installing it (auto-install)", not_installed(wanted, reason)));
        }
        Consent::Given => {}
        Consent::Refused => {
            return Err(Error::said(ErrorKind::NotFound, format!("Go {wanted} is not installed")));
        }
        Consent::NotAsked => {
            let message = missing::message(&context.settings.home, wanted, reason, file);
            return Err(Error::said(ErrorKind::NotFound, message));
        }
    }
    context.remember_project(file)?;
    let outcome = install_one(&wanted.clone(), context)?;
    let version = outcome.toolchain().version.clone();
    let goroot = context.settings.home.toolchain(&version);
    Ok(Selection::Installed { version, goroot })
}

/// The tree of the Go that a command runs with, and its version where that is exactly what was asked for: of the one that was
/// `requested`, else of the one that the directory asks for. `None` for the Go outside gvmr.
pub fn toolchain_to_run(
    requested: Option<RequestedGo>,
    context: &Context,
) -> Result<Option<(PathBuf, Option<Version>)>, Error> {
    match requested {
        Some(RequestedGo::Version(selector)) => {
            let version = installed_or_missing(&selector, context)?;
            return Ok(Some((context.settings.home.toolchain(&version), Some(version))));
        }
        Some(RequestedGo::System) if !context.has_system_go() => {
            return Err(Error::said(ErrorKind::NotFound, "PATH has no Go outside gvmr")
                .hint("name a version instead of system"));
        }
        Some(RequestedGo::System) => return Ok(None),
        None => {}
    }
    let Resolution { mut choice, reason, exact, .. } = context.resolve()?;
    if let Selection::Missing { wanted } = &choice {
        let (file, missing) = (reason.file.as_deref(), Error::from(context.missing(wanted, &reason)));
        choice = install_missing(wanted, &reason.to_string(), file, context).map_err(|error| {
            // In the words of the other commands.
            if error.kind == ErrorKind::NotFound { Error { kind: error.kind, ..missing } } else { error }
        })?;
    }
    Ok(match choice {
        Selection::Installed { version, goroot } => Some((goroot, exact.then_some(version))),
        Selection::System(_) | Selection::Missing { .. } => None,
    })
}

/// The newest installed version that a request means. One that is missing is installed first, where the user wants that.
pub fn installed_or_missing(request: &Selector, context: &Context) -> Result<Version, Error> {
    let missing = match context.newest_installed(&context.toolchains()?, request) {
        Ok(version) => return Ok(version),
        Err(missing @ ContextError::NotInstalled { .. }) => Error::from(missing),
        Err(other) => return Err(Error { kind: ErrorKind::NotFound, ..other.into() }),
    };
    match context.consent_to_install(&format!("Go {request} is not installed. Install it now?")) {
        Consent::Given => Ok(install_one(request, context)?.toolchain().version.clone()),
        Consent::Refused | Consent::NotAsked => Err(Error { kind: ErrorKind::NotFound, ..missing }),
    }
}
