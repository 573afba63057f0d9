//! What a commit writes down beside the tree: where it came from and what proved it.

use super::error::StoreError;
use crate::unpack::RECEIPT;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The longest receipt that is read, in bytes; written ones have some 500.
const LONGEST: u64 = 64 << 10;

/// The facts of one installation, kept as JSON in the tree's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The version without `go`: `1.23.4`.
    pub version: String,
    /// What the toolchain runs on: `linux-amd64`.
    pub platform: String,
    /// Where the bytes came from, without credentials.
    pub source: String,
    /// The directory hash that the log recorded: `h1:...`.
    pub h1: String,
    /// The log's name: `sum.golang.org`.
    pub log: String,
    /// The record's position in the log.
    pub record: u64,
    /// How many records the log had when it was asked.
    pub tree_size: u64,
    /// When the tree was committed, RFC 3339 in UTC.
    pub time: String,
    /// The version of gvmr that committed it.
    pub gvmr: String,
    /// How many files the tree has, without the receipt.
    pub files: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Receipt {
    /// Reads the receipt of an installed tree; `None` where it has none.
    pub fn read(goroot: &Path) -> Result<Option<Self>, StoreError> {
        let path = goroot.join(RECEIPT);
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let file = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(&path);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("read", &path, error)),
        };
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Err(StoreError::corrupt(&path, "not a regular file"));
        }
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text).map_err(|error| StoreError::io("read", &path, error))?;
        let parsed = serde_json::from_slice(&text);
        parsed.map(Some).map_err(|error| StoreError::corrupt(&path, format!("not a receipt: {error}")))
    }

    /// Who proved the tree and where it came from, in one line.
    pub fn proof(&self) -> String {
        format!("proved by {} (record {} of {}), from {}", self.log, self.record, self.tree_size, self.source)
    }

    /// The receipt as it is written: JSON that people can read.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}
