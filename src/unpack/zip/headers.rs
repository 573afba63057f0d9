//! The four records of a zip, as bytes become fields. Reads only; judges nothing.

/// Begins a local file header.
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// Begins a data descriptor.
pub(super) const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// Begins an entry of the central directory.
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// Begins the end record.
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
/// Begins the end record of a zip64 archive.
pub(super) const END64: [u8; 4] = *b"PK\x06\x06";

/// A time stamp as Go writes it, without its four bytes of time: id `UT`, length 5, modification time only.
pub(super) const TIMESTAMP: [u8; 5] = *b"UT\x05\x00\x01";

/// Fields that a local header and its central entry both have, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryFields {
    pub(super) version_needed: u16,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// MS-DOS time in the low half, date in the high half.
    pub(super) modified: u32,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name_length: u16,
    pub(super) extra_length: u16,
}

/// An entry as its local header and its content showed it.
pub(super) struct Seen {
    /// The name without the root that all share.
    pub(super) name: Box<[u8]>,
    /// The local header, with the checksum and the sizes filled in that a descriptor gave.
    pub(super) shared: EntryFields,
    /// The time stamp's four bytes, where there is one.
    pub(super) modified: Option<[u8; 4]>,
    /// Where the local header begins.
    pub(super) offset: u64,
}

/// What a data descriptor says about the bytes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
}

/// An entry of the central directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Central {
    pub(super) made_by: u16,
    pub(super) shared: EntryFields,
    pub(super) comment_length: u16,
    pub(super) disk: u16,
    pub(super) internal: u16,
    pub(super) external: u32,
    pub(super) offset: u32,
}

/// The record that ends the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) disk: u16,
    pub(super) directory_disk: u16,
    pub(super) entries_here: u16,
    pub(super) entries: u16,
    pub(super) size: u32,
    pub(super) offset: u32,
    pub(super) comment_length: u16,
}

/// Little-endian fields one after another.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u16(&mut self) -> u16 {
        let Some((field, rest)) = self.0.split_first_chunk() else { return 0 };
        self.0 = rest;
        u16::from_le_bytes(*field)
    }

    fn u32(&mut self) -> u32 {
        u32::from(self.u16()) | u32::from(self.u16()) << 16
    }

    fn shared(&mut self) -> EntryFields {
        EntryFields {
            version_needed: self.u16(),
            flags: self.u16(),
            method: self.u16(),
            modified: self.u32(),
            crc: self.u32(),
            packed: self.u32(),
            size: self.u32(),
            name_length: self.u16(),
            extra_length: self.u16(),
        }
    }
}

impl EntryFields {
    /// A local header without its signature.
    pub(super) fn local(bytes: [u8; 26]) -> Self {
        Fields(&bytes).shared()
    }
}

impl Descriptor {
    /// A data descriptor without its signature.
    pub(super) fn parse(bytes: [u8; 12]) -> Self {
        let mut fields = Fields(&bytes);
        Self { crc: fields.u32(), packed: fields.u32(), size: fields.u32() }
    }
}

impl Central {
    /// A central entry without its signature.
    pub(super) fn parse(bytes: [u8; 42]) -> Self {
        let mut fields = Fields(&bytes);
        Self {
            made_by: fields.u16(),
            shared: fields.shared(),
            comment_length: fields.u16(),
            disk: fields.u16(),
            internal: fields.u16(),
            external: fields.u32(),
            offset: fields.u32(),
        }
    }
}

impl End {
    /// An end record without its signature.
    pub(super) fn parse(bytes: [u8; 18]) -> Self {
        let mut fields = Fields(&bytes);
        Self {
            disk: fields.u16(),
            directory_disk: fields.u16(),
            entries_here: fields.u16(),
            entries: fields.u16(),
            size: fields.u32(),
            offset: fields.u32(),
            comment_length: fields.u16(),
        }
    }
}
