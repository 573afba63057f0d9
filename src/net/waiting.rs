//! A request that is waited for: for how long at most, who is told that it takes long, and whether anybody still waits.
//!
//! Takes what sends the request, gives its outcome. The request runs on a thread of its own, since neither endless interim
//! answers nor a silent proxy may keep the caller beyond its deadline.

use super::error::{NetErrorKind, Phase};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How a request stands, shared between who made it and who waits for it.
#[derive(Debug, Default)]
pub struct RequestState {
    answered: AtomicBool,
    abandoned: AtomicBool,
}

impl RequestState {
    /// Whether a server has begun to answer.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// Notes that nobody waits for the answer any longer.
    pub fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    pub(super) fn answer(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }
}

type Receiver = dyn Fn(&str) + Send + Sync;

/// Receives a line for the user, each once in a run.
#[derive(Clone, Default)]
pub struct Notify {
    receive: Option<Arc<Receiver>>,
    told: Arc<Mutex<BTreeSet<String>>>,
}

impl Notify {
    /// Hands lines to `receive`, which must not block.
    pub fn new(receive: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { receive: Some(Arc::new(receive)), told: Arc::default() }
    }

    /// Tells `line`, unless something was told about `subject` before.
    pub(super) fn tell(&self, subject: &str, line: &str) {
        let is_new = || self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(subject.to_owned());
        if let Some(receive) = self.receive.as_ref().filter(|_| is_new()) {
            receive(line);
        }
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.receive.is_some() { "Notify" } else { "no Notify" })
    }
}

/// What `send` gives, before `until`. Where that takes longer than `patience`, `late` is called once, unless the request is
/// abandoned by then.
pub(super) fn within<T: Send + 'static>(
    send: impl FnOnce() -> T + Send + 'static,
    until: Instant,
    patience: Duration,
    states: &[Arc<RequestState>],
    late: impl FnOnce(),
) -> Result<T, NetErrorKind> {
    let began = Instant::now();
    let silent = || NetErrorKind::Timeout { phase: Phase::FirstByte, after: began.elapsed() };
    let (sender, outcome) = sync_channel(1);
    // Not joined: the client's own limits end it.
    let thread = std::thread::Builder::new().spawn(move || sender.send(send()));
    thread.map_err(|error| NetErrorKind::Io { kind: error.kind(), reason: error.to_string() })?;
    let left = || until.saturating_duration_since(Instant::now());
    if patience < left() {
        if let Ok(outcome) = outcome.recv_timeout(patience) {
            return Ok(outcome);
        }
        if !states.iter().any(|state| state.is_abandoned()) {
            late();
        }
    }
    outcome.recv_timeout(left()).map_err(|_| silent())
}

#[cfg(test)]
mod tests;
