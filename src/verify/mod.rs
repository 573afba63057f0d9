//! Proves that a tree is what Go's transparency log recorded.
//!
//! Takes a [`Manifest`] of what was written or found on disk, and a checksum [`Database`] that is reached
//! through a [`Remote`]. Guarantees that a [`LoggedSum`] stands in a record of the log, below a tree head that the log's
//! key signed and that is of one history with the newest head seen before; and that a [`Verified`] says what
//! proves its tree: the log, the table of known releases that this program was built with, or something
//! weaker that the user named. Never reads the environment, never knows the network, never believes its own cache.

mod cache;
mod client;
mod database;
mod error;
mod escape;
mod foreign;
mod h1;
mod head;
mod known;
pub mod note;
mod proof;
pub mod record;
mod source;
mod tiles;
pub mod tlog;

pub use client::{LogClient, Warning};
pub use database::{DEFAULT_SETTING, Database, SettingError};
pub use error::{Fork, LogError, TAMPERED};
pub use h1::{H1, H1Error, Manifest, ManifestError, copy_hashed};
pub use head::TreeHead;
pub use known::{known_since, known_sum, known_versions};
pub use proof::{Proof, Sha256Sum, Verified, accept_unlogged, built_here, prove, prove_indexed, prove_known};
pub use source::{Remote, RemoteError};

/// Longest answer of a remote that is looked at, in bytes. Honest lookups have some hundred, tiles 8192.
pub const MAX_ANSWER: usize = 2 * 1024 * 1024;

/// A sum that the log recorded, proved by [`LogClient::lookup`], which alone can make one.
#[derive(Debug)]
pub struct LoggedSum {
    module: String,
    version: String,
    h1: H1,
    log: String,
    record: u64,
    tree_size: u64,
    needed_network: bool,
    warnings: Vec<Warning>,
}

impl LoggedSum {
    /// The module's path: `golang.org/toolchain`.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The module's version: `v0.0.1-go1.22.10.linux-amd64`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The hash of the module's zip, which is that of its files.
    pub fn h1(&self) -> H1 {
        self.h1
    }

    /// The name of the log: `sum.golang.org`.
    pub fn log(&self) -> &str {
        &self.log
    }

    /// The record's position in the log, from 0.
    pub fn record(&self) -> u64 {
        self.record
    }

    /// How many records the tree held in which the record was proved.
    pub fn tree_size(&self) -> u64 {
        self.tree_size
    }

    /// Whether the remote was asked; `false` if the cache had all that the proof needs.
    pub fn needed_network(&self) -> bool {
        self.needed_network
    }

    /// What the user should hear although the proof holds.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// The tree is not what the log recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{module}: {log} recorded {expected}, got {got} from {files} files")]
pub struct Mismatch {
    /// The module and its version: `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64`.
    pub module: String,
    /// The name of the log.
    pub log: String,
    /// What the log recorded.
    pub expected: H1,
    /// What the tree has.
    pub got: H1,
    /// How many files the tree has.
    pub files: usize,
}
