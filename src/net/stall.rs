//! A body that has begun and brings nothing more: the user is told what is waited for.
//!
//! Takes a line and who is to hear it; watches reads of one body. Never ends a read: the floor under its speed does that.

use super::waiting::{Notify, RequestState};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whom to tell of a body that stalls, and what.
pub(super) struct StallNotice {
    pub(super) notify: Notify,
    pub(super) patience: Duration,
    /// What the body is, as one subject of notices.
    pub(super) subject: String,
    pub(super) line: String,
    /// Who waits for the body.
    pub(super) states: Vec<Arc<RequestState>>,
}

/// The watch over the reads of one body; ends with it.
pub(super) struct StallWatch {
    reading_since: Arc<Mutex<Option<Instant>>>,
    _open: Sender<()>,
}

impl StallWatch {
    /// Watches from now on.
    pub(super) fn begin(notice: StallNotice) -> Self {
        let reading_since = Arc::new(Mutex::new(None));
        let (open, closed) = channel::<()>();
        let watched = Arc::clone(&reading_since);
        // Not joined: it ends with the body, or once it has told. Where no thread can be had nothing is told.
        let _ = std::thread::Builder::new().spawn(move || {
            let step = notice.patience / 5;
            while closed.recv_timeout(step) == Err(RecvTimeoutError::Timeout) {
                let since = *watched.lock().unwrap_or_else(PoisonError::into_inner);
                if since.is_some_and(|since: Instant| since.elapsed() >= notice.patience) {
                    if !notice.states.iter().any(|state| state.is_abandoned()) {
                        notice.notify.tell(&notice.subject, &notice.line);
                    }
                    return;
                }
            }
        });
        Self { reading_since, _open: open }
    }

    /// What `read` gives, which is watched.
    pub(super) fn over<T>(&self, read: impl FnOnce() -> T) -> T {
        self.set(Some(Instant::now()));
        let got = read();
        self.set(None);
        got
    }

    fn set(&self, since: Option<Instant>) {
        *self.reading_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}
