//! What can go wrong between asking the log and holding a proved sum.

use std::error::Error;
use std::path::PathBuf;

use super::database::SettingError;
use super::note::NoteError;
use super::record::RecordError;
use super::tlog::Hash;

/// Why the log did not prove a module. `at` is the database's name and the path asked for:
/// `sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64`.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `GOSUMDB` names no usable database.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The request itself is malformed; nothing was asked.
    #[error("{module:?} {version:?} is not a module path and version")]
    InvalidModule {
        /// The module path as given.
        module: String,
        /// The version as given.
        version: String,
    },
    /// The log, or who serves it, says that it has no such version (404 or 410).
    #[error("{at}: not in the checksum database: {source}")]
    Absent {
        /// Name and path.
        at: String,
        /// The transport's own words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer did not arrive.
    #[error("cannot read the checksum database: {source}")]
    Remote {
        /// Name and path.
        at: String,
        /// The transport's own words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// What came is no answer of a log: an error document, or nothing.
    #[error("{at}: this is not an answer of a checksum database: {instead}")]
    NotAnAnswer {
        /// Name and path, and who answered.
        at: String,
        /// What it is instead.
        instead: &'static str,
    },
    /// The answer is longer than an honest one can be.
    #[error("{at}: the answer has {got} bytes, expected at most {limit}")]
    TooLong {
        /// Name and path.
        at: String,
        /// The limit in bytes.
        limit: usize,
        /// The answer's length in bytes.
        got: usize,
    },
    /// The answer's record is malformed.
    #[error("{at}: {source}")]
    BadRecord {
        /// Name and path.
        at: String,
        /// What is wrong with it.
        source: RecordError,
    },
    /// The answer's tree head is malformed, or the trusted key did not sign it.
    #[error("{at}: tree head: {source}")]
    BadNote {
        /// Name and path.
        at: String,
        /// What is wrong with it.
        source: NoteError,
    },
    /// The answer's tree head claims the trusted key and is not signed by it: it was forged or damaged.
    #[error("{at}: tree head: invalid signature for key {key}")]
    BadSignature {
        /// Name and path.
        at: String,
        /// The trusted key, as `NAME+HASH`.
        key: String,
    },
    /// The record is in the log, but it is about something else: it has no sum for the asked module.
    #[error("{at}: record {id} has no h1: line for {module} {version}")]
    RecordMissing {
        /// Name and path.
        at: String,
        /// The record's position in the log.
        id: u64,
        /// The module that was asked for.
        module: String,
        /// The version that was asked for.
        version: String,
    },
    /// The record claims a place that the newest known tree does not have.
    #[error("{at}: record {id} is not in the tree of {size} records")]
    BeyondTree {
        /// Name and path.
        at: String,
        /// The place it claims.
        id: u64,
        /// Records in the newest known tree.
        size: u64,
    },
    /// The log holds another record at the place that this record claims.
    #[error("{at}: the log's leaf {id} is {expected} (tree of {size} records), the record's hash is {got}")]
    NotInLog {
        /// Name and path.
        at: String,
        /// The place it claims.
        id: u64,
        /// Records in the tree in which it was looked for.
        size: u64,
        /// The leaf in the log.
        expected: Hash,
        /// The hash of the record that came.
        got: Hash,
    },
    /// A tile is not of its exact length.
    #[error("{at}: the tile has {got} bytes, expected {expected}")]
    TileLength {
        /// Name and path.
        at: String,
        /// 32 bytes for each of its hashes.
        expected: usize,
        /// The length that came.
        got: usize,
    },
    /// A tile, or one of those at the tree's right edge, is not a part of the signed tree.
    #[error(
        "{at}: the tile does not belong to the signed tree of {size} records: expected {expected}, got {got}"
    )]
    TileMismatch {
        /// Name and path; several paths if any one of them may be the wrong one.
        at: String,
        /// Records in the signed tree.
        size: u64,
        /// What the signed tree says.
        expected: Hash,
        /// What the tile adds up to.
        got: Hash,
    },
    /// Two signed heads that cannot both be of one log.
    #[error(transparent)]
    Fork(Box<Fork>),
}

/// Proof that the log, or the holder of its key, showed different histories: both heads are validly
/// signed, and the newer tree does not contain the older one.
#[derive(Debug, thiserror::Error)]
#[error(
    "{log}: SECURITY: two signed tree heads contradict each other: the head of {older_size} records \
     says {expected}, the head of {newer_size} records says {got} for the same records"
)]
pub struct Fork {
    /// The database's name.
    pub log: String,
    /// Records in the older tree.
    pub older_size: u64,
    /// Records in the newer tree.
    pub newer_size: u64,
    /// The older tree's hash, as signed.
    pub expected: Hash,
    /// The hash over the same records in the newer tree.
    pub got: Hash,
    /// The older signed note.
    pub older: Vec<u8>,
    /// The newer signed note.
    pub newer: Vec<u8>,
    /// Where both notes were written down; `None` if that failed.
    pub evidence: Option<PathBuf>,
}

/// The next step where a source sent what it should not.
pub const TAMPERED: &str = "do not use this source; try another, and report it to its operator";

impl LogError {
    pub(super) fn note(at: String, source: NoteError) -> Self {
        match source {
            NoteError::BadSignature { key } => Self::BadSignature { at, key },
            source => Self::BadNote { at, source },
        }
    }

    /// One next step; `None` where no answer arrived, which is the transport's to explain.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Remote { .. } => return None,
            Self::NotAnAnswer { .. } => {
                "ask another proxy (GOPROXY), or the proxy's operator why it does not relay the checksum database"
            }
            Self::Absent { .. } => "ask another proxy (GOPROXY), or try again later",
            Self::InvalidModule { .. } => "run `gvmr ls-remote` to list the releases",
            Self::Setting(SettingError::Disabled) => {
                "unset GOSUMDB; without it only archives of known releases can be verified"
            }
            Self::Setting(_) => "unset GOSUMDB, or set it to a checksum database",
            Self::Fork(_) => "keep both tree heads: they prove that the log presented inconsistent histories",
            Self::TooLong { .. }
            | Self::BadRecord { .. }
            | Self::BadNote { .. }
            | Self::BadSignature { .. }
            | Self::RecordMissing { .. }
            | Self::BeyondTree { .. }
            | Self::NotInLog { .. }
            | Self::TileLength { .. }
            | Self::TileMismatch { .. } => TAMPERED,
        };
        Some(hint.to_owned())
    }

    /// Whether the lookup's own bytes are at fault. If they came from the cache, the log may answer better.
    pub(super) fn blames_answer(&self) -> bool {
        match self {
            Self::TooLong { .. }
            | Self::NotAnAnswer { .. }
            | Self::BadRecord { .. }
            | Self::BadNote { .. }
            | Self::BadSignature { .. }
            | Self::RecordMissing { .. }
            | Self::BeyondTree { .. }
            | Self::NotInLog { .. } => true,
            Self::Setting(_)
            | Self::InvalidModule { .. }
            | Self::Absent { .. }
            | Self::Remote { .. }
            | Self::TileLength { .. }
            | Self::TileMismatch { .. }
            | Self::Fork(_) => false,
        }
    }
}
