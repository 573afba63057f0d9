//! One gzip member, and nothing after it.
//!
//! The header may hold a file name and a time, which mean nothing. The checksum and the size at the end must be
//! those of the content, and the body must end with them.

use super::error::UnpackError;
use super::input::Input;
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// What begins a member: the signature, and deflate as its method.
const BEGIN: [u8; 3] = [0x1f, 0x8b, 8];
/// The flag of a header that holds a file name.
const NAMED: u8 = 0x08;
/// Bytes of the longest file name, as file systems have it.
const MAX_NAME_LENGTH: usize = 255;
/// How errors call what they are about.
const ENTRY: &[u8] = b"gzip";

pub(super) struct Gzip {
    inflate: Decompress,
    crc: Crc,
    at: At,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Header,
    Content,
    End,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self { inflate: Decompress::new(false), crc: Crc::new(), at: At::Header }
    }

    /// Fills a part of `room`; 0 bytes at the end, when everything is checked.
    pub(super) fn decode(&mut self, input: &mut Input, room: &mut [u8]) -> Result<usize, UnpackError> {
        if self.at == At::Header {
            check_header(input)?;
            self.at = At::Content;
        }
        while self.at == At::Content {
            let before = (self.inflate.total_in(), self.inflate.total_out());
            let broken = |got: &str| Err(UnpackError::malformed(ENTRY, "content", &"deflated data", &got));
            let status = match self.inflate.decompress(input.available()?, room, FlushDecompress::None) {
                Ok(status) => status,
                Err(error) => return broken(&error.to_string()),
            };
            let taken = count(self.inflate.total_in() - before.0);
            let given = count(self.inflate.total_out() - before.1);
            input.consume(taken);
            self.crc.update(room.get(..given).unwrap_or_default());
            if status == Status::StreamEnd {
                self.at = At::End;
                self.check_trailer(input)?;
                return Ok(given);
            }
            if given > 0 {
                return Ok(given);
            }
            if taken == 0 {
                return broken("no progress");
            }
        }
        Ok(0)
    }

    fn check_trailer(&self, input: &mut Input) -> Result<(), UnpackError> {
        let crc = u32::from_le_bytes(input.take()?);
        let size = u32::from_le_bytes(input.take()?);
        if crc != self.crc.sum() {
            let (expected, got) = (format!("{crc:08x}"), format!("{:08x}", self.crc.sum()));
            return Err(UnpackError::malformed(ENTRY, "checksum", &expected, &got));
        }
        // The field has 32 bits, and so holds the size modulo 4 GiB.
        UnpackError::expect(ENTRY, "size", u64::from(size), self.inflate.total_out() & u64::from(u32::MAX))?;
        if input.is_at_end()? {
            return Ok(());
        }
        Err(UnpackError::malformed(ENTRY, "bytes after the only member", &"none", &"some"))
    }
}

fn check_header(input: &mut Input) -> Result<(), UnpackError> {
    let begin: [u8; 3] = input.take()?;
    if begin != BEGIN {
        let (expected, got) = (BEGIN.escape_ascii(), begin.escape_ascii());
        return Err(UnpackError::malformed(ENTRY, "signature", &expected, &got));
    }
    let [flags, _time @ .., _level, _system]: [u8; 7] = input.take()?;
    if flags & !NAMED != 0 {
        return Err(UnpackError::malformed(ENTRY, "flags", &"0 or 8", &flags));
    }
    if flags & NAMED == 0 {
        return Ok(());
    }
    for _ in 0..=MAX_NAME_LENGTH {
        if input.take()? == [0] {
            return Ok(());
        }
    }
    Err(UnpackError::malformed(ENTRY, "length of the file name", &MAX_NAME_LENGTH, &"more"))
}

fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
