//! What sources list: versions, where each is known from, and who gave no list.
//!
//! Takes lists as they come, gives them joined. A list proves nothing: neither that a release exists nor that it does not.

use super::error::Tried;
use gvmr_core::gover::version::Version;
use std::collections::{BTreeMap, BTreeSet};

/// What sources list.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// All versions for the platform, oldest first, each once.
    pub versions: Vec<Version>,
    /// Where each is known from.
    pub known_from: BTreeMap<Version, BTreeSet<KnownFrom>>,
    /// The entries that gave no list.
    pub failed: Vec<Tried>,
    /// The entries whose list is empty. One may still have what it is asked for by name.
    pub empty: Vec<Tried>,
    /// The indexes that could not be read now, of which a copy or the built-in table may serve.
    pub unread: Vec<Tried>,
    /// What else there is to say, one line each.
    pub notes: Vec<String>,
}

/// Where a version is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KnownFrom {
    /// An index of releases, or the copy that is kept of it.
    Index,
    /// The list of a module proxy, which often names only what somebody has fetched.
    Proxy,
    /// A directory of archives.
    Directory,
    /// The table that this program was built with.
    Table,
    /// The checksum database, asked by name.
    Log,
}

impl std::fmt::Display for KnownFrom {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Index => "index",
            Self::Proxy => "proxy",
            Self::Directory => "directory",
            Self::Table => "built-in table",
            Self::Log => "checksum database",
        })
    }
}

impl Listing {
    /// One line for each entry that gave no list and for what else there is to say, without credentials.
    pub fn notes(&self) -> Vec<String> {
        self.failed.iter().map(ToString::to_string).chain(self.notes.iter().cloned()).collect()
    }

    /// Whether a source, or a proxy on the way, refuses the login.
    pub fn is_refused(&self) -> bool {
        self.failed.iter().any(Tried::is_refused)
    }

    /// Whether no source listed anything now.
    pub fn is_unread(&self) -> bool {
        let now = |from: &KnownFrom| match from {
            KnownFrom::Index => self.unread.is_empty(),
            KnownFrom::Proxy | KnownFrom::Directory => true,
            KnownFrom::Table | KnownFrom::Log => false,
        };
        !self.known_from.values().flatten().any(now)
    }

    /// Adds versions that are known from one place; they still have to be sorted.
    pub fn add(&mut self, versions: impl IntoIterator<Item = Version>, from: KnownFrom) {
        for version in versions {
            self.known_from.entry(version.clone()).or_default().insert(from);
            self.versions.push(version);
        }
    }

    /// Adds what another source lists.
    pub(super) fn join(&mut self, other: Self) {
        self.versions.extend(other.versions);
        self.versions.sort();
        self.versions.dedup();
        for (version, known_from) in other.known_from {
            self.known_from.entry(version).or_default().extend(known_from);
        }
        self.failed.extend(other.failed);
        self.empty.extend(other.empty);
        self.unread.extend(other.unread);
        self.notes.extend(other.notes);
    }
}
