//! The crontab in one run of setup: looked at, shown, installed.

use super::changes::Direction;
use crate::commands::Context;
use crate::error::Error;
use crate::shell::{Crontab, CrontabError};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::printable;

/// The crontab as it is and as it is to be, where that is not the same.
#[derive(Default)]
pub(super) struct Cron {
    change: Option<(Crontab, Crontab)>,
    installed: bool,
    failure: Option<Error>,
}

impl Cron {
    /// Puts the shims of `home` first on its `PATH`. Nothing else is to be done where that fails.
    pub(super) fn make(home: &Home) -> Result<Self, Error> {
        let old = Crontab::read()?;
        let new = old.with_path(home)?;
        Ok(Self::of(old, new))
    }

    /// The same where a crontab has them already: the home may have moved since.
    pub(super) fn renew(home: &Home) -> Self {
        let renewed = Crontab::read().and_then(|old| Ok((old.without_path()?, old.with_path(home)?, old)));
        match renewed {
            Ok((without, new, old)) if without != old => Self::of(old, new),
            _ => Self::default(), // nothing of ours is there, or nobody can tell; --cron says why
        }
    }

    /// Takes the shims out again. Where there is no `crontab` program, or this user may not use it, there is nothing of ours.
    pub(super) fn undo() -> Self {
        let Ok(old) = Crontab::read() else { return Self::default() };
        match old.without_path() {
            Ok(new) => Self::of(old, new),
            Err(error) => Self { failure: Some(error.into()), ..Self::default() },
        }
    }

    fn of(old: Crontab, new: Crontab) -> Self {
        Self { change: Some((old, new)).filter(|(old, new)| old != new), ..Self::default() }
    }

    pub(super) fn is_needed(&self) -> bool {
        self.change.is_some()
    }

    /// What it would be, for people.
    pub(super) fn show(&self, context: &Context) {
        let Some((_, new)) = &self.change else { return };
        if new.text().is_empty() {
            context.terminal.note("would remove the crontab, which would be empty");
            return;
        }
        context.terminal.note("the crontab would be:");
        for line in String::from_utf8_lossy(new.text()).lines() {
            context.terminal.note(format_args!("  {}", printable::word(line)));
        }
    }

    /// Installs it, unless somebody else has written one since.
    pub(super) fn install(&mut self) {
        let Some((old, new)) = self.change.take() else { return };
        let current = Crontab::read()
            .and_then(|now| if now == old { new.install() } else { Err(CrontabError::Changed) });
        match current {
            Ok(()) => self.installed = true,
            Err(error) => self.failure = Some(error.into()),
        }
    }

    /// Says what was done.
    pub(super) fn say(&self, way: Direction, context: &Context) {
        if self.installed {
            context.terminal.note(match way {
                Direction::Make => "wrote PATH into the crontab",
                Direction::Undo => "the crontab is as it was",
            });
        }
        if let Some(Error { message, hint, .. }) = &self.failure {
            let hint = hint.as_ref().map(|hint| format!("\n  next: {hint}")).unwrap_or_default();
            context.terminal.warn(format_args!("{message}{hint}"));
        }
    }

    /// For scripts.
    pub(super) fn word(&self) -> &'static str {
        match (self.installed, &self.failure, &self.change) {
            (true, ..) => "changed",
            (_, Some(_), _) => "failed",
            (_, _, Some(_)) => "needed",
            _ => "as it is",
        }
    }

    /// The error that ends the command; it was said before.
    pub(super) fn failure(self) -> Option<Error> {
        self.failure
    }
}
