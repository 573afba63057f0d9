//! The receipt beside an installed tree: where it came from and what proved it. JSON; reading and writing it.

use super::error::StoreError;
use crate::unpack::RECEIPT;
use gvmr_core::sys::printable;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The longest receipt that is read, in bytes; written ones have some 500.
const MAX_LENGTH: u64 = 64 << 10;

/// What the source of a tree begins with that another tool had installed; its directory follows.
pub const IMPORTED: &str = "imported from ";

/// What proved an installed tree, from strong to weak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProofKind {
    /// The transparency log recorded this tree.
    #[default]
    Log,
    /// It came out of an archive of the table that the program was built with.
    Known,
    /// It came out of an archive of an index that the user named.
    Index,
    /// It was built here from proved sources.
    Built,
    /// Nothing: the user allowed that.
    None,
}

impl ProofKind {
    /// In a word; [`Receipt::summary`] says what proved it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Log => "proved",
            Self::Known => "known",
            Self::Index => "index",
            Self::Built => "built",
            Self::None => "NOT PROVED",
        }
    }

    /// Whether anything proved it.
    pub fn is_proved(self) -> bool {
        self != Self::None
    }
}

/// The facts of one installation, kept as JSON in the tree's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The version without `go`: `1.23.4`.
    pub version: String,
    /// What the toolchain runs on: `linux-amd64`.
    pub platform: String,
    /// Where the bytes came from, without credentials; of a tree that another tool had installed, [`IMPORTED`] and where.
    pub source: String,
    /// The directory hash of the tree: `h1:...`.
    pub h1: String,
    /// What proved it.
    #[serde(default)]
    pub proof: ProofKind,
    /// The log's name: `sum.golang.org`. Of a tree that was built here, this and the next two are about its sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The record's position in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// How many records the log had when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_size: Option<u64>,
    /// The index whose sha256 the archive has, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// The sha256 of the archive that the tree came out of, in hexadecimal digits; modules have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The directory hash of the sources of a tree that was built here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources_h1: Option<String>,
    /// The toolchain that built it here: `go1.22.6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<String>,
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
        file.take(MAX_LENGTH).read_to_end(&mut text).map_err(|error| StoreError::io("read", &path, error))?;
        let parsed = serde_json::from_slice(&text).map(Self::printable);
        parsed.map(Some).map_err(|error| StoreError::corrupt(&path, format!("not a receipt: {error}")))
    }

    /// The same with text that may be shown: who may write the tree may write this.
    fn printable(mut self) -> Self {
        let own = [&mut self.version, &mut self.platform, &mut self.source, &mut self.h1, &mut self.time];
        let more =
            [&mut self.log, &mut self.index, &mut self.sha256, &mut self.sources_h1, &mut self.bootstrap];
        for text in own.into_iter().chain(more.into_iter().flatten()).chain([&mut self.gvmr]) {
            if text.chars().any(printable::is_unprintable) {
                *text = printable::text(text);
            }
        }
        self
    }

    /// The day of the commit: `2026-11-29`.
    pub fn date(&self) -> &str {
        self.time.get(..10).unwrap_or(&self.time)
    }

    /// Where the bytes came from, in a word: the server's host, `file`, or `import`.
    pub fn origin(&self) -> &str {
        if self.source.starts_with(IMPORTED) {
            return "import";
        }
        match self.source.split_once("://") {
            None | Some(("file", _)) => "file",
            Some((_, rest)) => {
                let authority = rest.split('/').next().unwrap_or(rest);
                authority.rsplit('@').next().unwrap_or(authority)
            }
        }
    }

    /// What proved the tree and where it came from, in one line.
    pub fn summary(&self) -> String {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let record = match (&self.log, self.record, self.tree_size) {
            (Some(log), Some(record), Some(size)) => format!("{log} (record {record} of {size})"),
            _ => "the built-in table of known releases".to_owned(),
        };
        let source = &self.source;
        match self.proof {
            ProofKind::Log if source.starts_with(IMPORTED) => format!("proved by {record}, {source}"),
            ProofKind::Log | ProofKind::Known => format!("proved by {record}, from {source}"),
            ProofKind::Index => format!("sha256 from the index {}, from {source}", text(&self.index)),
            ProofKind::Built => {
                format!(
                    "built here with {}, its sources proved by {record}, from {source}",
                    text(&self.bootstrap)
                )
            }
            ProofKind::None => format!("NOT PROVED (--allow-unlogged), from {source}"),
        }
    }

    /// The receipt as it is written: JSON that people can read.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}
