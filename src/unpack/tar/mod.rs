//! Reads a tar from front to back, once, as USTAR, pax and GNU tar write it.
//!
//! It knows regular files, directories, and the extension headers that give the next of them a long name or times;
//! everything else is an error. What lies between contents must be zero, the end marker must be there, and only
//! zeros may follow it, so that any two readers see the same files.

mod extension;
mod header;

use super::error::Limit;
use super::error::{Stopped, UnpackError};
use super::guard::{Destination, Guard};
use super::limits::ArchiveLimits;
use super::stream::Stream;
use header::{BLOCK, EntryType, Header, is_zero};

/// How errors call what they are about.
const ARCHIVE: &[u8] = b"archive";

pub(super) struct TarReader<'a> {
    stream: Stream<'a>,
    guard: Guard<'a>,
    limits: &'a ArchiveLimits,
    /// What an extension header said of the next entry.
    extension: Option<Extension>,
    /// Regular files so far.
    files: u64,
}

/// What an extension header says of the entry after it: its name, where it says that.
struct Extension {
    name: Option<Vec<u8>>,
}

impl<'a> TarReader<'a> {
    pub(super) fn new(stream: Stream<'a>, guard: Guard<'a>, limits: &'a ArchiveLimits) -> Self {
        Self { stream, guard, limits, extension: None, files: 0 }
    }

    /// Reads the whole archive.
    pub(super) fn run(mut self) -> Result<(), Stopped> {
        loop {
            let block = self.block()?;
            if is_zero(&block) {
                break;
            }
            self.entry(&block)?;
        }
        if self.extension.is_some() {
            return Err(UnpackError::malformed(ARCHIVE, "end", &"an entry for its header", &"none").into());
        }
        if self.files == 0 {
            return Err(UnpackError::malformed(ARCHIVE, "number of files", &"one at least", &0).into());
        }
        self.end()?;
        self.stream.finish()
    }

    /// The next block, which the end marker promises.
    fn block(&mut self) -> Result<[u8; BLOCK], Stopped> {
        let mut block = [0; BLOCK];
        if self.stream.copy(&mut block)? == BLOCK {
            return Ok(block);
        }
        Err(UnpackError::malformed(ARCHIVE, "end", &"two blocks of zeros", &"no more data").into())
    }

    /// What follows the first block of zeros: another one, and more of them to fill a tape's record.
    fn end(&mut self) -> Result<(), Stopped> {
        let mut bytes = BLOCK;
        loop {
            let held = self.stream.available()?;
            let count = held.len();
            if !is_zero(held) {
                let what = "bytes after the end marker";
                return Err(UnpackError::malformed(ARCHIVE, what, &"zeros", &"others").into());
            }
            if count == 0 {
                break;
            }
            self.stream.consume(count);
            bytes += count;
        }
        if bytes < 2 * BLOCK || !bytes.is_multiple_of(BLOCK) {
            let expected = "two or more whole blocks of zeros";
            return Err(UnpackError::malformed(ARCHIVE, "end", &expected, &format!("{bytes} bytes")).into());
        }
        Ok(())
    }

    /// One header and what follows it.
    fn entry(&mut self, block: &[u8; BLOCK]) -> Result<(), Stopped> {
        let header = Header::parse(block)?;
        if matches!(header.kind, EntryType::Pax | EntryType::LongName) {
            return self.extension(&header);
        }
        let named = self.extension.take().and_then(|extension| extension.name);
        let name = named.as_deref().unwrap_or(&header.name);
        if header.kind == EntryType::Directory {
            return Ok(self.guard.directory(name)?);
        }
        if header.size > self.limits.unpacked {
            let (which, limit) = (Limit::Unpacked, self.limits.unpacked);
            return Err(UnpackError::Limit { which, limit }.into());
        }
        self.files += 1;
        let place = match self.guard.file(name)? {
            Destination::Tree(name) => Some(name),
            Destination::Dropped => None,
        };
        self.stream.file(place, header.size, name)?;
        self.padding(header.size, name)
    }

    /// A header that describes the next entry.
    fn extension(&mut self, header: &Header) -> Result<(), Stopped> {
        let refused = |rule| Err(UnpackError::refused(&header.name, rule).into());
        if self.extension.is_some() {
            return refused("an entry may have one extension header");
        }
        let Ok(size @ 1..=extension::MAX_LENGTH) = usize::try_from(header.size) else {
            return refused("an extension header holds 1 to 4096 bytes");
        };
        let mut content = vec![0; size];
        if self.stream.copy(&mut content)? < size {
            let (expected, got) = (format!("{size} bytes"), "the end of the compressed data");
            return Err(UnpackError::malformed(&header.name, "content", &expected, &got).into());
        }
        self.padding(header.size, &header.name)?;
        let name = match header.kind {
            EntryType::Pax => extension::pax(&content),
            _ => extension::long_name(&content).map(Some),
        };
        match name {
            Ok(name) => self.extension = Some(Extension { name: name.map(<[u8]>::to_vec) }),
            Err(rule) => return refused(rule),
        }
        Ok(())
    }

    /// The zeros that fill up the last block of a content.
    fn padding(&mut self, size: u64, entry: &[u8]) -> Result<(), Stopped> {
        let over = usize::try_from(size % BLOCK as u64).unwrap_or_default();
        if over == 0 {
            return Ok(());
        }
        let mut padding = [0; BLOCK];
        let padding = padding.get_mut(over..).unwrap_or_default();
        if self.stream.copy(padding)? == padding.len() && is_zero(padding) {
            return Ok(());
        }
        Err(UnpackError::malformed(entry, "padding after the content", &"zeros", &"something else").into())
    }
}
