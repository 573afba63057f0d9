//! What a build says: whole into its log, line by line to a listener, and its last lines kept for an error.

use crate::process::Listener;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Lines that are kept.
const TAIL: usize = 20;
/// Bytes after which a line is passed on in pieces.
const MAX_LINE_LENGTH: usize = 4 << 10;
/// Bytes of output that the log takes; a real build says less than a thousandth of it.
const LOG_LIMIT: usize = 64 << 20;

/// The sink of a build's output.
pub(super) struct Output<'a> {
    log: File,
    room: usize,
    listener: &'a mut dyn FnMut(&str),
    cancelled: &'a dyn Fn() -> bool,
    tail: VecDeque<String>,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
}

impl<'a> Output<'a> {
    pub(super) fn new(log: File, listener: &'a mut dyn FnMut(&str), cancelled: &'a dyn Fn() -> bool) -> Self {
        Self { log, room: LOG_LIMIT, listener, cancelled, tail: VecDeque::new(), begun: Vec::new() }
    }

    /// Takes the end of the output.
    pub(super) fn end(&mut self) {
        if !self.begun.is_empty() {
            self.pass_on();
        }
    }

    /// The last lines, oldest first.
    pub(super) fn into_tail(self) -> Vec<String> {
        self.tail.into()
    }

    fn pass_on(&mut self) {
        let line = String::from_utf8_lossy(&self.begun);
        let line = line.trim_end_matches(['\r', '\n']);
        (self.listener)(line);
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line.to_owned());
        self.begun.clear();
    }
}

impl Listener for Output<'_> {
    /// An error is the log's.
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        let kept = bytes.get(..self.room).unwrap_or(bytes);
        self.room -= kept.len();
        self.log.write_all(kept)?;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            for part in piece.chunks(MAX_LINE_LENGTH) {
                if self.begun.len() + part.len() > MAX_LINE_LENGTH {
                    self.pass_on();
                }
                self.begun.extend_from_slice(part);
            }
            if piece.ends_with(b"\n") {
                self.pass_on();
            }
        }
        Ok(())
    }

    fn is_over(&mut self) -> bool {
        (self.cancelled)()
    }
}

/// Opens the log again: a regular file at this path, not what a link or a FIFO leads to.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let mut options = File::options();
    options.write(true).create(true).mode(0o644).custom_flags(flags.bits().cast_signed());
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    file.set_len(0)?;
    Ok(file)
}

#[cfg(test)]
mod tests;
