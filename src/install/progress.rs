//! What an install reports while it runs, and how it is cancelled.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

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
