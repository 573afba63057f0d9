//! Reads a zip from front to back, once, and believes nothing that is said only once.
//!
//! Every local header is checked and its content inflated into the outlet; then the central directory must
//! list the same entries in the same order with the same fields, the end record must count them, and the body
//! must end. What Go's own writer never writes is an error, so that any two readers see the same files.

mod central;
mod headers;

use super::batch::BatchSender;
use super::error::{Stopped, UnpackError};
use super::guard::{Destination, Guard};
use super::input::Input;
use super::limits::{ArchiveLimits, Budget};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use headers::{Descriptor, EntryFields, Seen, TIMESTAMP};

const ENCRYPTED: u16 = 0x1;
/// The flag of entries whose checksum and sizes follow their content.
const DESCRIPTOR_FOLLOWS: u16 = 0x8;
/// The flag of entries whose name is UTF-8, which Go sets where it is not ASCII.
const UTF8: u16 = 0x800;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The version of the format that Go asks of a reader: 2.0.
const VERSION_NEEDED: u16 = 20;
pub(super) struct ZipReader<'a> {
    input: Input,
    outlet: BatchSender,
    guard: Guard<'a>,
    limits: &'a ArchiveLimits,
    seen: Vec<Seen>,
    inflate: Decompress,
    spent: Budget,
    /// The checksum of the current file, where it is dropped; else the hasher has it.
    dropped: Option<Crc>,
}

impl<'a> ZipReader<'a> {
    pub(super) fn new(
        input: Input,
        outlet: BatchSender,
        guard: Guard<'a>,
        limits: &'a ArchiveLimits,
    ) -> Self {
        let (inflate, spent) = (Decompress::new(false), Budget::default());
        Self { input, outlet, guard, limits, seen: Vec::new(), inflate, spent, dropped: None }
    }

    /// Reads the whole archive.
    pub(super) fn run(mut self) -> Result<(), Stopped> {
        let mut signature = self.input.take()?;
        while signature == headers::LOCAL {
            self.entry()?;
            signature = self.input.take()?;
        }
        if self.seen.is_empty() {
            let (expected, got) = (headers::LOCAL.escape_ascii(), signature.escape_ascii());
            return Err(UnpackError::malformed(b"archive", "first signature", &expected, &got).into());
        }
        central::check(&mut self.input, signature, self.guard.layout.root, &self.seen)?;
        self.outlet.finish()?;
        Ok(())
    }

    /// One local header, its content and its descriptor; the signature is read already.
    fn entry(&mut self) -> Result<(), Stopped> {
        let offset = self.input.offset() - 4;
        let mut shared = EntryFields::local(self.input.take()?);
        let mut name = vec![0; usize::from(shared.name_length)];
        self.input.copy(&mut name)?;
        let place = self.guard.file(&name)?;
        let modified = self.modified(&name, shared.extra_length)?;
        check_header(&name, &shared)?;

        self.dropped = match place {
            Destination::Tree(full) => {
                self.outlet.begin(full)?;
                None
            }
            Destination::Dropped => Some(Crc::new()),
        };
        let announced = (shared.flags & DESCRIPTOR_FOLLOWS == 0).then_some(shared.packed);
        let content = match (shared.method, announced) {
            (STORED, Some(packed)) => self.stored(packed)?,
            _ => self.deflated(&name, announced)?,
        };
        let said = match announced {
            Some(packed) => Descriptor { crc: shared.crc, packed, size: shared.size },
            None => self.descriptor(&name)?,
        };
        UnpackError::expect(&name, "packed size", content.packed, u64::from(said.packed))?;
        UnpackError::expect(&name, "size", content.size, u64::from(said.size))?;
        match self.dropped.take() {
            Some(crc) => UnpackError::expect(&name, "checksum", said.crc, crc.sum())?,
            None => self.outlet.end(Some(said.crc)),
        }
        (shared.crc, shared.packed, shared.size) = (said.crc, said.packed, said.size);
        let name = name.get(self.guard.layout.root.len()..).unwrap_or_default().into();
        self.seen.push(Seen { name, shared, modified, offset });
        Ok(())
    }

    /// The extra field: nothing, or one time stamp.
    fn modified(&mut self, name: &[u8], length: u16) -> Result<Option<[u8; 4]>, UnpackError> {
        if length == 0 {
            return Ok(None);
        }
        UnpackError::expect(name, "length of the extra field", 9, length)?;
        let kind: [u8; 5] = self.input.take()?;
        if kind != TIMESTAMP {
            let (expected, got) = (TIMESTAMP.escape_ascii(), kind.escape_ascii());
            return Err(UnpackError::malformed(name, "extra field", &expected, &got));
        }
        self.input.take().map(Some)
    }

    /// Content that is not compressed.
    fn stored(&mut self, packed: u32) -> Result<Content, Stopped> {
        let mut left = packed as usize;
        while left > 0 {
            let held = self.input.available()?;
            let room = self.outlet.room()?;
            let count = held.len().min(room.len()).min(left);
            let (from, to) =
                (held.get(..count).unwrap_or_default(), room.get_mut(..count).unwrap_or_default());
            to.copy_from_slice(from);
            self.input.consume(count);
            self.filled(count)?;
            left -= count;
        }
        Ok(Content { packed: packed.into(), size: packed.into() })
    }

    /// Compressed content, which says itself where it ends; `announced` bytes long where the header said so.
    fn deflated(&mut self, entry: &[u8], announced: Option<u32>) -> Result<Content, Stopped> {
        self.inflate.reset(false);
        loop {
            let before = (self.inflate.total_in(), self.inflate.total_out());
            let mut held = self.input.available()?;
            if let Some(packed) = announced {
                let left = usize::try_from(u64::from(packed).saturating_sub(before.0)).unwrap_or(usize::MAX);
                held = held.get(..left).unwrap_or(held);
            }
            let room = self.outlet.room()?;
            let broken = |got: String| UnpackError::malformed(entry, "content", &"deflated data", &got);
            let status = self
                .inflate
                .decompress(held, room, FlushDecompress::None)
                .map_err(|error| broken(error.to_string()))?;
            let taken = self.inflate.total_in() - before.0;
            let given = self.inflate.total_out() - before.1;
            self.input.consume(usize::try_from(taken).unwrap_or(usize::MAX));
            self.filled(usize::try_from(given).unwrap_or(usize::MAX))?;
            if status == Status::StreamEnd {
                return Ok(Content { packed: self.inflate.total_in(), size: self.inflate.total_out() });
            }
            if taken == 0 && given == 0 {
                return Err(broken("no end within the announced size".to_owned()).into());
            }
        }
    }

    fn descriptor(&mut self, entry: &[u8]) -> Result<Descriptor, UnpackError> {
        let signature: [u8; 4] = self.input.take()?;
        if signature != headers::DESCRIPTOR {
            let (expected, got) = (headers::DESCRIPTOR.escape_ascii(), signature.escape_ascii());
            return Err(UnpackError::malformed(entry, "signature of the data descriptor", &expected, &got));
        }
        Ok(Descriptor::parse(self.input.take()?))
    }

    /// Says that the first `bytes` of the outlet's room are the file's.
    fn filled(&mut self, bytes: usize) -> Result<(), UnpackError> {
        self.outlet.filled(bytes);
        if let Some(crc) = &mut self.dropped {
            crc.update(self.outlet.unread());
        }
        self.outlet.pass(bytes);
        self.spent.count(bytes as u64, self.input.offset(), self.limits)
    }
}

/// How long an entry's content turned out to be.
struct Content {
    packed: u64,
    size: u64,
}

/// The fields of a local header that do not depend on its content.
fn check_header(entry: &[u8], shared: &EntryFields) -> Result<(), UnpackError> {
    if shared.flags & ENCRYPTED != 0 {
        return Err(UnpackError::refused(entry, "an entry may not be encrypted"));
    }
    UnpackError::expect(entry, "version needed", VERSION_NEEDED, shared.version_needed)?;
    let follows = shared.flags & DESCRIPTOR_FOLLOWS != 0;
    let lettered = if entry.is_ascii() { 0 } else { UTF8 };
    if shared.flags & !DESCRIPTOR_FOLLOWS != lettered {
        return Err(UnpackError::malformed(entry, "flags", &"0 or 8", &shared.flags));
    }
    if !matches!(shared.method, STORED | DEFLATED) {
        return Err(UnpackError::malformed(entry, "compression method", &"0 or 8", &shared.method));
    }
    if !follows {
        return Ok(());
    }
    if shared.method == STORED {
        return Err(UnpackError::refused(entry, "stored content must announce its size"));
    }
    // What follows later must not be announced too, or readers differ in what they believe.
    UnpackError::expect(entry, "checksum in the local header", 0, shared.crc)?;
    UnpackError::expect(entry, "packed size in the local header", 0, shared.packed)?;
    UnpackError::expect(entry, "size in the local header", 0, shared.size)
}
