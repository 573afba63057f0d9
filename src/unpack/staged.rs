//! The pipeline: one thread reads the body, one inflates it, one hashes what comes out, one writes it.

use super::batch::{self, BatchSender};
use super::body;
use super::error::{Stopped, UnpackError};
use super::format::Format;
use super::guard::{Guard, Layout};
use super::gzip::Gzip;
use super::hasher::Hasher;
use super::input::Input;
use super::limits::ArchiveLimits;
use super::mtime_check::Early;
use super::stream::{Decoder, Stream};
use super::tar;
use super::tree::TreeRoot;
use super::writer::{Writer, Written};
use super::xz::Xz;
use super::zip;
use crate::verify::Manifest;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

/// A whole tree in a staging directory: every file of its manifest and nothing else. An archive's was written by
/// this room, one that was built in place was read by it.
#[derive(Debug)]
pub struct Staged {
    pub(super) directory: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) archive_sha256: Option<[u8; 32]>,
}

impl Staged {
    /// The directory that holds the tree.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name and the sha256 of every file, as the module calls it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How many files it has.
    pub fn files(&self) -> u64 {
        self.files
    }

    /// Bytes of all files together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The sha256 of a release archive as it came, every byte of it; `None` for a module, which is known by its
    /// files, and for a tree that was built in place.
    pub fn archive_sha256(&self) -> Option<&[u8; 32]> {
        self.archive_sha256.as_ref()
    }
}

/// Unpacks a module zip into the empty directory `into` while `body` is read.
///
/// `prefix` begins every name: `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64/`. An error of the body comes
/// back as [`UnpackError::Read`]. After an error `into` holds a part of the tree, which the caller throws away.
/// Syncing is the commit's part; large files only begin their way to the disk early, which leaves it less to wait for.
pub fn module_zip(
    body: &mut (dyn Read + Send),
    prefix: &str,
    into: &Path,
    limits: &ArchiveLimits,
) -> Result<Staged, UnpackError> {
    let turn = Turn::together();
    let guard = Guard::new(Layout::module(prefix), limits);
    let sums = Sums { body: false, checksums: true };
    let staged = pipeline(body, prefix, into, limits, sums, |input, outlet| {
        zip::ZipReader::new(input, outlet, guard, limits).run()
    });
    drop(turn);
    staged
}

/// Unpacks a release archive into the empty directory `into` while `body` is read, as [`module_zip`] does.
///
/// Every name in it begins with `go/`. `prefix` takes that place in the manifest, which is exactly what the module
/// of the same release has: `go.mod` is called `_go.mod` there, and what lies below `api`, `doc`, `misc`, `test`
/// and `.github` is neither in it nor written, although the same guard reads it.
pub fn archive(
    body: &mut (dyn Read + Send),
    format: Format,
    prefix: &str,
    into: &Path,
    limits: &ArchiveLimits,
) -> Result<Staged, UnpackError> {
    // A dictionary is as large as everything else together, so only one unpacks at a time.
    let turn = if format == Format::TarXz { Turn::alone() } else { Turn::together() };
    let guard = Guard::new(Layout::release(prefix), limits);
    let sums = Sums { body: true, checksums: format == Format::Zip };
    let decoder = match format {
        Format::TarGz => Some(Decoder::Gzip(Gzip::new())),
        Format::TarXz => Some(Decoder::Xz(Xz::new(limits)?)),
        Format::Zip => None,
    };
    let staged = pipeline(body, prefix, into, limits, sums, |input, outlet| match decoder {
        Some(decoder) => {
            tar::TarReader::new(Stream::new(input, decoder, outlet, limits), guard, limits).run()
        }
        None => zip::ZipReader::new(input, outlet, guard, limits).run(),
    });
    drop(turn);
    staged
}

/// A share of this process's memory for unpacking.
enum Turn {
    Together { _share: RwLockReadGuard<'static, ()> },
    Alone { _all: RwLockWriteGuard<'static, ()> },
}

static SHARES: RwLock<()> = RwLock::new(());

impl Turn {
    fn together() -> Self {
        Self::Together { _share: SHARES.read().unwrap_or_else(PoisonError::into_inner) }
    }

    fn alone() -> Self {
        Self::Alone { _all: SHARES.write().unwrap_or_else(PoisonError::into_inner) }
    }
}

/// What is hashed besides every file's sha256.
#[derive(Clone, Copy)]
struct Sums {
    /// Whether the body is hashed as it came.
    body: bool,
    /// Whether the archive has a checksum for each file.
    checksums: bool,
}

/// Runs `read` between the thread that reads the body and those that hash and write.
fn pipeline(
    body: &mut (dyn Read + Send),
    prefix: &str,
    into: &Path,
    limits: &ArchiveLimits,
    sums: Sums,
    read: impl FnOnce(Input, BatchSender) -> Result<(), Stopped>,
) -> Result<Staged, UnpackError> {
    let tree = TreeRoot::open(into)?;
    let (outlet, middle, inlet) = batch::pipe();
    let (feed, windows) = body::feed(sums.body);
    let (read, hashed, written, archive_sha256) = thread::scope(|scope| {
        let writer = Writer::new(tree, prefix, Early::begin(scope));
        let no_thread = |source| UnpackError::Write { path: into.to_owned(), source };
        let thread = |name: &str| thread::Builder::new().name(name.to_owned());
        let writing = thread("write").spawn_scoped(scope, move || writer.run(&inlet)).map_err(no_thread)?;
        let hashing = thread("hash")
            .spawn_scoped(scope, move || Hasher::new(sums.checksums).run(&middle))
            .map_err(no_thread)?;
        let feeding = thread("body").spawn_scoped(scope, move || feed.run(body)).map_err(no_thread)?;
        let read = read(Input::new(windows, limits.archive), outlet);
        let archive_sha256 = feeding.join().unwrap_or_else(|panic| resume_unwind(panic));
        let hashed = hashing.join().unwrap_or_else(|panic| resume_unwind(panic));
        let written = writing.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((read, hashed, written, archive_sha256))
    })?;
    // What comes later in the pipeline lies earlier in the archive.
    let Written { files, bytes } = written?;
    let manifest = hashed?;
    match read {
        Ok(()) => Ok(Staged { directory: into.to_owned(), manifest, files, bytes, archive_sha256 }),
        Err(Stopped::Failed(error)) => Err(error),
        // Cannot happen: who closes the pipeline has failed, and that was told above.
        Err(Stopped::Closed) => Err(UnpackError::Read(io::Error::other("the pipeline was closed"))),
    }
}
