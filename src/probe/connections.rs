//! The connections of a run: at most so many at once, over all probes.
//!
//! A probe takes all that it needs, or waits: its figures are those of as many at once as it says. Who waits longest is
//! next.

use super::TICK;
use crate::check::NotMeasured;
use crate::check::file::{MAX_CONNECTIONS, ProbeTarget};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What is free of them.
#[derive(Debug)]
pub struct ConnectionLimit {
    state: Mutex<Connections>,
    changed: Condvar,
}

#[derive(Debug)]
struct Connections {
    free: usize,
    /// The numbers of those that wait, in the order in which they came.
    waiting: VecDeque<u64>,
    next: u64,
}

/// Connections that a probe may have until this is dropped.
pub(super) struct ConnectionPermit<'l> {
    limit: &'l ConnectionLimit,
    count: usize,
}

impl Default for ConnectionLimit {
    fn default() -> Self {
        let state = Connections { free: MAX_CONNECTIONS, waiting: VecDeque::new(), next: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }
}

impl ConnectionLimit {
    /// Waits until `count` are free, unless `stopped` says why the probe ends before.
    pub(super) fn take(
        &self,
        count: usize,
        stopped: &dyn Fn() -> Option<NotMeasured>,
    ) -> Result<ConnectionPermit<'_>, NotMeasured> {
        let count = count.min(MAX_CONNECTIONS);
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.waiting.push_back(number);
        let found = loop {
            if state.waiting.front() == Some(&number) && state.free >= count {
                state.free -= count;
                break Ok(ConnectionPermit { limit: self, count });
            }
            if let Some(why) = stopped() {
                break Err(why);
            }
            state = self.changed.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0;
        };
        state.waiting.retain(|other| *other != number);
        drop(state);
        self.changed.notify_all();
        found
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionPermit<'_> {
    fn drop(&mut self) {
        self.limit.lock().free += self.count;
        self.limit.changed.notify_all();
    }
}

/// How many connections a probe has at once.
pub(super) fn needed_by(target: &ProbeTarget) -> usize {
    match target {
        ProbeTarget::Http(target) => target.concurrency.min(target.requests),
        ProbeTarget::Tcp(_) | ProbeTarget::Tls(_) | ProbeTarget::Prometheus(_) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn never_more_than_the_limit_and_each_gets_all_that_it_needs() {
        let limit = ConnectionLimit::default();
        let (open, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (limit, open, most) = (&limit, &open, &most);
                scope.spawn(move || {
                    for round in 0..50 {
                        let count = 1 + (thread * 29 + round * 17) % MAX_CONNECTIONS;
                        let permit = limit.take(count, &|| None).unwrap();
                        most.fetch_max(open.fetch_add(count, Ordering::SeqCst) + count, Ordering::SeqCst);
                        std::thread::yield_now();
                        open.fetch_sub(count, Ordering::SeqCst);
                        drop(permit);
                    }
                });
            }
        });
        assert!(most.into_inner() <= MAX_CONNECTIONS);
        assert_eq!(limit.lock().free, MAX_CONNECTIONS);
    }

    #[test]
    fn who_waits_gives_up_where_the_run_ends_and_leaves_the_others_alone() {
        let limit = ConnectionLimit::default();
        let permit = limit.take(MAX_CONNECTIONS, &|| None).unwrap();
        let ended = limit.take(1, &|| Some(NotMeasured::Interrupted));
        assert_eq!(ended.err(), Some(NotMeasured::Interrupted));
        drop(permit);
        assert!(limit.take(MAX_CONNECTIONS, &|| None).is_ok());
    }
}
