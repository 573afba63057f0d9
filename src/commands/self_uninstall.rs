//! `gvmr self uninstall`: reverts setup and removes gvmr; with `--purge` also what it installed.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::installation::PackageOwner;
use crate::self_uninstall::{Leftover, UninstallPlan};
use crate::store::KeptBecause;
use crate::terminal::size;
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Runs the command.
pub(super) fn run(arguments: &cli::SelfUninstallArgs, context: &Context) -> Result<(), Error> {
    let terminal = &context.terminal;
    let mut plan = UninstallPlan::look(context, arguments.purge)?;
    if arguments.dry_run {
        let removed: Vec<_> = plan.purged().map(|left| left.path.clone()).chain(plan.programs()).collect();
        return if arguments.json {
            terminal.json(&as_json(&plan, &removed, arguments)).map_err(Error::stdout)
        } else {
            planned(&plan).iter().try_for_each(|line| terminal.data(line)).map_err(Error::stdout)
        };
    }
    if !arguments.yes {
        for line in planned(&plan) {
            terminal.say(line);
        }
        let question = if arguments.purge { "Remove gvmr and all of this?" } else { "Remove gvmr?" };
        if !context.confirm(
            question,
            false,
            "gvmr self uninstall needs confirmation and stdin is not a terminal",
        )? {
            terminal.note("nothing was removed");
            return Ok(());
        }
    }
    let removed = context.with_cleanup(|| plan.apply())?;
    if arguments.json {
        return terminal.json(&as_json(&plan, &removed, arguments)).map_err(Error::stdout);
    }
    for path in plan.reverted() {
        terminal.note(format_args!("reverted {}", printable::path(path)));
    }
    for line in removal_lines("removed", &removed) {
        terminal.note(line);
    }
    plan.kept().for_each(|left| terminal.note(kept_line("kept", left)));
    if let Some(line) = owner_line(&plan) {
        terminal.note(line);
    }
    Ok(())
}

/// What is to come, line by line.
fn planned(plan: &UninstallPlan<'_>) -> Vec<String> {
    let reverted = plan.reverted().into_iter();
    let mut lines: Vec<_> = reverted.map(|path| format!("revert {}", printable::path(path))).collect();
    let purged = plan.purged();
    lines.extend(purged.map(|left| {
        format!("remove {} ({}): {}", printable::path(&left.path), size(left.bytes), left.content)
    }));
    lines.extend(removal_lines("remove", &plan.programs()));
    lines.extend(plan.kept().map(|left| kept_line("keep", left)));
    lines.extend(owner_line(plan));
    lines
}

fn kept_line(what: &str, left: &Leftover) -> String {
    let why = match &left.kept_because {
        Some(KeptBecause::Holds(path)) => {
            format!("; it holds {}, which is not gvmr's", printable::path(path))
        }
        Some(KeptBecause::NotAHome) => "; it is not a home that gvmr filled".to_owned(),
        None => String::new(),
    };
    format!("{what} {} ({}): {}{why}", printable::path(&left.path), size(left.bytes), left.content)
}

/// Who keeps the programs, where this command does not remove them.
fn owner_line(plan: &UninstallPlan<'_>) -> Option<String> {
    let program = printable::path(&plan.installation.programs.program);
    match &plan.installation.owner {
        Some(owner) => Some(format!("gvmr itself belongs to {}; {}", owner.package(), owner.removal_step())),
        None if plan.keeps_programs => Some(format!(
            "keep {program}, which you may not remove; as its owner, run `{program} self uninstall`"
        )),
        None => None,
    }
}

/// A line for each file, but one for all manual pages of a directory.
fn removal_lines(what: &str, files: &[PathBuf]) -> Vec<String> {
    let is_page = |path: &&PathBuf| path.extension().is_some_and(|kind| kind == "1");
    let (pages, others): (Vec<_>, Vec<_>) = files.iter().partition(is_page);
    let mut lines: Vec<_> = others.iter().map(|path| format!("{what} {}", printable::path(path))).collect();
    if let Some(directory) = pages.first().and_then(|page| page.parent()) {
        lines.push(format!("{what} {} manual pages in {}", pages.len(), printable::path(directory)));
    }
    lines
}

fn as_json(plan: &UninstallPlan<'_>, removed: &[PathBuf], arguments: &cli::SelfUninstallArgs) -> Value {
    let owner = plan.installation.owner.as_ref();
    let kept = plan.kept().map(|left| json!({ "path": printable::path(&left.path), "bytes": left.bytes }));
    json!({
        "dry_run": arguments.dry_run,
        "reverted": plan.reverted().into_iter().map(printable::path).collect::<Vec<_>>(),
        "removed": removed.iter().map(printable::path).collect::<Vec<_>>(),
        "kept": kept.collect::<Vec<_>>(),
        "owner": owner.map(PackageOwner::package),
        "next": owner.map(PackageOwner::removal_step),
    })
}
