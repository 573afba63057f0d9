//! The beginning of the pipeline: reads the body ahead of the unpacker, and hashes it as it came.
//!
//! It has its own thread, since inflating is the slowest part and should neither wait for a network nor
//! hash what it inflates. The number of windows is fixed, which bounds the memory; they go round and round.

use sha2::{Digest as _, Sha256};
use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};

/// Bytes of one window: inflating many small pieces costs more than waiting for a large one.
const WINDOW: usize = 256 << 10;
/// Windows there may be: 2 MiB.
const WINDOWS: usize = 8;

/// A stretch of the body, full but for the last one; or the error that ended it.
pub(super) type Stretch = io::Result<Window>;

pub(super) struct Window {
    pub(super) bytes: Box<[u8]>,
    pub(super) used: usize,
}

/// The side that reads the body.
pub(super) struct Feed {
    full: SyncSender<Stretch>,
    empty: Receiver<Box<[u8]>>,
    spare: Vec<Box<[u8]>>,
    made: usize,
    sha256: Option<Sha256>,
}

/// The side that unpacks. Where it is dropped, reading ends.
pub(super) struct Fed {
    pub(super) full: Receiver<Stretch>,
    pub(super) empty: Sender<Box<[u8]>>,
}

/// The two sides; `hashed` says whether the body is hashed.
pub(super) fn feed(hashed: bool) -> (Feed, Fed) {
    let (full, full_receiver) = sync_channel(WINDOWS);
    let (empty_sender, empty) = channel();
    let sha256 = hashed.then(Sha256::new);
    let feed = Feed { full, empty, spare: Vec::new(), made: 0, sha256 };
    (feed, Fed { full: full_receiver, empty: empty_sender })
}

impl Feed {
    /// Reads until the body ends or fails, or the reader has stopped. The hash is of everything that was read.
    pub(super) fn run(mut self, body: &mut dyn Read) -> Option<[u8; 32]> {
        while let Some(mut bytes) = self.window() {
            let (used, last) = match self.fill(body, &mut bytes) {
                Ok(filled) => filled,
                Err(error) => {
                    let _ = self.full.send(Err(error)); // the reader has stopped
                    return None;
                }
            };
            if let Some(sha256) = &mut self.sha256 {
                sha256.update(bytes.get(..used).unwrap_or_default());
            }
            if self.full.send(Ok(Window { bytes, used })).is_err() {
                return None;
            }
            if last {
                return self.sha256.map(|sha256| sha256.finalize().into());
            }
        }
        None
    }

    /// A window to fill; `None` where the reader has stopped.
    fn window(&mut self) -> Option<Box<[u8]>> {
        if !self.is_wanted() {
            return None;
        }
        if let Some(window) = self.spare.pop() {
            return Some(window);
        }
        if self.made < WINDOWS {
            self.made += 1;
            return Some(vec![0; WINDOW].into());
        }
        self.empty.recv().ok()
    }

    /// Reads until the window is full or the body ends: the bytes read, and whether they are the last.
    fn fill(&mut self, body: &mut dyn Read, window: &mut [u8]) -> io::Result<(usize, bool)> {
        let mut used = 0;
        while let Some(free) = window.get_mut(used..).filter(|free| !free.is_empty()) {
            match body.read(free) {
                Ok(0) => return Ok((used, true)),
                Ok(count) => used = (used + count).min(WINDOW),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            // A slow body takes long to fill a window after the reader has stopped.
            if !self.is_wanted() {
                return Ok((used, true));
            }
        }
        Ok((used, false))
    }

    fn is_wanted(&mut self) -> bool {
        loop {
            match self.empty.try_recv() {
                Ok(window) => self.spare.push(window),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }
}
