//! A version that a directory asks for and that is not installed: install it, ask first, or report what to run.

use super::install_one;
use crate::config::AutoInstall;
use crate::context::{Consent, Context, ContextError};
use crate::error::{Error, ErrorKind};
use crate::explain::not_installed;
use gvmr_core::exec::missing;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::select::resolution::Selection;
use std::path::Path;

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
