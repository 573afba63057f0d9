//! The end of the pipeline: takes batches, creates the files and writes them.

use super::batch::{BatchReceiver, Piece};
use super::error::UnpackError;
use super::mtime_check::Early;
use super::tree::TreeRoot;
use std::fs::File;
use std::io::Write as _;

/// What was written.
pub(super) struct Written {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

pub(super) struct Writer<'a> {
    tree: TreeRoot,
    early: Early,
    prefix: &'a str,
    open: Option<OpenFile>,
    written: Written,
}

/// The file that the next piece belongs to.
struct OpenFile {
    name: String,
    file: File,
    bytes: u64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(tree: TreeRoot, prefix: &'a str, early: Early) -> Self {
        let written = Written { files: 0, bytes: 0 };
        Self { tree, early, prefix, open: None, written }
    }

    /// Writes until the reader has finished or failed.
    pub(super) fn run(mut self, inlet: &BatchReceiver) -> Result<Written, UnpackError> {
        for mut batch in &inlet.hashed {
            let (pieces, bytes) = batch.drain();
            for piece in pieces {
                self.write(piece, bytes)?;
            }
            let _ = inlet.empty.send(batch); // a reader that has gone needs it no more
        }
        Ok(self.written)
    }

    fn write(&mut self, piece: Piece, batch: &[u8]) -> Result<(), UnpackError> {
        let bytes = batch.get(piece.range).unwrap_or_default();
        let mut open = match (piece.begins, self.open.take()) {
            (Some(name), _) => self.begin(name)?,
            (None, Some(open)) => open,
            (None, None) => return Ok(()), // cannot happen: pieces come in order
        };
        if !bytes.is_empty() {
            let written = open.file.write_all(bytes);
            written.map_err(|error| self.tree.failed(on_disk(self.below(&open.name)).as_str(), error))?;
            open.bytes += bytes.len() as u64;
        }
        if piece.last {
            self.end(open);
        } else {
            self.open = Some(open);
        }
        Ok(())
    }

    fn begin(&mut self, name: String) -> Result<OpenFile, UnpackError> {
        let path = on_disk(self.below(&name));
        let file = self.tree.create(&path)?;
        Ok(OpenFile { name, file, bytes: 0 })
    }

    fn end(&mut self, open: OpenFile) {
        self.written.files += 1;
        self.written.bytes += open.bytes;
        self.early.take(open.file, open.bytes);
    }

    fn below<'n>(&self, name: &'n str) -> &'n str {
        name.strip_prefix(self.prefix).unwrap_or(name)
    }
}

/// Where an entry goes: modules rename every `go.mod` to `_go.mod`, and the tree takes that back.
pub(super) fn on_disk(name: &str) -> String {
    match name.strip_suffix("_go.mod") {
        Some(directory) if directory.is_empty() || directory.ends_with('/') => format!("{directory}go.mod"),
        _ => name.to_owned(),
    }
}
