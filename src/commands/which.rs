//! `gvmr which` and `gvmr where`: the program that runs here, and where versions and shims live.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::explain::CurrentGo;
use crate::request;
use gvmr_core::home::system_go::SystemGo;
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::printable;
use std::path::PathBuf;

/// Runs `gvmr which`.
pub(super) fn run(arguments: &cli::WhichArgs, context: &Context) -> Result<(), Error> {
    let answer = context.resolve_tool(&arguments.tool)?;
    let path = match &answer.choice {
        Selection::Installed { goroot, .. } => goroot.join("bin").join(&arguments.tool),
        Selection::System(SystemGo { program: path, .. }) => path.with_file_name(&arguments.tool),
        Selection::Missing { wanted } => return Err(context.missing(wanted, &answer.reason).into()),
    };
    if arguments.tool.contains('/') || !path.is_file() {
        return Err(Error::said(
            ErrorKind::NotFound,
            format!(
                "there is no {} in {}",
                printable::word(&arguments.tool),
                printable::path(path.with_file_name(""))
            ),
        )
        .hint("run `gvmr which go`"));
    }
    if arguments.json {
        let mut line =
            serde_json::to_value(CurrentGo::of(&answer, context.passed_over(&answer)?)).unwrap_or_default();
        line["path"] = path.display().to_string().into();
        return context.terminal.json(&line).map_err(Error::stdout);
    }
    let why = if arguments.why { format!("\t{}", answer.reason) } else { String::new() };
    context.terminal.path(&path, why).map_err(Error::stdout)?;
    context.note_session_go(&answer.choice);
    Ok(())
}

/// Runs `gvmr where`.
pub(super) fn run_where(arguments: &cli::WhereArgs, context: &Context) -> Result<(), Error> {
    let path = goroot(arguments, context)?;
    if arguments.json {
        return context
            .terminal
            .json(&serde_json::json!({ "path": path.display().to_string() }))
            .map_err(Error::stdout);
    }
    context.terminal.path(&path, "").map_err(Error::stdout)
}

fn goroot(arguments: &cli::WhereArgs, context: &Context) -> Result<PathBuf, Error> {
    if arguments.shims {
        return Ok(context.settings.home.shims());
    }
    if let Some(text) = &arguments.version {
        let toolchains = context.toolchains()?;
        let version = context.newest_installed(&toolchains, &request::parse(text)?)?;
        return Ok(context.settings.home.toolchain(&version));
    }
    let answer = context.resolve()?;
    match &answer.choice {
        Selection::Installed { goroot, .. } => Ok(goroot.clone()),
        Selection::System(SystemGo { program: path, .. }) => {
            Err(Error::said(ErrorKind::NotFound, format!("{} is outside gvmr", printable::path(path)))
                .hint("run `gvmr which` for its path"))
        }
        Selection::Missing { wanted } => Err(context.missing(wanted, &answer.reason).into()),
    }
}
