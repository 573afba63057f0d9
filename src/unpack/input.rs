//! The body as a window of bytes with an offset, and a cap on the whole.

use super::body::{Fed, Window};
use super::error::Limit;
use super::error::UnpackError;

pub(super) struct Input {
    fed: Fed,
    window: Window,
    start: usize,
    /// Bytes of the archive before `start`.
    offset: u64,
    limit: u64,
}

impl Input {
    pub(super) fn new(fed: Fed, limit: u64) -> Self {
        let window = Window { bytes: Box::default(), used: 0 };
        Self { fed, window, start: 0, offset: 0, limit }
    }

    /// Bytes consumed so far: the offset of the next one.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes at hand, at least one; the end of the body is an error.
    pub(super) fn available(&mut self) -> Result<&[u8], UnpackError> {
        if self.is_at_end()? {
            return Err(UnpackError::Truncated { offset: self.offset });
        }
        Ok(self.held())
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.window.used);
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
        while self.start == self.window.used {
            let Ok(stretch) = self.fed.full.recv() else { return Ok(true) };
            let window = std::mem::replace(&mut self.window, stretch.map_err(UnpackError::Read)?);
            self.start = 0;
            if !window.bytes.is_empty() {
                let _ = self.fed.empty.send(window.bytes); // a body that has ended needs no more
            }
            if self.offset + self.window.used as u64 > self.limit {
                return Err(UnpackError::Limit { which: Limit::Archive, limit: self.limit });
            }
        }
        Ok(false)
    }

    fn held(&self) -> &[u8] {
        self.window.bytes.get(self.start..self.window.used).unwrap_or_default()
    }
}
