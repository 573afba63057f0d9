//! `gvmr setup --undo`: every file as it was.

use super::changes::{Changes, Way};
use super::consent;
use super::cron::Cron;
use super::user::{Scene, reload, scripts};
use crate::cli;
use crate::commands::Session;
use crate::error::Error;
use crate::shell::Extent;
use gvmr_core::sys::printable;

pub(super) fn run(arguments: &cli::Setup, session: &Session) -> Result<(), Error> {
    let scene = Scene::look(session)?;
    let own = if session.settings.reads_only { Vec::new() } else { scripts(&scene.entry())? };
    let mut undoing = Undoing {
        changes: Changes::prepare(&scene.edits(Extent::Possible)?, Way::Undo),
        scripts: Changes::prepare(&own, Way::Undo),
        cron: Cron::undo(),
    };
    if arguments.dry_run {
        return undoing.show(arguments, session);
    }
    let needed = undoing.is_needed();
    if needed && !consent(arguments, "Take back what setup wrote?", session)? {
        session.terminal.note("nothing was edited");
        return Ok(());
    }
    undoing.changes.apply();
    undoing.cron.install();
    undoing.scripts.apply(); // last, since the files read them
    undoing.changes.say(session);
    undoing.cron.say(Way::Undo, session);
    undoing.scripts.say(session);
    reload(&undoing.changes, &scene);
    if needed {
        session.terminal.note("what is installed stays; sessions that are open keep their PATH");
    }
    undoing.end(arguments, needed, session)
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

    fn show(self, arguments: &cli::Setup, session: &Session) -> Result<(), Error> {
        let needed = self.is_needed();
        if !arguments.json {
            for path in self.scripts.paths() {
                session.terminal.note(format_args!("would remove {}", printable::path(path)));
            }
            self.cron.show(session);
            self.changes.show(session)?;
            self.cron.say(Way::Undo, session);
        }
        self.end(arguments, needed, session)
    }

    fn end(self, arguments: &cli::Setup, needed: bool, session: &Session) -> Result<(), Error> {
        if arguments.json {
            let mut value = self.changes.json(arguments);
            value["scripts"] = self.scripts.json(arguments);
            value["crontab"] = self.cron.word().into();
            session.terminal.json(&value).map_err(Session::stdout)?;
        }
        let failure =
            self.changes.failure().or_else(|| self.scripts.failure()).or_else(|| self.cron.failure());
        if !needed && failure.is_none() {
            session.terminal.note("there is nothing to take back");
        }
        failure.map_or(Ok(()), |error| Err(if arguments.json { error.after_data() } else { error }))
    }
}
