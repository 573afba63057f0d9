//! Builds zips as Go's own writer does, and then lies about any field.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write as _;

/// The prefix that [`Zip::of`] gives to every name.
pub(crate) const PREFIX: &str = "golang.org/toolchain@v0.0.1-go1.99.1.linux-amd64/";

/// An archive before it becomes bytes. Every field may be forged; honest ones agree with each other.
#[derive(Clone)]
pub(crate) struct Zip {
    pub(crate) before: Vec<u8>,
    pub(crate) files: Vec<File>,
    pub(crate) before_directory: Vec<u8>,
    /// The order and choice of central entries, as indexes into `files`.
    pub(crate) directory: Vec<usize>,
    pub(crate) before_end: Vec<u8>,
    pub(crate) end: End,
    pub(crate) after: Vec<u8>,
}

/// One file: what its local header, its descriptor and its central entry say.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) local: Header,
    pub(crate) packed: Vec<u8>,
    /// Signature and fields of the data descriptor; `None` for no descriptor.
    pub(crate) descriptor: Option<([u8; 4], [u32; 3])>,
    /// Bytes between this file and the next.
    pub(crate) gap: Vec<u8>,
    pub(crate) central: Header,
    pub(crate) made_by: u16,
    pub(crate) comment: Vec<u8>,
    pub(crate) disk: u16,
    pub(crate) internal: u16,
    pub(crate) external: u32,
    /// Added to the true offset.
    pub(crate) offset: u32,
}

/// The fields that both headers have. The lengths of name and extra field are the true ones.
#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) needed: u16,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) time: u16,
    pub(crate) date: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) size: u32,
    pub(crate) name: Vec<u8>,
    pub(crate) extra: Vec<u8>,
}

/// What is added to the true fields of the end record.
#[derive(Clone, Default)]
pub(crate) struct End {
    pub(crate) disk: u16,
    pub(crate) directory_disk: u16,
    pub(crate) entries_here: u16,
    pub(crate) entries: u16,
    pub(crate) size: u32,
    pub(crate) offset: u32,
    pub(crate) comment: Vec<u8>,
}

impl Zip {
    /// An honest archive of these files, each below [`PREFIX`].
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Self {
        let named = |(name, content): &(&str, &[u8])| File::new(&format!("{PREFIX}{name}"), content);
        Self::with(files.iter().map(named).collect())
    }

    /// An honest archive of these entries.
    pub(crate) fn with(files: Vec<File>) -> Self {
        let directory = (0..files.len()).collect();
        let (before, before_directory, before_end, after) = Default::default();
        Self { before, files, before_directory, directory, before_end, end: End::default(), after }
    }

    /// The archive's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let mut offsets = Vec::new();
        for file in &self.files {
            offsets.push(length(&out));
            out.extend(b"PK\x03\x04");
            file.local.fields(&mut out);
            out.extend(&file.local.name);
            out.extend(&file.local.extra);
            out.extend(&file.packed);
            if let Some((signature, fields)) = file.descriptor {
                out.extend(signature);
                out.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
            }
            out.extend(&file.gap);
        }
        out.extend(&self.before_directory);
        let start = length(&out);
        for &index in &self.directory {
            self.files[index].central_entry(offsets[index], &mut out);
        }
        let size = length(&out) - start;
        out.extend(&self.before_end);
        self.end.record(u16::try_from(self.directory.len()).unwrap(), size, start, &mut out);
        out.extend(&self.after);
        out
    }
}

impl File {
    /// A file as Go packs it: deflated, with a descriptor, a time stamp and mode 0644.
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut file = Self::raw(name.as_bytes(), packed, content);
        file.descriptor = Some((*b"PK\x07\x08", [file.central.crc, file.central.packed, file.central.size]));
        file.local = Header { crc: 0, packed: 0, size: 0, ..file.central.clone() };
        file
    }

    /// A file whose content is stored and announced in its local header.
    pub(crate) fn stored(name: &str, content: &[u8]) -> Self {
        let mut file = Self::raw(name.as_bytes(), content.to_vec(), content);
        (file.central.method, file.central.flags) = (0, 0);
        file.local = file.central.clone();
        file
    }

    /// A deflated file that is announced in its local header.
    pub(crate) fn announced(name: &str, content: &[u8]) -> Self {
        let mut file = Self::new(name, content);
        file.descriptor = None;
        file.central.flags = 0;
        file.local = file.central.clone();
        file
    }

    /// Renames the file in both headers.
    pub(crate) fn rename(&mut self, name: &[u8]) {
        self.local.name = name.to_vec();
        self.central.name = name.to_vec();
    }

    /// Gives both headers the same extra field.
    pub(crate) fn extra(&mut self, extra: &[u8]) {
        self.local.extra = extra.to_vec();
        self.central.extra = extra.to_vec();
    }

    fn raw(name: &[u8], packed: Vec<u8>, content: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let header = Header {
            needed: 20,
            flags: 8,
            method: 8,
            time: 41834,
            date: 22907,
            crc: crc.sum(),
            packed: length(&packed),
            size: length(content),
            name: name.to_vec(),
            extra: b"UT\x05\x00\x01\xa8\x80\x47\x67".to_vec(),
        };
        Self {
            local: header.clone(),
            packed,
            descriptor: None,
            gap: Vec::new(),
            central: header,
            made_by: 0x0314,
            comment: Vec::new(),
            disk: 0,
            internal: 0,
            external: 0o100_644 << 16,
            offset: 0,
        }
    }

    fn central_entry(&self, offset: u32, out: &mut Vec<u8>) {
        out.extend(b"PK\x01\x02");
        out.extend(self.made_by.to_le_bytes());
        self.central.fields(out);
        out.extend(u16::try_from(self.comment.len()).unwrap().to_le_bytes());
        out.extend(self.disk.to_le_bytes());
        out.extend(self.internal.to_le_bytes());
        out.extend(self.external.to_le_bytes());
        out.extend(offset.wrapping_add(self.offset).to_le_bytes());
        out.extend(&self.central.name);
        out.extend(&self.central.extra);
        out.extend(&self.comment);
    }
}

impl Header {
    fn fields(&self, out: &mut Vec<u8>) {
        for field in [self.needed, self.flags, self.method, self.time, self.date] {
            out.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.packed, self.size] {
            out.extend(field.to_le_bytes());
        }
        out.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        out.extend(u16::try_from(self.extra.len()).unwrap().to_le_bytes());
    }
}

impl End {
    fn record(&self, entries: u16, size: u32, offset: u32, out: &mut Vec<u8>) {
        out.extend(b"PK\x05\x06");
        out.extend(self.disk.to_le_bytes());
        out.extend(self.directory_disk.to_le_bytes());
        out.extend(entries.wrapping_add(self.entries_here).to_le_bytes());
        out.extend(entries.wrapping_add(self.entries).to_le_bytes());
        out.extend(size.wrapping_add(self.size).to_le_bytes());
        out.extend(offset.wrapping_add(self.offset).to_le_bytes());
        out.extend(u16::try_from(self.comment.len()).unwrap().to_le_bytes());
        out.extend(&self.comment);
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}
