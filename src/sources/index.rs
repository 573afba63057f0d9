//! The release index: which archives exist, with the sha256 that each should have.
//!
//! Takes the address of a list as `https://go.dev/dl/?mode=json&include=all` gives it, gives the linux and source
//! archives. Guarantees that a sum that this program was built with, or that the same index gave before, stays in
//! force, that a release once listed stays listed, and that every contradiction is reported; that an index which cannot be
//! read now is served from the copy kept of it, with the reason and its age. Names obey a grammar of their own, so none
//! leads elsewhere. Never decides that bytes are what they should be, never keeps more than a few megabytes.

mod error;
mod kept;
mod listing;
mod names;
mod notes;
mod releases;
mod remembered;
mod settle;

pub use error::IndexError;
pub use names::Naming;
pub use releases::IndexFile;
pub use remembered::{Remembered, forget as forget_indexes};

use crate::net::{Changed, Client, RedactedUrl, Url, Validators};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use kept::Kept;
use listing::ParsedIndex;
use releases::Releases;
use settle::Settled;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The longest index that is read, in bytes; the real one has two million.
const MAX_LENGTH: u64 = 16 << 20;

/// What an index lists, and what it listed before.
#[derive(Clone, Debug)]
pub struct Index {
    url: RedactedUrl,
    naming: Naming,
    releases: Releases,
    withdrawn: BTreeSet<Version>,
    notes: Vec<String>,
    stale: Option<Stale>,
    copy: PathBuf,
    contested: BTreeMap<String, Option<[u8; 32]>>,
}

/// That the kept copy serves instead of the index.
#[derive(Clone, Debug)]
struct Stale {
    failure: IndexError,
    age: Option<Duration>,
}

/// What the copy that is kept of Go's own index lists.
#[derive(Clone, Debug)]
pub struct KeptReleases {
    /// Those that it lists for any platform, oldest first.
    pub versions: Vec<Version>,
    /// When the server was known to say so.
    pub checked: SystemTime,
}

/// The copy of the index at `url`; `None` where there is none, or a damaged one. Asks no server.
pub fn kept_releases(url: &Url, cache: &Path) -> Option<KeptReleases> {
    let kept = Kept::read(&kept::path(cache, url, Naming::Official), Naming::Official).ok()??;
    let kept = kept.checked_against_the_table();
    let versions = kept.releases.versions().into_iter().cloned().collect();
    Some(KeptReleases { versions, checked: kept.checked })
}

impl Index {
    /// Reads the index at `url` (`https`, `http` or `file`). A copy of what it says is kept in the directory `cache`, and
    /// serves, with its age, when the index cannot be read. The error is for an index that cannot be read and was never.
    pub fn read(client: &Client, url: &Url, cache: &Path, naming: Naming) -> Result<Self, IndexError> {
        let copy = kept::path(cache, url, naming);
        let (kept, damage) = match Kept::read(&copy, naming) {
            Ok(kept) => (kept, None),
            Err(damage) => (None, Some(format!("ignoring {}: it {damage}", printable::path(&copy)))),
        };
        let shown = RedactedUrl::of(url);
        // Contradictions are kept as words alone: while there are any, the whole index is read again.
        let comparable =
            kept.as_ref().filter(|kept| !kept.notes.iter().any(|note| settle::is_contradiction(note)));
        let earlier = comparable.map(|kept| kept.validators.clone()).unwrap_or_default();
        let mut contested = BTreeMap::new();
        let (mut current, stale) = match (ask(client, url, &earlier, naming), kept) {
            (Ok(Some((listing, validators))), kept) => {
                let earlier = kept.map(|kept| kept.releases).unwrap_or_default();
                let settled = settle::settle(listing, earlier, &shown, &copy);
                let Settled { releases, withdrawn, notes, contested: other } = settled;
                contested = other;
                (Kept { releases, withdrawn, notes, validators, checked: SystemTime::now() }, None)
            }
            (Ok(None), Some(kept)) => (kept.checked_again(), None),
            (Ok(None), None) => return Err(IndexError::Empty { url: shown, refused: Vec::new() }),
            (Err(failure), Some(kept)) => {
                let age = kept.age(SystemTime::now());
                (kept.checked_against_the_table(), Some(Stale { failure, age }))
            }
            (Err(failure), None) => return Err(failure),
        };
        let unkept = if stale.is_none() { current.write(&copy).err() } else { None };
        current.notes.extend(damage.into_iter().chain(unkept));
        let Kept { releases, withdrawn, notes, .. } = current;
        Ok(Self { url: shown, naming, releases, withdrawn, notes, stale, copy, contested })
    }

    /// The releases with a linux archive for a GOARCH in the copy that is kept of the index at `url`, oldest first, those
    /// that the index has withdrawn left out. Asks nobody and writes nothing; none where there is no whole copy.
    pub fn kept_versions(url: &Url, cache: &Path, naming: Naming, goarch: &str) -> Vec<Version> {
        let copy = kept::path(cache, url, naming);
        let Ok(Some(kept)) = Kept::read(&copy, naming) else { return Vec::new() };
        let Kept { releases, withdrawn, notes, .. } = kept;
        let (url, contested) = (RedactedUrl::of(url), BTreeMap::new());
        let index = Self { url, naming, releases, withdrawn, notes, stale: None, copy, contested };
        let listed = index.versions(goarch).into_iter();
        listed.filter(|version| !index.has_withdrawn(version)).collect()
    }

    /// The releases with a linux archive for a GOARCH, pre-releases included, oldest first.
    pub fn versions(&self, goarch: &str) -> Vec<Version> {
        let listed = self.releases.versions().into_iter();
        listed.filter(|version| self.file(version, goarch).is_some()).cloned().collect()
    }

    /// A release's linux archive for a GOARCH. That for `arm` is called `armv6l` by most releases.
    pub fn file(&self, version: &Version, goarch: &str) -> Option<&IndexFile> {
        let release = version.toolchain_name();
        let mut names = names::processors(&goarch).iter().map(|arch| self.naming.archive(&release, arch));
        names.find_map(|name| self.releases.file(version, &name))
    }

    /// A release's source archive.
    pub fn source(&self, version: &Version) -> Option<&IndexFile> {
        self.releases.file(version, &names::source(&version.toolchain_name()))
    }

    /// What remembers the sum of an archive of `version`, where that is not what the index lists now.
    pub fn remembered(&self, version: &Version, file: &IndexFile) -> Option<Remembered> {
        let now = match self.contested.get(&file.name) {
            Some(now) => *now,
            None if self.stale.is_some() || self.has_withdrawn(version) => None,
            None => return None,
        };
        Some(Remembered { copy: self.copy.clone(), naming: self.naming, now })
    }

    /// Whether it listed a release once and lists it no more: a mistake that was taken back, or an attempt to hide it.
    pub fn has_withdrawn(&self, version: &Version) -> bool {
        self.withdrawn.contains(version)
    }

    /// Why the index is not what the server has now but the copy kept of it; `None` where it is up to date.
    pub fn failure(&self) -> Option<&IndexError> {
        self.stale.as_ref().map(|stale| &stale.failure)
    }

    /// How long ago the copy was known to be what the server has, where there is a [`Index::failure`]; `None` also where
    /// the clock has been set since, and the age is unknown.
    pub fn age(&self) -> Option<Duration> {
        self.stale.as_ref()?.age
    }

    /// What the user should hear: entries that were refused, releases that were dropped or got another sum, a copy that
    /// was damaged or could not be kept. One line each, fit for a terminal.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Where the index is, without credentials.
    pub fn url(&self) -> &RedactedUrl {
        &self.url
    }
}

/// What the index lists now; `None` if that is what it listed when it gave these validators.
fn ask(
    client: &Client,
    url: &Url,
    earlier: &Validators,
    naming: Naming,
) -> Result<Option<(ParsedIndex, Validators)>, IndexError> {
    match client.read_if_changed(url, MAX_LENGTH, earlier)? {
        Changed::No => Ok(None),
        Changed::To { data, validators } => {
            let listing = listing::parse(&data, naming, &RedactedUrl::of(url))?;
            Ok(Some((listing, validators)))
        }
    }
}
