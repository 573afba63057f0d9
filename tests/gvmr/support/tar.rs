//! Builds tars as Go, GNU tar and pax writers do, and then lies about any field; and packs them in gzip and xz.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write as _;

/// An archive before it becomes bytes. Every field may be forged; honest ones agree with each other.
#[derive(Clone)]
pub(crate) struct Tar {
    pub(crate) entries: Vec<Entry>,
    /// What follows the last entry: honestly two blocks of zeros.
    pub(crate) end: Vec<u8>,
}

/// One header block with what follows it. Text fields are filled up with zeros, or cut where they are too long.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Bytes before the header.
    pub(crate) before: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) mode: Vec<u8>,
    pub(crate) uid: Vec<u8>,
    pub(crate) gid: Vec<u8>,
    pub(crate) size: Vec<u8>,
    pub(crate) mtime: Vec<u8>,
    /// The checksum's field; `None` for the true one.
    pub(crate) checksum: Option<Vec<u8>>,
    pub(crate) kind: u8,
    pub(crate) link: Vec<u8>,
    /// Magic and version.
    pub(crate) magic: [u8; 8],
    pub(crate) user: Vec<u8>,
    pub(crate) group: Vec<u8>,
    pub(crate) devices: [Vec<u8>; 2],
    /// The prefix of USTAR, or the times and the sparse map of GNU tar.
    pub(crate) prefix: Vec<u8>,
    /// The last 12 bytes.
    pub(crate) unused: Vec<u8>,
    pub(crate) content: Vec<u8>,
    /// What fills up the last block; `None` for zeros.
    pub(crate) padding: Option<Vec<u8>>,
}

/// Magic and version of USTAR and pax.
pub(crate) const USTAR: [u8; 8] = *b"ustar\x0000";
/// Magic and version of GNU tar.
pub(crate) const GNU: [u8; 8] = *b"ustar  \0";

const BLOCK: usize = 512;

impl Tar {
    /// An honest archive of these entries, each below `go/`: directories where the name ends in a slash.
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Self {
        let entry = |(name, content): &(&str, &[u8])| {
            let name = format!("go/{name}");
            if name.ends_with('/') { Entry::directory(&name) } else { Entry::file(&name, content) }
        };
        Self { entries: files.iter().map(entry).collect(), end: vec![0; 2 * BLOCK] }
    }

    /// An honest archive of these files.
    pub(crate) fn of_files(files: &[(String, Vec<u8>)]) -> Self {
        let entries = files.iter().map(|(name, content)| Entry::file(name, content)).collect();
        Self { entries, end: vec![0; 2 * BLOCK] }
    }

    /// The archive's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out: Vec<u8> = self.entries.iter().flat_map(Entry::bytes).collect();
        out.extend(&self.end);
        out
    }

    /// The archive in one honest gzip member.
    pub(crate) fn gz(&self) -> Vec<u8> {
        Gzip::of(&self.bytes()).bytes()
    }

    /// The archive in one honest xz stream.
    pub(crate) fn xz(&self) -> Vec<u8> {
        xz(&self.bytes())
    }
}

impl Entry {
    /// A regular file as Go's writer has it.
    pub(crate) fn file(name: &str, content: &[u8]) -> Self {
        Self {
            before: Vec::new(),
            name: name.as_bytes().to_vec(),
            mode: b"0000644".to_vec(),
            uid: b"0000000".to_vec(),
            gid: b"0000000".to_vec(),
            size: format!("{:011o}", content.len()).into_bytes(),
            mtime: b"14723500250".to_vec(),
            checksum: None,
            kind: b'0',
            link: Vec::new(),
            magic: USTAR,
            user: Vec::new(),
            group: Vec::new(),
            devices: [b"0000000".to_vec(), b"0000000".to_vec()],
            prefix: Vec::new(),
            unused: Vec::new(),
            content: content.to_vec(),
            padding: None,
        }
    }

    /// A directory.
    pub(crate) fn directory(name: &str) -> Self {
        Self { kind: b'5', mode: b"0000755".to_vec(), ..Self::file(name, b"") }
    }

    /// A header that gives the next entry these records.
    pub(crate) fn pax(records: &[(&str, &str)]) -> Self {
        let content: Vec<String> = records.iter().map(|(key, value)| record(key, value)).collect();
        Self::pax_raw(content.concat().as_bytes())
    }

    /// A header of pax with this content.
    pub(crate) fn pax_raw(content: &[u8]) -> Self {
        Self { kind: b'x', ..Self::file("PaxHeaders.0/x", content) }
    }

    /// A header that gives the next entry this name, as GNU tar writes it.
    pub(crate) fn long_name(name: &str) -> Self {
        let content = [name.as_bytes(), b"\0"].concat();
        Self { kind: b'L', magic: GNU, ..Self::file("././@LongLink", &content) }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let fields: [(&[u8], usize); 16] = [
            (&self.name, 100),
            (&self.mode, 8),
            (&self.uid, 8),
            (&self.gid, 8),
            (&self.size, 12),
            (&self.mtime, 12),
            (b"        ", 8),
            (&[self.kind], 1),
            (&self.link, 100),
            (&self.magic, 8),
            (&self.user, 32),
            (&self.group, 32),
            (&self.devices[0], 8),
            (&self.devices[1], 8),
            (&self.prefix, 155),
            (&self.unused, 12),
        ];
        let mut header = Vec::new();
        for (text, width) in fields {
            let end = header.len() + width;
            header.extend(&text[..text.len().min(width)]);
            header.resize(end, 0);
        }
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        let sum = self.checksum.clone().unwrap_or_else(|| format!("{sum:06o}\0 ").into_bytes());
        header[148..148 + sum.len()].copy_from_slice(&sum);
        let filled = vec![0; self.content.len().next_multiple_of(BLOCK) - self.content.len()];
        [&self.before, &header, &self.content, self.padding.as_ref().unwrap_or(&filled)]
            .map(Vec::as_slice)
            .concat()
    }
}

/// A record of pax, whose length counts itself.
fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}

/// One gzip member before it becomes bytes.
pub(crate) struct Gzip {
    pub(crate) header: Vec<u8>,
    pub(crate) deflated: Vec<u8>,
    pub(crate) crc: u32,
    pub(crate) size: u32,
}

impl Gzip {
    /// An honest member.
    pub(crate) fn of(content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let header = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
        Self { header, deflated: encoder.finish().unwrap(), crc: crc.sum(), size: crc.amount() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (crc, size) = (self.crc.to_le_bytes(), self.size.to_le_bytes());
        [&self.header[..], &self.deflated, &crc, &size].concat()
    }
}

/// One xz stream with a checksum.
pub(crate) fn xz(content: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
