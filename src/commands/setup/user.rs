//! `gvmr setup` and `gvmr setup --undo` for one user.

use super::consent::consent;
use super::render::{self, end};
use super::report;
use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::shell::{UserPlan, UserUndo};
use gvmr_core::sys::printable;
use serde_json::Value;
use std::path::PathBuf;

/// `gvmr setup`.
pub(super) fn make(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    let setup = context.user_setup()?;
    let mut plan = UserPlan::look(&setup, arguments.repair, arguments.cron)?;
    if arguments.dry_run {
        return show_plan(&plan, arguments, context);
    }
    if plan.is_needed() {
        ask_about(&plan, context);
        if !consent(arguments, "Edit them?", context)? {
            return Ok(());
        }
    } else if plan.changes.failed().is_empty() {
        context.terminal.note("all files are up to date");
    }
    let applied = plan.apply(&setup);
    for (path, moved) in &plan.moved {
        context.terminal.note(format_args!("moved {} to {}", printable::path(path), printable::path(moved)));
    }
    applied?;
    render::changes(&plan.scripts, context);
    if let Some(error) = render::failure(&plan.scripts) {
        return Err(error);
    }
    render::changes(&plan.changes, context);
    render::crontab(&plan.crontab, "set PATH in the crontab", context);
    note_manager(plan.manager_is_stale, context);
    let value = as_json(&plan, arguments);
    let failure = render::failure(&plan.changes).or_else(|| plan.crontab.into_failure().map(Error::from));
    report::sessions(arguments, &setup, context, value, failure)
}

fn show_plan(plan: &UserPlan, arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    let failure = render::failure(&plan.changes);
    if !arguments.json {
        for path in &plan.unreadable {
            context.terminal.note(format_args!("would move {} aside", printable::path(path)));
        }
        render::planned("would write", plan.scripts.needed(), context);
        render::planned_crontab(&plan.crontab, context);
        render::diff(&plan.changes.diff(), context)?;
        render::changes(&plan.changes, context);
        if !plan.is_needed() && failure.is_none() {
            context.terminal.note("all files are up to date");
        }
    }
    end(arguments, || as_json(plan, arguments), failure, context)
}

fn ask_about(plan: &UserPlan, context: &Context) {
    let mut paths: Vec<_> = plan.changes.needed().map(PathBuf::from).collect();
    paths.extend(plan.unreadable.iter().cloned());
    paths.extend(plan.crontab.is_needed().then(|| PathBuf::from("the crontab")));
    render::question(
        "These files will put the shim directory first on PATH (--dry-run shows the changes, --undo reverts them):",
        &paths,
        context,
    );
}

fn as_json(plan: &UserPlan, arguments: &cli::SetupArgs) -> Value {
    let mut value = render::changes_as_json(&plan.changes, arguments.dry_run);
    let aside = plan.unreadable.iter().chain(plan.moved.iter().map(|(path, _)| path));
    value["moved_aside"] = aside.map(|path| path.display().to_string()).collect();
    value["scripts"] = render::changes_as_json(&plan.scripts, arguments.dry_run);
    value["crontab"] = plan.crontab.state().into();
    value
}

/// `gvmr setup --undo`.
pub(super) fn undo(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    let setup = context.user_setup()?;
    let mut undo = UserUndo::look(&setup)?;
    let needed = undo.is_needed();
    let show = |undo: &UserUndo| {
        render::changes(&undo.changes, context);
        render::crontab(&undo.crontab, "restored the crontab", context);
    };
    if !arguments.dry_run {
        if needed && !consent(arguments, "Revert what setup changed?", context)? {
            return Ok(());
        }
        undo.apply(&setup);
        show(&undo);
        render::changes(&undo.scripts, context);
        note_manager(undo.manager_is_stale, context);
        if needed {
            context.terminal.note("installed versions stay; open sessions keep their PATH");
        }
    } else if !arguments.json {
        render::planned("would remove", undo.scripts.needed(), context);
        render::planned_crontab(&undo.crontab, context);
        render::diff(&undo.changes.diff(), context)?;
        show(&undo);
    }
    let mut value = render::changes_as_json(&undo.changes, arguments.dry_run);
    value["scripts"] = render::changes_as_json(&undo.scripts, arguments.dry_run);
    value["crontab"] = undo.crontab.state().into();
    let failure = render::failure(&undo.changes).or_else(|| render::failure(&undo.scripts));
    let failure = failure.or_else(|| undo.crontab.into_failure().map(Error::from));
    if !needed && failure.is_none() {
        context.terminal.note("nothing to undo");
    }
    end(arguments, || value, failure, context)
}

fn note_manager(is_stale: bool, context: &Context) {
    if is_stale {
        context.terminal.note(
            "systemd did not reload the user environment; run `systemctl --user daemon-reload`, or log in again",
        );
    }
}
