//! Releases and their archives, as an index lists them.

use gvmr_core::gover::version::Version;
use std::collections::BTreeMap;

/// Archives of one release; real ones have at most fourteen for linux, with the sources.
const MAX_PER_RELEASE: usize = 64;
/// Archives of all releases; real ones are some three thousand.
pub(super) const MAX_COUNT: usize = 50_000;

/// One release archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// Its name, which is that of one file in one directory: `go1.22.10.linux-amd64.tar.gz`.
    pub name: String,
    /// The sha256 that it should have; `None` where none is published.
    pub sha256: Option<[u8; 32]>,
    /// Its length in bytes; `None` where the index does not say.
    pub size: Option<u64>,
}

/// Archives by release.
#[derive(Clone, Debug, Default)]
pub(super) struct Releases {
    /// By the version as it was released: comparing texts is ten times cheaper than comparing versions.
    by_text: BTreeMap<String, Release>,
    count: usize,
}

#[derive(Clone, Debug)]
struct Release {
    version: Version,
    files: Vec<IndexFile>,
}

impl Releases {
    /// How many archives there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The releases, oldest first.
    pub(super) fn versions(&self) -> Vec<&Version> {
        let mut versions: Vec<_> = self.by_text.values().map(|release| &release.version).collect();
        versions.sort_unstable();
        versions
    }

    /// All archives with their releases, in no order that means anything.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Version, &IndexFile)> {
        self.by_text.values().flat_map(|release| release.files.iter().map(|file| (&release.version, file)))
    }

    /// All archives, to be changed.
    pub(super) fn files_mut(&mut self) -> impl Iterator<Item = &mut IndexFile> {
        self.by_text.values_mut().flat_map(|release| &mut release.files)
    }

    /// One archive of one release.
    pub(super) fn file(&self, version: &Version, name: &str) -> Option<&IndexFile> {
        self.by_text.get(version.released_text())?.files.iter().find(|file| file.name == name)
    }

    /// One archive of one release, to be changed.
    pub(super) fn file_mut(&mut self, version: &Version, name: &str) -> Option<&mut IndexFile> {
        self.by_text.get_mut(version.released_text())?.files.iter_mut().find(|file| file.name == name)
    }

    /// Adds an archive that is not there yet; whether there was room for it.
    pub(super) fn add(&mut self, version: &Version, file: IndexFile) -> bool {
        if self.count >= MAX_COUNT {
            return false;
        }
        if let Some(release) = self.by_text.get_mut(version.released_text()) {
            if release.files.len() >= MAX_PER_RELEASE {
                return false;
            }
            release.files.push(file);
        } else {
            let release = Release { version: version.clone(), files: vec![file] };
            self.by_text.insert(version.released_text().to_owned(), release);
        }
        self.count += 1;
        true
    }

    /// Takes an archive out.
    pub(super) fn remove(&mut self, version: &Version, name: &str) {
        if let Some(release) = self.by_text.get_mut(version.released_text()) {
            let before = release.files.len();
            release.files.retain(|file| file.name != name);
            self.count -= before - release.files.len();
            if release.files.is_empty() {
                self.by_text.remove(version.released_text());
            }
        }
    }
}
