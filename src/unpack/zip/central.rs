//! The central directory and the end record, held against everything that was seen before them.

use super::headers::{self, Central, End, Seen, TIMESTAMP};
use crate::unpack::error::UnpackError;
use crate::unpack::input::Input;

/// What made an entry and its external attributes, in every combination that real modules show: MS-DOS with
/// none (until Go 1.20), and Unix with the mode of a regular file, plain or executable.
const ORIGINS: [(u16, u32); 3] =
    [(0x0014, 0), (0x0314, (REGULAR | 0o644) << 16), (0x0314, (REGULAR | 0o755) << 16)];

/// The bits of a Unix mode that say what kind of file it is, and the kind of a regular file.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// Reads from behind the first signature after the last entry to the end of the body.
pub(super) fn check(
    input: &mut Input,
    mut signature: [u8; 4],
    root: &str,
    seen: &[Seen],
) -> Result<(), UnpackError> {
    let start = input.offset() - 4;
    let mut name = Vec::new();
    for entry in seen {
        name.clear();
        name.extend_from_slice(root.as_bytes());
        name.extend_from_slice(&entry.name);
        expect_signature(&name, headers::CENTRAL, signature)?;
        check_entry(input, &name, entry)?;
        signature = input.take()?;
    }
    let size = input.offset() - 4 - start;
    if signature == headers::END64 {
        return Err(UnpackError::refused(b"end record", "zip64 archives are not allowed"));
    }
    expect_signature(b"end record", headers::END, signature)?;
    check_end(&End::parse(input.take()?), seen.len(), start, size)?;
    if input.is_at_end()? {
        return Ok(());
    }
    Err(UnpackError::malformed(b"archive", "bytes after the end record", &"none", &"some"))
}

fn check_entry(input: &mut Input, name: &[u8], seen: &Seen) -> Result<(), UnpackError> {
    let central = Central::parse(input.take()?);
    let (shared, local) = (central.shared, seen.shared);
    UnpackError::expect(name, "central version needed", local.version_needed, shared.version_needed)?;
    UnpackError::expect(name, "central flags", local.flags, shared.flags)?;
    UnpackError::expect(name, "central compression method", local.method, shared.method)?;
    UnpackError::expect(name, "central time", local.modified, shared.modified)?;
    UnpackError::expect(name, "central checksum", local.crc, shared.crc)?;
    UnpackError::expect(name, "central packed size", local.packed, shared.packed)?;
    UnpackError::expect(name, "central size", local.size, shared.size)?;
    UnpackError::expect(name, "length of the central name", local.name_length, shared.name_length)?;
    UnpackError::expect(name, "length of the central extra field", local.extra_length, shared.extra_length)?;
    UnpackError::expect(name, "length of the comment", 0, central.comment_length)?;
    UnpackError::expect(name, "disk number", 0, central.disk)?;
    UnpackError::expect(name, "internal attributes", 0, central.internal)?;
    UnpackError::expect(name, "offset", seen.offset, u64::from(central.offset))?;
    check_origin(name, central.made_by, central.external)?;

    let mut central_name = vec![0; name.len()];
    input.copy(&mut central_name)?;
    if central_name != name {
        let (expected, got) = (name.escape_ascii(), central_name.escape_ascii());
        return Err(UnpackError::malformed(name, "central name", &expected, &got));
    }
    let Some(modified) = seen.modified else { return Ok(()) };
    let mut extra = [0; 9];
    input.copy(&mut extra)?;
    if extra.starts_with(&TIMESTAMP) && extra.ends_with(&modified) {
        return Ok(());
    }
    Err(UnpackError::malformed(name, "central extra field", &"the local one", &extra.escape_ascii()))
}

fn check_origin(name: &[u8], made_by: u16, external: u32) -> Result<(), UnpackError> {
    if ORIGINS.contains(&(made_by, external)) {
        return Ok(());
    }
    let kind = (external >> 16) & KIND;
    if kind != REGULAR && kind != 0 {
        return Err(UnpackError::refused(name, "a toolchain may not hold links, directories or devices"));
    }
    let expected = "a plain file as Go's writer describes it";
    let got = format!("made by {made_by:#06x} with attributes {external:#010x}");
    Err(UnpackError::malformed(name, "origin and attributes", &expected, &got))
}

fn check_end(end: &End, entries: usize, start: u64, size: u64) -> Result<(), UnpackError> {
    const NAME: &[u8] = b"end record";
    UnpackError::expect(NAME, "disk number", 0, end.disk)?;
    UnpackError::expect(NAME, "disk number of the directory", 0, end.directory_disk)?;
    UnpackError::expect(NAME, "entries on this disk", entries, usize::from(end.entries_here))?;
    UnpackError::expect(NAME, "entries", entries, usize::from(end.entries))?;
    UnpackError::expect(NAME, "size of the central directory", size, u64::from(end.size))?;
    UnpackError::expect(NAME, "offset of the central directory", start, u64::from(end.offset))?;
    UnpackError::expect(NAME, "length of the comment", 0, end.comment_length)
}

/// An error where another record begins than the one that must come next.
fn expect_signature(entry: &[u8], expected: [u8; 4], got: [u8; 4]) -> Result<(), UnpackError> {
    if expected == got {
        return Ok(());
    }
    Err(UnpackError::malformed(entry, "signature", &expected.escape_ascii(), &got.escape_ascii()))
}
