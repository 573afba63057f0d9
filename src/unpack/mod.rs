//! Module zips become staged trees, and installed trees become lists of hashes again.
//!
//! Takes the byte stream of a toolchain module zip and an empty directory; gives a [`Staged`] tree with the
//! manifest of every file that was written, in one pass, while the bytes still arrive. One guard decides
//! what an archive may hold: regular files with plain names below one prefix, described the same way by
//! their local header, their data descriptor and the central directory, with nothing before, between or
//! after them. Everything else is an error and never skipped.
//!
//! Never writes outside the given directory, never follows a link, never takes a mode, an owner or a time
//! from the archive, never holds more than 24 MiB. It does not decide whether the content may be trusted:
//! that is the manifest's `h1` against the log.

mod batch;
mod central;
mod error;
mod hasher;
mod headers;
mod input;
mod installed;
mod limits;
mod mode;
mod names;
mod reader;
mod rules;
mod staged;
mod tree;
mod writer;

pub use error::UnpackError;
pub use installed::{Entry, Kind, installed, manifest};
pub use limits::{Limit, Limits};
pub use mode::is_executable;
pub use staged::{Staged, module_zip};

/// The receipt's name at the root of an installed tree. It belongs to no archive: the guard refuses it there,
/// and a walk over an installed tree leaves it out.
pub const RECEIPT: &str = ".gvmr-receipt.json";

/// The name of the manifest that a commit keeps beside the receipt; it belongs to no archive either.
pub const MANIFEST: &str = ".gvmr-manifest";

/// The store's own files at the root of an installed tree.
const OWN: [&str; 2] = [RECEIPT, MANIFEST];
