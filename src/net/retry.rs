//! Whether and when a request is sent again: which failures may pass, growing pauses with jitter, `Retry-After`, a count and a deadline.

use super::error::{NetError, NetErrorKind};
use super::settings::TransferLimits;
use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

impl NetError {
    /// Whether a later attempt may succeed: connecting, waiting, 5xx, 408, 429 and early ends; never other 4xx,
    /// unknown names, certificates, or anything about content.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            // A name that does not exist will not exist in a second; a resolver that says "later" may mean it.
            NetErrorKind::Dns { reason } => reason.contains("emporary") || reason.contains("ry again"),
            NetErrorKind::Connect { .. }
            | NetErrorKind::Proxy { .. }
            | NetErrorKind::Timeout { .. }
            | NetErrorKind::Cut { .. } => true,
            NetErrorKind::Status { status, .. } | NetErrorKind::Tunnel { status } => {
                matches!(status, 408 | 429 | 500..600)
            }
            _ => false,
        }
    }
}

/// The attempts of one request. Counts, never sleeps.
pub(super) struct Backoff {
    limits: TransferLimits,
    end: Instant,
    /// When the answer must have begun.
    answer_by: Instant,
    has_answered: Cell<bool>,
    attempt: u32,
}

impl Backoff {
    /// The first attempt begins now.
    pub(super) fn new(limits: TransferLimits) -> Self {
        let now = Instant::now();
        let (end, answer_by) = (now + limits.deadline, now + limits.silence);
        Self { limits, end, answer_by, has_answered: Cell::new(false), attempt: 1 }
    }

    /// When the answer to this attempt must have begun.
    pub(super) fn answer_by(&self) -> Instant {
        self.answer_by
    }

    /// Notes that an answer has begun: the wait for the next one is a new one.
    pub(super) fn answered(&self) {
        self.has_answered.set(true);
    }

    /// How long to pause before the next attempt, `None` where there is none: attempts are used up, the
    /// server asks for more patience than allowed, or the deadline would pass.
    pub(super) fn next(&mut self, retry_after: Option<Duration>) -> Option<Duration> {
        if self.attempt >= self.limits.attempts
            || retry_after.is_some_and(|wait| wait > self.limits.retry_after)
        {
            return None;
        }
        let grown = self.limits.pause.saturating_mul(3_u32.saturating_pow(self.attempt - 1));
        let pause = retry_after.unwrap_or_default().max(jittered(grown));
        self.attempt += 1;
        let next = Instant::now() + pause;
        if self.has_answered.take() || retry_after.is_some() {
            self.answer_by = next + self.limits.silence;
        }
        (next < self.end && next < self.answer_by).then_some(pause)
    }

    /// The error for an answer that brought `got` bytes but did not end before the deadline.
    pub(super) fn too_slow(&self, got: u64) -> NetErrorKind {
        let over = self.limits.deadline;
        NetErrorKind::TooSlow { got, over, floor: self.limits.floor }
    }

    /// What is left until the deadline.
    pub(super) fn remaining(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

/// Between half of `pause` and all of it, so that many clients do not come back together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 1000;
    pause.mul_f64(0.5 + f64::from(u32::try_from(random).unwrap_or(0)) / 2000.0)
}
