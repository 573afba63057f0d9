//! `gvmr which` and `gvmr where`: the program that runs here, and where versions and shims live.

use super::current::{self, Line};
use super::installed;
use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use gvmr_core::home::system_go::Outside;
use gvmr_core::select::resolution::Choice;
use std::path::PathBuf;

/// Runs `gvmr which`.
pub(super) fn run(arguments: &cli::Which, session: &Session) -> Result<(), Error> {
    let answer = session.resolve()?;
    let path = match &answer.choice {
        Choice::Installed { goroot, .. } => goroot.join("bin").join(&arguments.tool),
        Choice::Outside(Outside { program: path, .. }) => path.with_file_name(&arguments.tool),
        Choice::Missing { .. } => return Err(current::missing(&answer, session)),
    };
    if arguments.tool.contains('/') || !path.is_file() {
        return Err(Error::said(
            Kind::NotFound,
            format!("there is no {} in {}", arguments.tool, path.with_file_name("").display()),
        )
        .hint("gvmr which go"));
    }
    if arguments.json {
        let mut line = serde_json::to_value(Line::of(&answer)).unwrap_or_default();
        line["path"] = path.display().to_string().into();
        return session.terminal.json(&line).map_err(Session::stdout);
    }
    let why = if arguments.why { format!("\t{}", answer.reason) } else { String::new() };
    session.terminal.data(format_args!("{}{why}", path.display())).map_err(Session::stdout)
}

/// Runs `gvmr where`.
pub(super) fn run_where(arguments: &cli::Where, session: &Session) -> Result<(), Error> {
    let path = goroot(arguments, session)?;
    if arguments.json {
        return session
            .terminal
            .json(&serde_json::json!({ "path": path.display().to_string() }))
            .map_err(Session::stdout);
    }
    session.terminal.data(path.display()).map_err(Session::stdout)
}

fn goroot(arguments: &cli::Where, session: &Session) -> Result<PathBuf, Error> {
    if arguments.shims {
        return Ok(session.settings.home.shims());
    }
    if let Some(text) = &arguments.version {
        let toolchains = session.toolchains()?;
        let version = installed::newest_of(&toolchains, text, session)?;
        return Ok(session.settings.home.toolchain(&version));
    }
    let answer = session.resolve()?;
    match &answer.choice {
        Choice::Installed { goroot, .. } => Ok(goroot.clone()),
        Choice::Outside(Outside { program: path, .. }) => {
            Err(Error::said(Kind::NotFound, format!("{} is outside gvmr", path.display()))
                .hint("gvmr which shows its path"))
        }
        Choice::Missing { .. } => Err(current::missing(&answer, session)),
    }
}
