//! What the shim asks for when a version is not installed: install it, ask first, or say what to run.

use super::install;
use super::session::{Consent, Session};
use crate::cli;
use crate::error::{Error, Kind};
use crate::request::Request;
use gvmr_shims::launch;
use gvmr_shims::missing;
use gvmr_shims::selector::Selector;

/// Runs the command; where the version is installed now it ends by becoming the tool.
pub(super) fn run(arguments: &cli::ShimMissing, session: &Session) -> Result<(), Error> {
    let wanted = Selector::parse(&arguments.version).map_err(|error| Error::new(Kind::Usage, &error))?;
    let Some((tool, words)) = arguments.words.split_first() else {
        return Err(Error::said(Kind::Usage, "no tool to run"));
    };
    let question = format!("Go {wanted} is not installed ({}). Install it now?", arguments.reason);
    match session.consent_to_install(&question) {
        Consent::Given => {}
        Consent::Refused => return Err(Error::said(Kind::NotFound, format!("Go {wanted} is not installed"))),
        Consent::NotAsked => {
            let message = missing::message(&session.settings.home, &wanted, &arguments.reason);
            return Err(Error::said(Kind::NotFound, message));
        }
    }
    session.remember_project(arguments.file.as_deref())?;
    let outcome = install::install_one(&Request::Selector(wanted), session)?;
    let version = &outcome.toolchain().version;
    let failure = launch::run(&session.settings.home, version, arguments.exact, tool, words);
    let kind = if failure.exit_code() == 126 { Kind::CannotExecute } else { Kind::NotFound };
    Err(Error::new(kind, &failure))
}
