//! The body as a window of bytes with an offset: large reads, one buffer, a cap on the whole.

use super::error::UnpackError;
use super::limits::Limit;
use std::io::{ErrorKind, Read};

/// Bytes asked of the body at once, and held at most.
const WINDOW: usize = 256 << 10;

pub(super) struct Input<'a> {
    body: &'a mut (dyn Read + Send),
    window: Box<[u8]>,
    start: usize,
    end: usize,
    /// Bytes of the archive before `start`.
    offset: u64,
    limit: u64,
}

impl<'a> Input<'a> {
    pub(super) fn new(body: &'a mut (dyn Read + Send), limit: u64) -> Self {
        Self { body, window: vec![0; WINDOW].into(), start: 0, end: 0, offset: 0, limit }
    }

    /// Bytes consumed so far: the offset of the next one.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes at hand, at least one; the end of the body is an error.
    pub(super) fn available(&mut self) -> Result<&[u8], UnpackError> {
        if self.start == self.end {
            self.fill()?;
        }
        if self.start == self.end {
            return Err(UnpackError::Truncated { offset: self.offset });
        }
        Ok(self.held())
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
        self.offset += bytes as u64;
    }

    /// The next `N` bytes.
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], UnpackError> {
        let mut bytes = [0; N];
        self.copy(&mut bytes)?;
        Ok(bytes)
    }

    /// Fills `bytes` with what comes next.
    pub(super) fn copy(&mut self, mut bytes: &mut [u8]) -> Result<(), UnpackError> {
        while !bytes.is_empty() {
            let held = self.available()?;
            let count = held.len().min(bytes.len());
            let (now, later) = bytes.split_at_mut(count);
            now.copy_from_slice(held.get(..count).unwrap_or_default());
            bytes = later;
            self.consume(count);
        }
        Ok(())
    }

    /// Whether the body has ended too.
    pub(super) fn is_at_end(&mut self) -> Result<bool, UnpackError> {
        if self.start == self.end {
            self.fill()?;
        }
        Ok(self.start == self.end)
    }

    fn held(&self) -> &[u8] {
        self.window.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads until the window is full or the body ends: inflating many small pieces costs more than waiting.
    fn fill(&mut self) -> Result<(), UnpackError> {
        (self.start, self.end) = (0, 0);
        while let Some(free) = self.window.get_mut(self.end..).filter(|free| !free.is_empty()) {
            match self.body.read(free) {
                Ok(0) => break,
                Ok(count) => self.end = (self.end + count).min(WINDOW),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(UnpackError::Read(error)),
            }
        }
        if self.offset + self.end as u64 > self.limit {
            return Err(UnpackError::Limit { which: Limit::Archive, limit: self.limit });
        }
        Ok(())
    }
}
