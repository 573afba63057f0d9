//! Unpacked bytes on their way from the reader to the hasher, from there to the writer, and round again: large
//! buffers.
//!
//! One batch holds many small files or a part of a large one, so that the threads meet once for each
//! 256 KiB instead of once for each file. The number of batches is fixed, which bounds the memory and makes the
//! faster side wait for the slower.

use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Bytes of one batch.
const BATCH: usize = 256 << 10;
/// Batches there may be: 8 MiB.
const BATCHES: usize = 32;
/// A file does not begin in a batch that has less room than this, since most would be cut in two.
const ROOM: usize = 16 << 10;

pub(super) struct Batch {
    bytes: Box<[u8]>,
    used: usize,
    pieces: Vec<Piece>,
}

/// A part of a file, in the order of the archive.
pub(super) struct Piece {
    /// The file's full name where this is its first piece.
    pub(super) begins: Option<String>,
    /// Where its bytes lie in the batch.
    pub(super) range: Range<usize>,
    /// Whether it is the file's last piece.
    pub(super) last: bool,
    /// The checksum that the whole file must have, where the archive names one; said with the last piece.
    pub(super) crc: Option<u32>,
}

impl Batch {
    /// Shows the pieces and the bytes that they lie in.
    pub(super) fn look(&self) -> (&[Piece], &[u8]) {
        (&self.pieces, &self.bytes)
    }

    /// Hands out the pieces and the bytes that they lie in.
    pub(super) fn drain(&mut self) -> (impl Iterator<Item = Piece> + '_, &[u8]) {
        self.used = 0;
        (self.pieces.drain(..), &self.bytes)
    }
}

/// Who comes next has gone; its own result says why.
#[derive(Debug)]
pub(super) struct Closed;

/// The reader's side: a place for unpacked bytes. First they are filled in, then each is kept or skipped.
pub(super) struct BatchSender {
    full: SyncSender<Batch>,
    empty: Receiver<Batch>,
    made: usize,
    batch: Batch,
    /// Where the bytes begin that are neither kept nor skipped yet.
    next: usize,
    /// Where the current piece begins in the batch, while there is a file; and its name until it is handed over.
    piece: Option<usize>,
    begins: Option<String>,
}

/// The hasher's place: batches come in order and go on when they are hashed.
pub(super) struct Middle {
    pub(super) full: Receiver<Batch>,
    pub(super) hashed: Sender<Batch>,
}

/// The writer's side: batches come in order and go back when they are written.
pub(super) struct BatchReceiver {
    pub(super) hashed: Receiver<Batch>,
    pub(super) empty: Sender<Batch>,
}

/// The three places of one pipeline.
pub(super) fn pipe() -> (BatchSender, Middle, BatchReceiver) {
    let (full, full_receiver) = sync_channel(BATCHES);
    let (hashed_sender, hashed) = channel(); // bounded too, by the number of batches
    let (empty_sender, empty) = channel();
    let outlet = BatchSender { full, empty, made: 1, batch: fresh(), next: 0, piece: None, begins: None };
    (
        outlet,
        Middle { full: full_receiver, hashed: hashed_sender },
        BatchReceiver { hashed, empty: empty_sender },
    )
}

fn fresh() -> Batch {
    Batch { bytes: vec![0; BATCH].into(), used: 0, pieces: Vec::new() }
}

impl BatchSender {
    /// Begins the file called `name`, prefix included.
    pub(super) fn begin(&mut self, name: String) -> Result<(), Closed> {
        if self.next == self.batch.used && self.batch.bytes.len() - self.next < ROOM {
            self.hand_over()?;
        }
        self.piece = Some(self.next);
        self.begins = Some(name);
        Ok(())
    }

    /// Room for the next bytes, at least one. All filled ones must be kept or skipped.
    pub(super) fn room(&mut self) -> Result<&mut [u8], Closed> {
        if self.batch.used == self.batch.bytes.len() {
            if self.piece.is_some() {
                self.cut(false, None);
            }
            self.hand_over()?;
        }
        Ok(self.batch.bytes.get_mut(self.batch.used..).unwrap_or_default())
    }

    /// Says that the first `bytes` of the room are filled.
    pub(super) fn filled(&mut self, bytes: usize) {
        self.batch.used = (self.batch.used + bytes).min(self.batch.bytes.len());
    }

    /// The filled bytes that are neither kept nor skipped yet.
    pub(super) fn unread(&self) -> &[u8] {
        self.batch.bytes.get(self.next..self.batch.used).unwrap_or_default()
    }

    /// Moves on by so many bytes: they are the file's where one has begun, else they are dropped.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.next = (self.next + bytes).min(self.batch.used);
    }

    /// Ends the file, whose bytes must have this checksum where there is one.
    pub(super) fn end(&mut self, crc: Option<u32>) {
        self.cut(true, crc);
        self.piece = None;
    }

    /// Sends what is left.
    pub(super) fn finish(mut self) -> Result<(), Closed> {
        self.hand_over()
    }

    fn cut(&mut self, last: bool, crc: Option<u32>) {
        let range = self.piece.unwrap_or(self.next)..self.next;
        self.batch.pieces.push(Piece { begins: self.begins.take(), range, last, crc });
    }

    fn hand_over(&mut self) -> Result<(), Closed> {
        let next = match self.empty.try_recv() {
            Ok(batch) => batch,
            Err(_) if self.made < BATCHES => {
                self.made += 1;
                fresh()
            }
            Err(_) => self.empty.recv().map_err(|_| Closed)?,
        };
        self.next = 0;
        self.piece = self.piece.map(|_| 0);
        self.full.send(std::mem::replace(&mut self.batch, next)).map_err(|_| Closed)
    }
}
