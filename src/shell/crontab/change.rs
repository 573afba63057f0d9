//! The change of a user's crontab in one run of setup: worked out, then installed.

use super::{Crontab, CrontabError};
use gvmr_core::home::paths::Home;

/// The change of a crontab, or its outcome.
#[derive(Debug, Default)]
pub struct CrontabChange {
    /// The old and the new crontab, if they differ and the new one is not installed yet.
    change: Option<(Crontab, Crontab)>,
    installed: bool,
    failure: Option<CrontabError>,
}

impl CrontabChange {
    /// Puts the shims of `home` first on its `PATH`.
    pub fn make(home: &Home) -> Result<Self, CrontabError> {
        let old = Crontab::read()?;
        let new = old.with_path(home)?;
        Ok(Self::of(old, new))
    }

    /// The same for a crontab that already has them, since the home may have moved.
    pub fn renew(home: &Home) -> Self {
        let renewed = Crontab::read().and_then(|old| Ok((old.without_path()?, old.with_path(home)?, old)));
        match renewed {
            Ok((without, new, old)) if without != old => Self::of(old, new),
            _ => Self::default(), // it has no block of gvmr, or cannot be read, which only matters with --cron
        }
    }

    /// Removes the shims. A crontab that cannot be read holds no block of gvmr.
    pub fn undo() -> Self {
        let Ok(old) = Crontab::read() else { return Self::default() };
        match old.without_path() {
            Ok(new) => Self::of(old, new),
            Err(error) => Self { failure: Some(error), ..Self::default() },
        }
    }

    fn of(old: Crontab, new: Crontab) -> Self {
        Self { change: Some((old, new)).filter(|(old, new)| old != new), ..Self::default() }
    }

    /// Installs the new crontab, unless another program changed the old one meanwhile.
    pub fn apply(&mut self) {
        let Some((old, new)) = self.change.take() else { return };
        let done = Crontab::read()
            .and_then(|now| if now == old { new.install() } else { Err(CrontabError::Changed) });
        match done {
            Ok(()) => self.installed = true,
            Err(error) => self.failure = Some(error),
        }
    }

    /// Whether the crontab still has to be changed.
    pub fn is_needed(&self) -> bool {
        self.change.is_some()
    }

    /// The crontab to be installed.
    pub fn new_text(&self) -> Option<&[u8]> {
        self.change.as_ref().map(|(_, new)| new.text())
    }

    /// Whether it was changed.
    pub fn is_installed(&self) -> bool {
        self.installed
    }

    /// Why it was not changed.
    pub fn failure(&self) -> Option<&CrontabError> {
        self.failure.as_ref()
    }

    /// Why it was not changed, to end the command with.
    pub fn into_failure(self) -> Option<CrontabError> {
        self.failure
    }

    /// The outcome, for scripts.
    pub fn state(&self) -> &'static str {
        match (self.installed, &self.failure, &self.change) {
            (true, ..) => "changed",
            (_, Some(_), _) => "failed",
            (_, _, Some(_)) => "needed",
            _ => "as it is",
        }
    }
}
