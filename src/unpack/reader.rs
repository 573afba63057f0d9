//! Reads a zip from front to back, once, and believes nothing that is said only once.
//!
//! Every local header is checked and its content inflated into the outlet; then the central directory must
//! list the same entries in the same order with the same fields, the end record must count them, and the body
//! must end. What Go's own writer never writes is an error, so that any two readers see the same files.

use super::batch::{Closed, Outlet};
use super::central;
use super::error::UnpackError;
use super::headers::{self, Descriptor, Shared};
use super::input::Input;
use super::limits::{Limit, Limits};
use super::names::Names;
use super::rules;
use flate2::{Decompress, FlushDecompress, Status};
use std::fmt::Display;

const ENCRYPTED: u16 = 0x1;
/// The flag of entries whose checksum and sizes follow their content.
const DESCRIPTOR_FOLLOWS: u16 = 0x8;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The version of the format that Go asks of a reader: 2.0.
const VERSION_NEEDED: u16 = 20;
/// A time stamp as Go writes it, without its four bytes of time: id `UT`, length 5, modification time only.
pub(super) const TIMESTAMP: [u8; 5] = *b"UT\x05\x00\x01";
/// Unpacked bytes from which on the ratio is looked at.
const RATIO_FROM: u64 = 16 << 20;

/// Why the reader stopped.
pub(super) enum Stop {
    Failed(UnpackError),
    /// The writer stopped first and knows why.
    Closed,
}

impl From<UnpackError> for Stop {
    fn from(error: UnpackError) -> Self {
        Self::Failed(error)
    }
}

impl From<Closed> for Stop {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

/// An entry as its local header and its content showed it.
pub(super) struct Seen {
    /// The name without the prefix.
    pub(super) name: Box<str>,
    /// The local header, with the checksum and the sizes filled in that a descriptor gave.
    pub(super) shared: Shared,
    /// The time stamp's four bytes, where there is one.
    pub(super) modified: Option<[u8; 4]>,
    /// Where the local header begins.
    pub(super) offset: u64,
}

pub(super) struct Reader<'a> {
    input: Input<'a>,
    outlet: Outlet,
    prefix: &'a str,
    limits: &'a Limits,
    names: Names,
    seen: Vec<Seen>,
    inflate: Decompress,
    unpacked: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: Input<'a>, outlet: Outlet, prefix: &'a str, limits: &'a Limits) -> Self {
        let (names, inflate) = (Names::default(), Decompress::new(false));
        Self { input, outlet, prefix, limits, names, seen: Vec::new(), inflate, unpacked: 0 }
    }

    /// Reads the whole archive.
    pub(super) fn run(mut self) -> Result<(), Stop> {
        let mut signature = self.input.take()?;
        while signature == headers::LOCAL {
            self.entry()?;
            signature = self.input.take()?;
        }
        if self.seen.is_empty() {
            let (expected, got) = (headers::LOCAL.escape_ascii(), signature.escape_ascii());
            return Err(UnpackError::malformed(b"archive", "first signature", &expected, &got).into());
        }
        central::check(&mut self.input, signature, self.prefix, &self.seen)?;
        self.outlet.finish()?;
        Ok(())
    }

    /// One local header, its content and its descriptor; the signature is read already.
    fn entry(&mut self) -> Result<(), Stop> {
        let offset = self.input.offset() - 4;
        let mut shared = Shared::local(self.input.take()?);
        let name = self.name(shared.name_length)?;
        let (full, modified) = (format!("{}{name}", self.prefix), self.modified(&name, shared.extra_length)?);
        check_header(full.as_bytes(), &shared)?;
        self.names.add(&name, self.limits)?;

        self.outlet.begin(full.clone())?;
        let announced = (shared.flags & DESCRIPTOR_FOLLOWS == 0).then_some(shared.packed);
        let content = match (shared.method, announced) {
            (STORED, Some(packed)) => self.stored(packed)?,
            _ => self.deflated(full.as_bytes(), announced)?,
        };
        let said = match announced {
            Some(packed) => Descriptor { crc: shared.crc, packed, size: shared.size },
            None => self.descriptor(full.as_bytes())?,
        };
        expect(full.as_bytes(), "packed size", content.packed, u64::from(said.packed))?;
        expect(full.as_bytes(), "size", content.size, u64::from(said.size))?;
        self.outlet.end(said.crc);
        (shared.crc, shared.packed, shared.size) = (said.crc, said.packed, said.size);
        self.seen.push(Seen { name, shared, modified, offset });
        Ok(())
    }

    /// The entry's name without the prefix.
    fn name(&mut self, length: u16) -> Result<Box<str>, UnpackError> {
        if u64::from(length) > self.prefix.len() as u64 + self.limits.path {
            return Err(UnpackError::Limit { which: Limit::Path, limit: self.limits.path });
        }
        let mut name = vec![0; usize::from(length)];
        self.input.copy(&mut name)?;
        let Some(below) = name.strip_prefix(self.prefix.as_bytes()) else {
            return Err(UnpackError::refused(&name, "every name begins with the module and its version"));
        };
        match rules::check(below) {
            Ok(below) => Ok(below.into()),
            Err(rule) => Err(UnpackError::refused(&name, rule)),
        }
    }

    /// The extra field: nothing, or one time stamp.
    fn modified(&mut self, name: &str, length: u16) -> Result<Option<[u8; 4]>, UnpackError> {
        if length == 0 {
            return Ok(None);
        }
        expect(name.as_bytes(), "length of the extra field", 9, length)?;
        let kind: [u8; 5] = self.input.take()?;
        if kind != TIMESTAMP {
            let (expected, got) = (TIMESTAMP.escape_ascii(), kind.escape_ascii());
            return Err(UnpackError::malformed(name.as_bytes(), "extra field", &expected, &got));
        }
        self.input.take().map(Some)
    }

    /// Content that is not compressed.
    fn stored(&mut self, packed: u32) -> Result<Content, Stop> {
        let mut left = packed as usize;
        while left > 0 {
            let held = self.input.available()?;
            let room = self.outlet.room()?;
            let count = held.len().min(room.len()).min(left);
            let (from, to) =
                (held.get(..count).unwrap_or_default(), room.get_mut(..count).unwrap_or_default());
            to.copy_from_slice(from);
            self.input.consume(count);
            self.outlet.filled(count);
            self.count(count as u64)?;
            left -= count;
        }
        Ok(Content { packed: packed.into(), size: packed.into() })
    }

    /// Compressed content, which says itself where it ends; `announced` bytes long where the header said so.
    fn deflated(&mut self, entry: &[u8], announced: Option<u32>) -> Result<Content, Stop> {
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
            self.outlet.filled(usize::try_from(given).unwrap_or(usize::MAX));
            self.count(given)?;
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

    /// Counts unpacked bytes against their limits.
    fn count(&mut self, bytes: u64) -> Result<(), UnpackError> {
        self.unpacked += bytes;
        if self.unpacked > self.limits.unpacked {
            return Err(UnpackError::Limit { which: Limit::Unpacked, limit: self.limits.unpacked });
        }
        let most = self.input.offset().saturating_mul(self.limits.ratio);
        if self.unpacked > RATIO_FROM && self.unpacked > most {
            return Err(UnpackError::Limit { which: Limit::Ratio, limit: self.limits.ratio });
        }
        Ok(())
    }
}

/// How long an entry's content turned out to be.
struct Content {
    packed: u64,
    size: u64,
}

/// The fields of a local header that do not depend on its content.
fn check_header(entry: &[u8], shared: &Shared) -> Result<(), UnpackError> {
    if shared.flags & ENCRYPTED != 0 {
        return Err(UnpackError::refused(entry, "an entry may not be encrypted"));
    }
    expect(entry, "version needed", VERSION_NEEDED, shared.version_needed)?;
    let follows = shared.flags & DESCRIPTOR_FOLLOWS != 0;
    if shared.flags & !DESCRIPTOR_FOLLOWS != 0 {
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
    expect(entry, "checksum in the local header", 0, shared.crc)?;
    expect(entry, "packed size in the local header", 0, shared.packed)?;
    expect(entry, "size in the local header", 0, shared.size)
}

/// An error where `got` is not `expected`.
pub(super) fn expect<T: Copy + PartialEq + Display>(
    entry: &[u8],
    what: &'static str,
    expected: T,
    got: T,
) -> Result<(), UnpackError> {
    if expected == got { Ok(()) } else { Err(UnpackError::malformed(entry, what, &expected, &got)) }
}
