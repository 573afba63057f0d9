//! The `h1:` directory hash of Go modules.
//!
//! Takes the names and sha256 sums of a module's files, in any order; gives the one hash that go.sum
//! files and the checksum database record for that tree. Modes, times, sizes and the order in an archive
//! do not enter it. Never reads the file system.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Names and content hashes of the files of a module, as they were written or read.
///
/// A name is the full one inside a module zip: `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64/bin/go`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    files: BTreeMap<String, [u8; 32]>,
}

/// Why a file cannot enter a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// One name came twice: two readers could see two different trees.
    #[error("the file name {0:?} occurs twice")]
    Duplicate(String),
    /// The hashed summary has one line a file, so a newline in a name could imitate another file.
    #[error("the file name {0:?} contains a newline")]
    Newline(String),
}

impl Manifest {
    /// A manifest of no files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the file `name`, whose content has the sum `sha256`.
    pub fn add(&mut self, name: String, sha256: [u8; 32]) -> Result<(), ManifestError> {
        if name.contains('\n') {
            return Err(ManifestError::Newline(name));
        }
        match self.files.entry(name) {
            Entry::Occupied(entry) => Err(ManifestError::Duplicate(entry.key().clone())),
            Entry::Vacant(entry) => {
                entry.insert(sha256);
                Ok(())
            }
        }
    }

    /// How many files it names.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it names no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files and their sha256 sums, sorted bytewise by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[u8; 32])> {
        self.files.iter().map(|(name, sha256)| (name.as_str(), sha256))
    }

    /// Writes `HEX  NAME\n` for every file, sorted bytewise by name: the text whose sha256 is the hash.
    pub fn write_summary(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, sha256) in &self.files {
            out.write_all(&hex(sha256))?;
            out.write_all(b"  ")?;
            out.write_all(name.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Reads what [`Self::write_summary`] wrote; `None` for anything else.
    pub fn from_summary(text: &str) -> Option<Self> {
        let mut manifest = Self::new();
        for line in text.split_terminator('\n') {
            let (digits, name) = line.split_once("  ")?;
            manifest.add(name.to_owned(), bytes(digits)?).ok()?;
        }
        Some(manifest)
    }

    /// The hash of the tree: sha256 of its summary.
    pub fn h1(&self) -> H1 {
        let mut summary = Summary(Sha256::new());
        let _ = self.write_summary(&mut summary); // a hash takes everything
        H1(summary.0.finalize().into())
    }
}

/// A directory hash. Its text is `h1:` and 44 characters of base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct H1([u8; 32]);

/// The text is not a directory hash of the kind `h1:`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a directory hash: expected h1: and 44 characters of base64")]
pub struct H1Error(String);

impl fmt::Display for H1 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "h1:{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for H1 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for H1 {
    type Err = H1Error;

    /// Reads the canonical text only, so that two hashes are equal exactly when their texts are. (cmd/go
    /// compares texts.)
    fn from_str(text: &str) -> Result<Self, H1Error> {
        text.strip_prefix("h1:")
            .and_then(|base64| STANDARD.decode(base64).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| H1Error(text.chars().take(80).collect()))
    }
}

/// Copies all of `reader` to `writer` and gives the sha256 and the number of the bytes that were written.
/// With [`io::sink`] as writer it only hashes.
pub fn copy_hashed(reader: &mut dyn Read, writer: &mut dyn Write) -> io::Result<([u8; 32], u64)> {
    let mut sha256 = Sha256::new();
    let mut total = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => return Ok((sha256.finalize().into(), total)),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = buffer.get(..count).unwrap_or_default();
        sha256.update(bytes);
        writer.write_all(bytes)?;
        total += count as u64;
    }
}

/// A hash as something to write to.
struct Summary(Sha256);

impl Write for Summary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sum that 64 hexadecimal digits spell.
fn bytes(digits: &str) -> Option<[u8; 32]> {
    let mut sum = [0; 32];
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in sum.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(sum)
}

fn hex(bytes: &[u8; 32]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}
