//! A compressed stream as it becomes plain: decoded right into the batches, and read there.
//!
//! Nothing is copied: what the reader does not keep stays in its batch and is skipped.

use super::batch::BatchSender;
use super::error::{Stopped, UnpackError};
use super::gzip::Gzip;
use super::input::Input;
use super::limits::{ArchiveLimits, Budget};
use super::xz::Xz;

pub(super) enum Decoder {
    Gzip(Gzip),
    Xz(Xz),
}

pub(super) struct Stream<'a> {
    input: Input,
    decoder: Decoder,
    outlet: BatchSender,
    limits: &'a ArchiveLimits,
    spent: Budget,
}

impl<'a> Stream<'a> {
    pub(super) fn new(
        input: Input,
        decoder: Decoder,
        outlet: BatchSender,
        limits: &'a ArchiveLimits,
    ) -> Self {
        Self { input, decoder, outlet, limits, spent: Budget::default() }
    }

    /// The next bytes that are decoded already, at least one; none at the end, when everything is checked.
    pub(super) fn available(&mut self) -> Result<&[u8], Stopped> {
        if self.outlet.unread().is_empty() {
            let room = self.outlet.room()?;
            let given = match &mut self.decoder {
                Decoder::Gzip(gzip) => gzip.decode(&mut self.input, room)?,
                Decoder::Xz(xz) => xz.decode(&mut self.input, room)?,
            };
            self.outlet.filled(given);
            self.spent.count(given as u64, self.input.offset(), self.limits)?;
        }
        Ok(self.outlet.unread())
    }

    /// Passes over `bytes` of those available.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.outlet.pass(bytes);
    }

    /// Fills `bytes`, or as much of it as there is: the number of bytes.
    pub(super) fn copy(&mut self, bytes: &mut [u8]) -> Result<usize, Stopped> {
        let mut done = 0;
        while let Some(free) = bytes.get_mut(done..).filter(|free| !free.is_empty()) {
            let held = self.available()?;
            let count = held.len().min(free.len());
            if count == 0 {
                break;
            }
            let (to, from) = (free.get_mut(..count), held.get(..count));
            to.unwrap_or_default().copy_from_slice(from.unwrap_or_default());
            self.consume(count);
            done += count;
        }
        Ok(done)
    }

    /// Makes the next `size` bytes a file: the manifest's where it has a name for it, else it is dropped.
    pub(super) fn file(&mut self, name: Option<String>, size: u64, entry: &[u8]) -> Result<(), Stopped> {
        let kept = name.is_some();
        if let Some(name) = name {
            self.outlet.begin(name)?;
        }
        let mut left = size;
        while left > 0 {
            let held = self.available()?.len();
            if held == 0 {
                let (expected, got) = (format!("{left} bytes more"), "the end of the compressed data");
                return Err(UnpackError::malformed(entry, "content", &expected, &got).into());
            }
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(held);
            self.consume(count);
            left -= count as u64;
        }
        if kept {
            self.outlet.end(None);
        }
        Ok(())
    }

    /// Sends what is left.
    pub(super) fn finish(self) -> Result<(), Stopped> {
        Ok(self.outlet.finish()?)
    }
}
