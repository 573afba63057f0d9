//! `gvmr self uninstall`: reverts setup and removes gvmr; with `--purge` also what it installed.

use crate::cli;
use crate::context::{Context, Leftover};
use crate::error::{Error, ErrorKind};
use crate::installation::{Installation, PackageOwner};
use crate::shell::{Changes, SystemUndo, UserUndo};
use crate::terminal::size;
use gvmr_core::sys::printable;
use serde_json::json;
use std::path::PathBuf;

/// What is to go.
struct Plan {
    user: UserUndo,
    system: Option<SystemUndo>,
    installation: Installation,
    kept: Vec<Leftover>,
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
    };
    let refused = plan.installation.replacement().err();
    let is_owned = plan.installation.owner.is_some();
    if let Some(error) = refused.filter(|_| !is_owned && !arguments.dry_run) {
        return Err(error.into()); // before anything is reverted
    }
    if arguments.dry_run {
        plan.show("would revert", "would remove", arguments.purge, context);
        return plan.end(arguments, &[], &[], context);
    }
    if !arguments.yes {
        plan.show("will revert", "will remove", arguments.purge, context);
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
    let removed = if is_owned { Vec::new() } else { plan.installation.remove()? };
    plan.end(arguments, &purged, &removed, context)
}

impl Plan {
    fn changes(&self) -> impl Iterator<Item = &Changes> {
        let system = self.system.iter().flat_map(|undo| [&undo.changes, &undo.scripts]);
        [&self.user.changes, &self.user.scripts].into_iter().chain(system)
    }

    /// What is to come.
    fn show(&self, reverts: &str, removes: &str, purge: bool, context: &Context) {
        let terminal = &context.terminal;
        for path in self.changes().flat_map(Changes::needed) {
            terminal.say(format_args!("{reverts} {}", printable::path(path)));
        }
        if purge {
            for left in &self.kept {
                terminal.say(format_args!(
                    "{removes} {} ({})",
                    printable::path(&left.path),
                    size(left.bytes)
                ));
            }
        }
        if self.installation.owner.is_none() {
            for path in self.installation.files() {
                terminal.say(format_args!("{removes} {}", printable::path(&path)));
            }
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
            let reverted: Vec<_> = self.changes().flat_map(Changes::made).map(printable::path).collect();
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
        for path in self.changes().flat_map(Changes::made) {
            terminal.note(format_args!("reverted {}", printable::path(path)));
        }
        for path in purged.iter().chain(removed) {
            terminal.note(format_args!("removed {}", printable::path(path)));
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
        if let Some(owner) = owner {
            terminal.note(format_args!(
                "gvmr itself belongs to {}; {}",
                owner.package(),
                owner.removal_step()
            ));
        }
        Ok(())
    }
}
