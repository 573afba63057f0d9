//! `gvmr self uninstall`: reverts setup and removes gvmr; with `--purge` also what it installed.

use crate::cli;
use crate::context::{Context, Leftover};
use crate::error::{Error, ErrorKind};
use crate::installation::{Installation, PackageOwner};
use crate::shell::{Changes, SystemUndo, UserUndo};
use crate::terminal::size;
use gvmr_core::sys::printable;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is to go.
struct Plan {
    user: UserUndo,
    system: Option<SystemUndo>,
    installation: Installation,
    kept: Vec<Leftover>,
    /// Whether a package manager or another user keeps the programs.
    keeps_programs: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::SelfUninstallArgs, context: &Context) -> Result<(), Error> {
    let setup = context.user_setup()?;
    let machine = context.machine_setup()?;
    let mut plan = Plan {
        user: UserUndo::look(&setup)?,
        system: machine.as_ref().map(SystemUndo::look).transpose()?,
        installation: Installation::of_this_program(&context.settings.home)?,
        kept: context.leftovers(),
        keeps_programs: false,
    };
    plan.keeps_programs = plan.installation.replacement().is_err();
    if arguments.dry_run {
        if !arguments.json {
            return plan
                .planned(arguments.purge)
                .iter()
                .try_for_each(|line| context.terminal.data(line))
                .map_err(Error::stdout);
        }
        let purged: Vec<_> =
            plan.kept.iter().filter(|_| arguments.purge).map(|left| left.path.clone()).collect();
        let removed = plan.programs();
        return plan.end(arguments, &purged, &removed, context);
    }
    if !arguments.yes {
        plan.planned(arguments.purge).iter().for_each(|line| context.terminal.say(line));
        let question = if arguments.purge { "Remove gvmr and all of this?" } else { "Remove gvmr?" };
        if !context.confirm(
            question,
            false,
            "gvmr self uninstall needs confirmation and stdin is not a terminal",
        )? {
            context.terminal.note("nothing was removed");
            return Ok(());
        }
    }
    plan.user.apply(&setup);
    if let (Some(undo), Some(machine)) = (&mut plan.system, &machine) {
        undo.apply(machine)?;
    }
    plan.check_undone()?;
    let purged = if arguments.purge { context.purge(&plan.kept)? } else { Vec::new() };
    let removed = if plan.keeps_programs { Vec::new() } else { plan.installation.remove()? };
    plan.end(arguments, &purged, &removed, context)
}

impl Plan {
    /// The changes of files, each file once.
    fn changes(&self) -> impl Iterator<Item = &Changes> {
        let system = self.system.iter().flat_map(|undo| [&undo.changes, &undo.scripts]);
        [&self.user.changes, &self.user.scripts].into_iter().chain(system)
    }

    /// The files of this gvmr that go.
    fn programs(&self) -> Vec<PathBuf> {
        if self.keeps_programs { Vec::new() } else { self.installation.files() }
    }

    /// The files that are reverted: those that still have to be, and those that were.
    fn reverted(&self) -> BTreeSet<&Path> {
        self.changes().flat_map(|changes| changes.needed().chain(changes.made())).collect()
    }

    /// What is to come, line by line.
    fn planned(&self, purge: bool) -> Vec<String> {
        let mut lines: Vec<_> =
            self.reverted().into_iter().map(|path| format!("revert {}", printable::path(path))).collect();
        for left in &self.kept {
            let what = if purge { "remove" } else { "keep" };
            lines.push(format!(
                "{what} {} ({}): {}",
                printable::path(&left.path),
                size(left.bytes),
                left.content
            ));
        }
        lines.extend(removal_lines("remove", &self.programs()));
        lines.extend(self.owner_line());
        lines
    }

    /// Who keeps the programs, where this command does not remove them.
    fn owner_line(&self) -> Option<String> {
        let program = printable::path(&self.installation.programs.program);
        match &self.installation.owner {
            Some(owner) => {
                Some(format!("gvmr itself belongs to {}; {}", owner.package(), owner.removal_step()))
            }
            None if self.keeps_programs => Some(format!(
                "keep {program}, which you may not remove; as its owner, run `{program} self uninstall`"
            )),
            None => None,
        }
    }

    /// The error of the first file that could not be reverted: while it is so, gvmr stays.
    fn check_undone(&self) -> Result<(), Error> {
        let failed = self.changes().flat_map(Changes::failed).next();
        let Some((path, error)) = failed else { return Ok(()) };
        let error = format!("cannot revert {}: {error}", printable::path(path));
        Err(Error::said(ErrorKind::Storage, error).hint("gvmr was not removed; fix that, then run it again"))
    }

    /// What became of it.
    fn end(
        &self,
        arguments: &cli::SelfUninstallArgs,
        purged: &[PathBuf],
        removed: &[PathBuf],
        context: &Context,
    ) -> Result<(), Error> {
        let terminal = &context.terminal;
        let owner = self.installation.owner.as_ref();
        if arguments.json {
            let paths = |paths: &[PathBuf]| paths.iter().map(printable::path).collect::<Vec<_>>();
            let reverted: Vec<_> = self.reverted().into_iter().map(printable::path).collect();
            let kept: Vec<_> = self.kept.iter().filter(|left| !purged.contains(&left.path)).collect();
            let answer = json!({
                "dry_run": arguments.dry_run,
                "reverted": reverted,
                "removed": paths(&[purged, removed].concat()),
                "kept": kept.iter().map(|left| json!({ "path": printable::path(&left.path), "bytes": left.bytes })).collect::<Vec<_>>(),
                "owner": owner.map(PackageOwner::package),
                "next": owner.map(PackageOwner::removal_step),
            });
            return terminal.json(&answer).map_err(Error::stdout);
        }
        for path in self.reverted() {
            terminal.note(format_args!("reverted {}", printable::path(path)));
        }
        for line in removal_lines("removed", purged).into_iter().chain(removal_lines("removed", removed)) {
            terminal.note(line);
        }
        let kept = self.kept.iter().filter(|left| !purged.contains(&left.path) && !arguments.purge);
        for left in kept {
            terminal.note(format_args!(
                "kept {} ({}): {}",
                printable::path(&left.path),
                size(left.bytes),
                left.content
            ));
        }
        if let Some(line) = self.owner_line() {
            terminal.note(line);
        }
        Ok(())
    }
}

/// A line for each file, but one for all manual pages of a directory.
fn removal_lines(what: &str, files: &[PathBuf]) -> Vec<String> {
    let (pages, others): (Vec<_>, Vec<_>) =
        files.iter().partition(|path| path.extension().is_some_and(|kind| kind == "1"));
    let mut lines: Vec<_> = others.iter().map(|path| format!("{what} {}", printable::path(path))).collect();
    if let Some(directory) = pages.first().and_then(|page| page.parent()) {
        lines.push(format!("{what} {} manual pages in {}", pages.len(), printable::path(directory)));
    }
    lines
}
