//! One header block: checked field by field, read for its kind, its name and its size.
//!
//! Modes, owners and times are read only to see that they can be: a header that other readers refuse is refused
//! here too. Their values mean nothing.

use crate::unpack::error::UnpackError;
use ::tar::{Header as Fields, OldHeader};
use std::ops::Range;

/// The unit of a tar: headers have one, contents are filled up to a multiple.
pub(super) const BLOCK: usize = 512;

pub(super) struct Header {
    pub(super) kind: EntryType,
    /// The name as the block has it.
    pub(super) name: Vec<u8>,
    /// Bytes of content.
    pub(super) size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryType {
    File,
    Directory,
    /// Records of pax for the next entry.
    Pax,
    /// The name of the next entry, as GNU tar writes it.
    LongName,
}

/// The rule for kinds of entries that are never admitted.
const ONLY: &str = "a toolchain may hold only files and directories";
/// What GNU tar calls the headers that hold a name.
const LONG_LINK: &[u8] = b"././@LongLink";
/// Where the checksum's field lies, which counts as spaces.
const CHECKSUM: Range<usize> = 148..156;
/// Where the numbers of a device lie.
const DEVICES: Range<usize> = 329..345;
/// Where USTAR has a prefix, and GNU tar times and a sparse map, which it writes for no plain entry.
const AFTER_DEVICES: usize = 345;
/// Where the bytes begin that USTAR does not use.
const AFTER_PREFIX: usize = 500;

impl Header {
    /// Reads a header block that is not all zeros.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Self, UnpackError> {
        let fields = Fields::from_byte_slice(block);
        let old = fields.as_old();
        let name = name(fields).map_err(|what| malformed(old, what, &"text and zeros"))?;
        check_sum(block, old)?;
        let gnu = fields.as_gnu().is_some();
        if !gnu && fields.as_ustar().is_none() {
            return Err(malformed(old, "magic", &"ustar"));
        }
        let kind = match old.linkflag {
            [b'0'] => EntryType::File,
            [b'5'] => EntryType::Directory,
            [b'x'] if !gnu => EntryType::Pax,
            [b'L'] if gnu => EntryType::LongName,
            _ => return Err(UnpackError::refused(&name, refusal(old.linkflag))),
        };
        check_unused(block, old, gnu)?;
        let Some(size) = octal(&old.size) else {
            return Err(malformed(old, "size", &"an octal number"));
        };
        if kind == EntryType::Directory && size > 0 {
            return Err(UnpackError::refused(&name, "a directory may have no content"));
        }
        if kind == EntryType::LongName && name != LONG_LINK {
            return Err(malformed(old, "name of a long name's header", &"././@LongLink"));
        }
        let numbers = octal(&old.mode).and(octal(&old.mtime)).is_some();
        if !(numbers && is_owner(old.uid) && is_owner(old.gid)) {
            return Err(malformed(old, "mode, owner or time", &"numbers"));
        }
        Ok(Self { kind, name, size })
    }
}

/// Why an entry of this kind is refused.
fn refusal(kind: [u8; 1]) -> &'static str {
    match kind {
        [b'1' | b'2' | b'K'] => "a toolchain may not hold links",
        [b'3' | b'4' | b'6'] => "a toolchain may not hold devices",
        [b'S'] => "a toolchain may not hold sparse files",
        [b'g'] => "a toolchain may not hold global headers",
        _ => ONLY,
    }
}

/// The name: with the prefix before it, where the format has one.
fn name(fields: &Fields) -> Result<Vec<u8>, &'static str> {
    let name = text(&fields.as_old().name).ok_or("name")?;
    let prefix = match fields.as_ustar() {
        Some(ustar) => text(&ustar.prefix).ok_or("prefix of the name")?,
        None => b"",
    };
    Ok(if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() })
}

/// A field's text, which zeros fill up: what came after them, some readers would see and others not.
fn text(field: &[u8]) -> Option<&[u8]> {
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at(end);
    is_zero(rest).then_some(text)
}

fn check_sum(block: &[u8; BLOCK], old: &OldHeader) -> Result<(), UnpackError> {
    let all: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    let own: u64 = block.get(CHECKSUM).unwrap_or_default().iter().map(|&byte| u64::from(byte)).sum();
    let sum = all - own + 8 * u64::from(b' ');
    if octal(&old.cksum) == Some(sum) {
        return Ok(());
    }
    Err(malformed(old, "header checksum", &format!("{sum:o}")))
}

/// The fields that an ordinary file or directory has no use for.
fn check_unused(block: &[u8; BLOCK], old: &OldHeader, gnu: bool) -> Result<(), UnpackError> {
    let devices = block.get(DEVICES).unwrap_or_default();
    if devices.iter().any(|byte| !matches!(byte, 0 | b' ' | b'0')) {
        return Err(malformed(old, "device", &"none"));
    }
    if !is_zero(&old.linkname) {
        return Err(malformed(old, "target of a link", &"none"));
    }
    let unused = block.get(if gnu { AFTER_DEVICES } else { AFTER_PREFIX }..).unwrap_or_default();
    if !is_zero(unused) {
        return Err(malformed(old, "unused bytes of the header", &"zeros"));
    }
    Ok(())
}

/// An octal number as writers of this century write it: digits, then zeros or spaces. Other spellings (spaces before it, signs,
/// binary) are read differently by different readers, and no toolchain needs them.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = field.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, rest) = field.split_at(digits);
    if digits.is_empty() || rest.iter().any(|byte| !matches!(byte, 0 | b' ')) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| number << 3 | u64::from(digit - b'0')))
}

/// Whether it is an owner's number: octal, or in binary where that has too few digits.
fn is_owner(field: [u8; 8]) -> bool {
    octal(&field).is_some() || field.starts_with(&[0x80, 0, 0, 0])
}

fn malformed(old: &OldHeader, what: &'static str, expected: &dyn std::fmt::Display) -> UnpackError {
    let name = old.name.split(|&byte| byte == 0).next().unwrap_or_default();
    UnpackError::malformed(name, what, expected, &"something else")
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

#[cfg(test)]
mod tests {
    use super::{octal, text};

    #[test]
    fn only_plain_octal_numbers_are_read() {
        for (field, number) in [
            (&b"0000644\0"[..], 0o644),
            (b"17\0", 0o17),
            (b"012345\0 ", 0o12345),
            (b"7", 7),
            (b"00000000017 ", 15),
        ] {
            assert_eq!(octal(field), Some(number), "{field:?}");
        }
        for field in [
            &b""[..],
            b"\0\0",
            b" 17\0",
            b"+17\0",
            b"-1\0",
            b"0x1\0",
            b"18\0",
            b"17\x001",
            b"\x80\0\0\x01",
            b"\xff\xff",
        ] {
            assert_eq!(octal(field), None, "{field:?}");
        }
    }

    #[test]
    fn text_ends_at_the_first_zero_and_only_zeros_follow() {
        assert_eq!(text(b"go/\0\0"), Some(&b"go/"[..]));
        assert_eq!(text(b"full"), Some(&b"full"[..]));
        assert_eq!(text(b"\0\0"), Some(&b""[..]));
        assert_eq!(text(b"go\0x"), None);
    }
}
