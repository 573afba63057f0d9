//! Archives become staged trees, and installed trees become lists of hashes again.
//!
//! Takes the byte stream of a toolchain module zip or of a release archive (tar.gz, tar.xz, zip) and an empty
//! directory; gives a [`Staged`] tree with the manifest of every file that was written, in one pass, while the bytes
//! still arrive. One guard decides what an archive of any format may hold: regular files with plain names below one
//! root, and in a tar their directories. Zips must say everything of a file the same way in their local header, their
//! data descriptor and the central directory; tars must be sound up to their end marker, with nothing but zeros
//! between and after contents; compressed data must be one stream whose checksum holds. Everything else is an error
//! and never skipped.
//!
//! A release archive gives the manifest of the module of the same release: the directories that no log entry covers
//! go through the guard and are dropped, and each `go.mod` has its name there. A tree that was built in place gives
//! one too, and so does the copy of one that somebody else installed, of which only that is taken that a release can hold.
//!
//! Never writes outside the given directory, never follows a link, never takes a mode, an owner or a time
//! from the archive, never holds more than 24 MiB (and 40 MiB for the dictionary of an xz). It does not decide
//! whether the content may be trusted: that is the manifest's `h1` against the log, or the archive's sha256 against
//! who published it.

mod batch;
mod body;
mod error;
mod format;
mod guard;
mod gzip;
mod hasher;
mod import_copy;
mod input;
mod installed;
mod limits;
mod local_build;
mod mode;
mod mtime_check;
mod names;
mod rules;
mod shape;
mod staged;
mod stream;
mod tar;
mod tree;
mod writer;
mod xz;
mod zip;

pub use error::{Limit, UnpackError};
pub use format::Format;
pub use import_copy::Part;
pub use installed::{EntryKind, InstalledEntry, installed, manifest};
pub use limits::ArchiveLimits;
pub use local_build::built;
pub use mode::is_executable;
pub use shape::Shape;
pub use staged::{Staged, archive, module_zip};

/// The receipt's name at the root of an installed tree. It belongs to no archive: the guard refuses it there,
/// and a walk over an installed tree leaves it out.
pub const RECEIPT: &str = ".gvmr-receipt.json";

/// The name of the manifest that a commit keeps beside the receipt; it belongs to no archive either.
pub const MANIFEST: &str = ".gvmr-manifest";

/// The store's own files at the root of an installed tree.
const OWN: [&str; 2] = [RECEIPT, MANIFEST];

/// Top-level directories that release archives hold and modules do not, so that no log entry covers them.
const UNLOGGED: [&str; 5] = ["api", "doc", "misc", "test", ".github"];
