//! `gvmr setup --undo`: every file as it was.

use super::changes::{Changes, Direction};
use super::consent;
use super::cron::Cron;
use super::user::{Scene, reload, scripts};
use crate::cli;
use crate::commands::Context;
use crate::error::Error;
use crate::shell::Extent;
use gvmr_core::sys::printable;

pub(super) fn run(arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
    let scene = Scene::look(context)?;
    let own = if context.settings.reads_only { Vec::new() } else { scripts(&scene.entry())? };
    let mut undoing = Undoing {
        changes: Changes::prepare(&scene.edits(Extent::Possible)?, Direction::Undo),
        scripts: Changes::prepare(&own, Direction::Undo),
        cron: Cron::undo(),
    };
    if arguments.dry_run {
        return undoing.show(arguments, context);
    }
    let needed = undoing.is_needed();
    if needed && !consent(arguments, "Take back what setup wrote?", context)? {
        context.terminal.note("nothing was edited");
        return Ok(());
    }
    undoing.changes.apply();
    undoing.cron.install();
    undoing.scripts.apply(); // last, since the files read them
    undoing.changes.say(context);
    undoing.cron.say(Direction::Undo, context);
    undoing.scripts.say(context);
    reload(&undoing.changes, &scene);
    if needed {
        context.terminal.note("what is installed stays; sessions that are open keep their PATH");
    }
    undoing.end(arguments, needed, context)
}

/// What is to be taken back.
struct Undoing {
    changes: Changes,
    scripts: Changes,
    cron: Cron,
}

impl Undoing {
    fn is_needed(&self) -> bool {
        self.changes.are_needed() || self.scripts.are_needed() || self.cron.is_needed()
    }

    fn show(self, arguments: &cli::SetupArgs, context: &Context) -> Result<(), Error> {
        let needed = self.is_needed();
        if !arguments.json {
            for path in self.scripts.paths() {
                context.terminal.note(format_args!("would remove {}", printable::path(path)));
            }
            self.cron.show(context);
            self.changes.show(context)?;
            self.cron.say(Direction::Undo, context);
        }
        self.end(arguments, needed, context)
    }

    fn end(self, arguments: &cli::SetupArgs, needed: bool, context: &Context) -> Result<(), Error> {
        if arguments.json {
            let mut value = self.changes.json(arguments);
            value["scripts"] = self.scripts.json(arguments);
            value["crontab"] = self.cron.word().into();
            context.terminal.json(&value).map_err(Error::stdout)?;
        }
        let failure =
            self.changes.failure().or_else(|| self.scripts.failure()).or_else(|| self.cron.failure());
        if !needed && failure.is_none() {
            context.terminal.note("there is nothing to take back");
        }
        failure.map_or(Ok(()), |error| Err(if arguments.json { error.after_data() } else { error }))
    }
}
