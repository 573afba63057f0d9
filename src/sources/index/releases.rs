//! Releases and their archives, as an index lists them.

use gvmr_shims::version::Version;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Archives of one release; real ones have at most fourteen for linux, with the sources.
const MOST_OF_ONE: usize = 64;
/// Archives of all releases; real ones are some three thousand.
pub(super) const MOST: usize = 50_000;

/// One release archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// Its name, which is that of one file in one directory: `go1.22.10.linux-amd64.tar.gz`.
    pub name: String,
    /// The sha256 that it should have; `None` where nobody published one.
    pub sha256: Option<[u8; 32]>,
    /// Its length in bytes; `None` where the index does not say.
    pub size: Option<u64>,
}

/// Archives by release, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Releases {
    by_version: BTreeMap<Version, Vec<IndexFile>>,
    count: usize,
}

impl Releases {
    /// How many archives there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The releases, oldest first.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.by_version.keys()
    }

    /// All archives with their releases, oldest first.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Version, &IndexFile)> {
        self.by_version.iter().flat_map(|(version, files)| files.iter().map(move |file| (version, file)))
    }

    /// All archives with their releases.
    pub(super) fn into_files(self) -> impl Iterator<Item = (Version, IndexFile)> {
        let with_version = |(version, files): (Version, Vec<IndexFile>)| {
            files.into_iter().map(move |file| (version.clone(), file))
        };
        self.by_version.into_iter().flat_map(with_version)
    }

    /// All archives, to be changed.
    pub(super) fn files_mut(&mut self) -> impl Iterator<Item = &mut IndexFile> {
        self.by_version.values_mut().flatten()
    }

    /// One archive of one release.
    pub(super) fn file(&self, version: &Version, name: &str) -> Option<&IndexFile> {
        self.by_version.get(version)?.iter().find(|file| file.name == name)
    }

    /// One archive of one release, to be changed.
    pub(super) fn file_mut(&mut self, version: &Version, name: &str) -> Option<&mut IndexFile> {
        self.by_version.get_mut(version)?.iter_mut().find(|file| file.name == name)
    }

    /// Adds an archive that is not there yet; whether there was room for it.
    pub(super) fn add(&mut self, version: Version, file: IndexFile) -> bool {
        let files = self.by_version.entry(version);
        let of_one = if let Entry::Occupied(files) = &files { files.get().len() } else { 0 };
        let room = self.count < MOST && of_one < MOST_OF_ONE;
        if room {
            files.or_default().push(file);
            self.count += 1;
        }
        room
    }

    /// Takes an archive out.
    pub(super) fn remove(&mut self, version: &Version, name: &str) {
        if let Some(files) = self.by_version.get_mut(version) {
            let before = files.len();
            files.retain(|file| file.name != name);
            self.count -= before - files.len();
            if files.is_empty() {
                self.by_version.remove(version);
            }
        }
    }
}
