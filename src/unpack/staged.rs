//! The pipeline: one thread reads and inflates, another hashes and writes.

use super::batch;
use super::error::UnpackError;
use super::hasher::Hasher;
use super::input::Input;
use super::limits::Limits;
use super::reader::{Reader, Stop};
use super::tree::Tree;
use super::writer::{Writer, Written};
use crate::verify::Manifest;
use std::fs::File;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;

/// A whole tree in a staging directory, written by this room: every file of the archive and nothing else.
#[derive(Debug)]
pub struct Staged {
    directory: PathBuf,
    manifest: Manifest,
    files: u64,
    bytes: u64,
}

impl Staged {
    /// The directory that holds the tree.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name and the sha256 of every file, as the archive called it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How many files were written.
    pub fn files(&self) -> u64 {
        self.files
    }

    /// Bytes of all files together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Unpacks a module zip into the empty directory `into` while `body` is read.
///
/// `prefix` begins every name: `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64/`. An error of the body comes
/// back as [`UnpackError::Read`]. After an error `into` holds a part of the tree, which the caller throws away.
/// Syncing is the commit's part; large files only begin their way to the disk early, so that it has less to wait for.
pub fn module_zip(
    body: &mut (dyn Read + Send),
    prefix: &str,
    into: &Path,
    limits: &Limits,
) -> Result<Staged, UnpackError> {
    let (large, early) = channel::<File>();
    let writer = Writer::new(Tree::open(into)?, prefix, large);
    let (outlet, middle, inlet) = batch::pipe();
    let reader = Reader::new(Input::new(body, limits.archive), outlet, prefix, limits);
    let (read, hashed, written) = thread::scope(|scope| {
        // Where no thread can be had, the commit's own sync does all of it.
        let _ = thread::Builder::new().name("sync".to_owned()).spawn_scoped(scope, move || {
            for file in early {
                let _ = file.sync_data(); // a failure shows again at the commit
            }
        });
        let no_thread = |source| UnpackError::Write { path: into.to_owned(), source };
        let thread = |name: &str| thread::Builder::new().name(name.to_owned());
        let writing = thread("write").spawn_scoped(scope, move || writer.run(&inlet)).map_err(no_thread)?;
        let hashing =
            thread("hash").spawn_scoped(scope, move || Hasher::default().run(&middle)).map_err(no_thread)?;
        let read = reader.run();
        let hashed = hashing.join().unwrap_or_else(|panic| resume_unwind(panic));
        let written = writing.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((read, hashed, written))
    })?;
    // What comes later in the pipeline lies earlier in the archive.
    let Written { files, bytes } = written?;
    let manifest = hashed?;
    match read {
        Ok(()) => Ok(Staged { directory: into.to_owned(), manifest, files, bytes }),
        Err(Stop::Failed(error)) => Err(error),
        // Cannot happen: who closes the pipeline has failed, and that was told above.
        Err(Stop::Closed) => Err(UnpackError::Read(io::Error::other("the pipeline was closed"))),
    }
}
