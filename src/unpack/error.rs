//! Why an archive did not become a tree.

use super::batch::Closed;
use crate::verify::TAMPERED;
use gvmr_core::sys::printable;
use std::fmt::{self, Display};
use std::io;
use std::path::PathBuf;

/// Why [`module_zip`](super::module_zip), [`archive`](super::archive) or [`built`](super::built) gave up. Text that comes from the archive is escaped and cut, so that
/// it can be printed anywhere.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The body failed while it was read: a matter of the network or the file it comes from.
    #[error("cannot read the archive")]
    Read(#[source] io::Error),
    /// The body ended before the archive did.
    #[error("the archive is truncated after {offset} bytes")]
    Truncated {
        /// Bytes that were there.
        offset: u64,
    },
    /// The staged tree cannot be written: a full disk, a missing permission, a failing device.
    #[error("cannot write {}", printable::path(path))]
    Write {
        /// What was being written, below the staging directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A file of a tree that was built in place cannot be read.
    #[error("cannot read {}", printable::path(path))]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The archive contradicts itself or is none of the kind that Go and common packers write.
    #[error("{}: {what} of {entry}: expected {expected}, got {got}", if is_packers(what) { REPACKED } else { "malformed archive" })]
    Malformed {
        /// The entry's name, or a part of the archive such as `end record`.
        entry: String,
        /// The field or part that is wrong.
        what: &'static str,
        /// What it had to be.
        expected: String,
        /// What it was.
        got: String,
    },
    /// The archive holds an entry that no toolchain may hold.
    #[error("refused {entry}: {rule}")]
    Refused {
        /// The entry's name.
        entry: String,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// The archive is larger than anything that is a toolchain.
    #[error("{which} exceeds the limit of {limit}")]
    Limit {
        /// What was exceeded.
        which: Limit,
        /// The limit, in the unit that [`Limit`] names.
        limit: u64,
    },
}

const REPACKED: &str = "the zip is not as Go packs it";

/// Whether packers differ in this field of a zip, without meaning other files by it.
fn is_packers(what: &str) -> bool {
    const FIELDS: [&str; 6] = [
        "version needed",
        "flags",
        "extra field",
        "length of the extra field",
        "origin and attributes",
        "internal attributes",
    ];
    FIELDS.contains(&what)
}

/// The cap that an archive ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each is the field of `ArchiveLimits` of the same name
pub enum Limit {
    Archive,
    Unpacked,
    Entries,
    Directories,
    Names,
    Path,
    Depth,
    Ratio,
    Decoder,
}

impl Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Archive => "the size of the archive in bytes",
            Self::Unpacked => "the size of all files in bytes",
            Self::Entries => "the number of files",
            Self::Directories => "the number of directories",
            Self::Names => "the size of all names in bytes",
            Self::Path => "the length of a name in bytes",
            Self::Depth => "the depth of a name in elements",
            Self::Ratio => "the ratio of unpacked to packed bytes",
            Self::Decoder => "the memory that the decoder needs in bytes",
        })
    }
}

impl UnpackError {
    /// One next step; `None` where the bytes did not arrive or the tree could not be written: who chose the source and
    /// the place knows better.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Read(_) | Self::Write { .. } => return None,
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "make it readable for you, or run gvmr as its owner"
            }
            Self::Unreadable { .. } => "check it and its file system",
            Self::Malformed { .. } if self.is_repacked() => {
                "its files may be Go's own, but gvmr reads only zips as Go packs them; use another source"
            }
            Self::Truncated { .. } | Self::Malformed { .. } | Self::Refused { .. } | Self::Limit { .. } => {
                TAMPERED
            }
        };
        Some(hint.to_owned())
    }

    /// Whether the archive may be whole, and only packed by another program than Go's.
    pub fn is_repacked(&self) -> bool {
        matches!(self, Self::Malformed { what, .. } if is_packers(what))
    }

    pub(super) fn malformed(
        entry: &[u8],
        what: &'static str,
        expected: &dyn Display,
        got: &dyn Display,
    ) -> Self {
        let (expected, got) = (expected.to_string(), got.to_string());
        Self::Malformed { entry: printable(entry), what, expected, got }
    }

    /// An error where `got` is not `expected`.
    pub(super) fn expect<T: Copy + PartialEq + Display>(
        entry: &[u8],
        what: &'static str,
        expected: T,
        got: T,
    ) -> Result<(), Self> {
        if expected == got { Ok(()) } else { Err(Self::malformed(entry, what, &expected, &got)) }
    }

    pub(super) fn refused(entry: &[u8], rule: &'static str) -> Self {
        Self::Refused { entry: printable(entry), rule }
    }
}

/// Why the reader of an archive stopped.
pub(super) enum Stopped {
    Failed(UnpackError),
    /// Who comes next stopped first and knows why.
    Closed,
}

impl From<UnpackError> for Stopped {
    fn from(error: UnpackError) -> Self {
        Self::Failed(error)
    }
}

impl From<Closed> for Stopped {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

/// The longest name shown; real ones stay below 170 bytes.
const MAX_LENGTH: usize = 200;

/// `name` with everything escaped that could move a terminal's cursor, cut to a readable length.
fn printable(name: &[u8]) -> String {
    let shown = name.get(..MAX_LENGTH).unwrap_or(name);
    let mut text = shown.escape_ascii().to_string();
    if shown.len() < name.len() {
        text.push_str("...");
    }
    text
}
