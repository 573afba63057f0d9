//! `gvmr trust`: lets a project's gvmr.toml take effect, and shows what that means.

use crate::cli;
use crate::config::{CheckBytes, Trust, TrustError, TrustState, Trusted, project_file, summary};
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::explain::another_pin;
use crate::gate::{self, shown_plan};
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::directory;
use gvmr_core::sys::environment::{Environment, Process};
use gvmr_core::sys::printable;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Runs the command.
pub(super) fn run(arguments: &cli::TrustArgs, context: &Context) -> Result<(), Error> {
    let own = UserDirs::of(&context.settings.home, &Process).ok_or_else(|| {
        Error::said(ErrorKind::Usage, "cannot save what you trust: neither XDG_CONFIG_HOME nor HOME is set")
            .hint("set HOME to an absolute path")
    })?;
    let trust = Trust::of(own);
    if arguments.list {
        return list(&trust.list()?, arguments.json, context);
    }
    let here = directory::working(&Process, None).map_err(|error| {
        Error::said(ErrorKind::Storage, format!("cannot find the current directory: {error}"))
    })?;
    let path = arguments.path.as_deref();
    if arguments.revoke {
        let file = path.map_or_else(
            || project_file::nearest(&here, |file| project_file::is_there(file) || trust.knows(file)),
            |path| Ok(project_file::named(&here, path)),
        )?;
        return revoke(&trust, &file, arguments.json, context);
    }
    if let Some(file) = gate::file_to_trust(&here, path) {
        return check(&trust, &CheckBytes::read(&file)?, arguments, context);
    }
    let file = path.map_or_else(
        || project_file::nearest(&here, project_file::is_there),
        |path| Ok(project_file::named(&here, path)),
    )?;
    let user_home = Process.get("HOME").map(PathBuf::from);
    let record = trust.read(&file, path.is_some(), user_home.as_deref())?;
    let asks = !arguments.yes && context.terminal.can_ask();
    if !arguments.json {
        context.terminal.data(summary::lines(&record)).map_err(Error::stdout)?;
    } else if asks {
        context.terminal.say(summary::lines(&record));
    }
    if asks && !context.terminal.ask("Trust this file as it is now?", false) {
        let file = printable::path(&record.source);
        return Err(Error::said(ErrorKind::Trust, format!("{file} was not approved and is ignored")));
    }
    trust.approve(&record)?;
    if arguments.json {
        context.terminal.json(&summary::as_json(&record)).map_err(Error::stdout)?;
    }
    if let Some(line) = another_pin(&record, &here, &context.settings.home) {
        context.terminal.note(line);
    }
    Ok(())
}

/// Lets a check file run, and shows what it reaches.
fn check(
    trust: &Trust,
    written: &CheckBytes,
    arguments: &cli::TrustArgs,
    context: &Context,
) -> Result<(), Error> {
    let file = gate::read(written, &BTreeMap::new()).map_err(TrustError::Rules)?;
    shown_plan::show(&file, arguments.json, &context.terminal).map_err(Error::stdout)?;
    let asks = !arguments.yes && context.terminal.can_ask();
    if asks && !context.terminal.ask("Let this file run as it is now?", false) {
        let file = printable::path(&written.file);
        return Err(Error::said(ErrorKind::Trust, format!("{file} was not approved and does not run")));
    }
    Ok(trust.approve_check(written)?)
}

fn list(trusted: &[Trusted], json: bool, context: &Context) -> Result<(), Error> {
    if json {
        let lines: Vec<_> = trusted
            .iter()
            .map(|one| json!({ "file": one.file.display().to_string(), "state": one.state.word() }))
            .collect();
        return context.terminal.json(&lines).map_err(Error::stdout);
    }
    let mut lines =
        trusted.iter().map(|one| format!("{:14}  {}", one.state.words(), printable::path(&one.file)));
    lines.try_for_each(|line| context.terminal.data(line)).map_err(Error::stdout)?;
    if trusted.iter().any(|one| one.state != TrustState::InForce) {
        context.terminal.note(
            "files not in force are ignored; review each, then run `gvmr trust PATH` or `gvmr trust --revoke PATH`",
        );
    } else if trusted.is_empty() {
        context.terminal.note("no file is trusted");
    }
    Ok(())
}

fn revoke(trust: &Trust, file: &Path, json: bool, context: &Context) -> Result<(), Error> {
    if !trust.revoke(file)? {
        return Err(TrustError::NotTrusted(file.to_owned()).into());
    }
    if json {
        let value = json!({ "revoked": file.display().to_string() });
        return context.terminal.json(&value).map_err(Error::stdout);
    }
    context.terminal.note(format_args!("{} is no longer trusted", printable::path(file)));
    Ok(())
}
