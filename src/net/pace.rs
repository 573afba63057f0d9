//! The floor under an answer's speed: only time spent waiting for the network counts.

use super::error::NetErrorKind;
use super::settings::TransferLimits;
use std::time::Duration;

/// Bytes and waiting time of the current window.
pub(super) struct Pace {
    floor: u64,
    window: Duration,
    got: u64,
    waited: Duration,
}

impl Pace {
    pub(super) fn new(limits: &TransferLimits) -> Self {
        Self { floor: limits.floor, window: limits.window, got: 0, waited: Duration::ZERO }
    }

    /// Counts `bytes` that took `waited`; an error where a whole window stayed below the floor.
    pub(super) fn count(&mut self, bytes: usize, waited: Duration) -> Result<(), NetErrorKind> {
        self.got += bytes as u64;
        self.waited += waited;
        if self.waited < self.window {
            return Ok(());
        }
        let needed = u128::from(self.floor) * self.waited.as_millis() / 1000;
        if u128::from(self.got) < needed {
            return Err(self.too_slow());
        }
        (self.got, self.waited) = (0, Duration::ZERO);
        Ok(())
    }

    /// The error for an answer that stalls.
    pub(super) fn too_slow(&self) -> NetErrorKind {
        NetErrorKind::TooSlow { got: self.got, over: self.waited.max(self.window), floor: self.floor }
    }
}
