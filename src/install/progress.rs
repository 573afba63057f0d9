//! What an install reports while it runs, and how it is cancelled.

use crate::process::ticks_below;
use crate::store::VersionLock;
use std::cell::Cell;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What happens during one install, in this order.
#[derive(Clone, Debug)]
pub enum Event {
    /// Another process installs this version; it is waited for.
    Waiting {
        /// Who that is.
        holder: String,
    },
    /// The log is asked for the hash.
    Proving,
    /// Bytes begin to arrive.
    Fetching {
        /// Where from, without credentials.
        source: String,
        /// How many bytes there will be, where the server says.
        length: Option<u64>,
    },
    /// So many more bytes have arrived.
    Bytes(u64),
    /// The sources are proved; the build begins.
    Building {
        /// The toolchain that compiles them: `go1.22.6`.
        with: String,
        /// Where the whole output goes.
        log: PathBuf,
    },
    /// A line of the build's output.
    BuildLine(String),
    /// The tree is complete and proved; it is being synced and moved into place.
    Committing,
    /// A source that did not give it, although another one did.
    Skipped {
        /// Which one, and why.
        line: String,
        /// How long it was waited for.
        took: Duration,
    },
    /// Something worth a line.
    Note(String),
}

/// Receives the events of an install.
pub trait Progress: Sync {
    /// Receives an event.
    fn event(&self, event: Event);
    /// Whether the install should end now.
    fn cancelled(&self) -> bool;
}

/// Progress with a version that is locked: who waits for the lock sees it too.
pub(super) struct LockedProgress<'a> {
    lock: &'a VersionLock,
    watch: &'a dyn Progress,
}

impl<'a> LockedProgress<'a> {
    pub(super) fn new(lock: &'a VersionLock, watch: &'a dyn Progress) -> Self {
        Self { lock, watch }
    }
}

impl Progress for LockedProgress<'_> {
    fn event(&self, event: Event) {
        self.lock.report_progress();
        self.watch.event(event);
    }

    fn cancelled(&self) -> bool {
        self.watch.cancelled()
    }
}

/// Work that says little while it goes on, such as a compiler's: it goes on where processes below this one use time.
pub(super) struct Working<'a> {
    lock: &'a VersionLock,
    next: Cell<Instant>,
    ticks: Cell<u64>,
}

impl<'a> Working<'a> {
    /// How often it is looked at.
    const LOOK: Duration = Duration::from_secs(10);

    pub(super) fn new(lock: &'a VersionLock) -> Self {
        Self { lock, next: Cell::new(Instant::now()), ticks: Cell::new(0) }
    }

    /// Looks, where it is time to.
    pub(super) fn look(&self) {
        if Instant::now() < self.next.get() {
            return;
        }
        self.next.set(Instant::now() + Self::LOOK);
        let ticks = ticks_below();
        if self.ticks.replace(ticks) != ticks {
            self.lock.report_progress();
        }
    }
}

/// A reader that reports what passes through it and ends when cancelled.
pub(crate) struct ProgressReader<'a, R> {
    inner: R,
    watch: &'a dyn Progress,
}

impl<'a, R: Read> ProgressReader<'a, R> {
    pub(crate) fn new(inner: R, watch: &'a dyn Progress) -> Self {
        Self { inner, watch }
    }
}

impl<R: Read> Read for ProgressReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.watch.cancelled() {
            return Err(std::io::Error::other("cancelled"));
        }
        let length = self.inner.read(buffer)?;
        self.watch.event(Event::Bytes(length as u64));
        Ok(length)
    }
}
