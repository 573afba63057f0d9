//! The middle of the pipeline: hashes and checks the unpacked bytes on their way to the files.
//!
//! It has its own thread, since one that did this and created the files too would be the slowest of all.

use super::batch::{Middle, Piece};
use super::error::UnpackError;
use crate::verify::Manifest;
use flate2::Crc;
use sha2::{Digest as _, Sha256};

pub(super) struct Hasher {
    /// Whether the archive has a checksum for each file.
    checked: bool,
    open: Option<Sums>,
    manifest: Manifest,
}

/// The sums of the file that the next piece belongs to.
struct Sums {
    name: String,
    sha256: Sha256,
    crc: Option<Crc>,
}

impl Hasher {
    /// `checked` says whether the archive has a checksum for each file.
    pub(super) fn new(checked: bool) -> Self {
        Self { checked, open: None, manifest: Manifest::new() }
    }

    /// Hashes until the reader has finished or failed, or the writer has gone, whose own result says why.
    pub(super) fn run(mut self, middle: &Middle) -> Result<Manifest, UnpackError> {
        for batch in &middle.full {
            let (pieces, bytes) = batch.look();
            for piece in pieces {
                self.hash(piece, bytes)?;
            }
            if middle.hashed.send(batch).is_err() {
                break;
            }
        }
        Ok(self.manifest)
    }

    fn hash(&mut self, piece: &Piece, batch: &[u8]) -> Result<(), UnpackError> {
        let mut sums = match (&piece.begins, self.open.take()) {
            (Some(name), _) => {
                let crc = self.checked.then(Crc::new);
                Sums { name: name.clone(), sha256: Sha256::new(), crc }
            }
            (None, Some(open)) => open,
            (None, None) => return Ok(()), // cannot happen: pieces come in order
        };
        let bytes = batch.get(piece.range.clone()).unwrap_or_default();
        sums.sha256.update(bytes);
        if let Some(crc) = &mut sums.crc {
            crc.update(bytes);
        }
        if piece.last {
            return self.end(sums, piece.crc);
        }
        self.open = Some(sums);
        Ok(())
    }

    fn end(&mut self, sums: Sums, crc: Option<u32>) -> Result<(), UnpackError> {
        let got = sums.crc.map(|crc| crc.sum());
        if got != crc {
            let hex = |crc: Option<u32>| crc.map_or_else(|| "none".to_owned(), |crc| format!("{crc:08x}"));
            let (expected, got) = (hex(crc), hex(got));
            return Err(UnpackError::malformed(sums.name.as_bytes(), "checksum", &expected, &got));
        }
        let refused = UnpackError::refused(sums.name.as_bytes(), "two files have the same name");
        self.manifest.add(sums.name, sums.sha256.finalize().into()).map_err(|_| refused)
    }
}
