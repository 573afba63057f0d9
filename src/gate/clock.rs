//! The time of a run, which never goes back, and ends where the user ends it.

use crate::check::Clock;
use std::time::{Duration, Instant};

/// How often it is looked whether the run was interrupted.
const TICK: Duration = Duration::from_millis(20);

/// Since a run began.
pub(super) struct RunClock<'a> {
    start: Instant,
    interrupted: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> RunClock<'a> {
    /// Starts now.
    pub(super) fn start(interrupted: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { start: Instant::now(), interrupted }
    }

    /// The moment of the machine at which this clock shows so much.
    pub(super) fn instant(&self, moment: Duration) -> Instant {
        self.start + moment
    }
}

impl Clock for RunClock<'_> {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep_until(&self, moment: Duration) -> bool {
        loop {
            if (self.interrupted)() {
                return false;
            }
            let left = moment.saturating_sub(self.now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(TICK));
        }
    }
}
