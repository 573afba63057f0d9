//! A sum that an index listed before and does not list now.
//!
//! Takes the copy that keeps it. Gives it up for another once something else has proved the archive, or all copies when
//! the user says so. Never decides what proves an archive.

use super::kept::{COPY, Kept};
use super::names::Naming;
use super::settle;
use gvmr_core::gover::version::Version;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a sum is remembered, and what the index says instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub(super) copy: PathBuf,
    pub(super) naming: Naming,
    pub(super) now: Option<[u8; 32]>,
}

impl Remembered {
    /// The copy of the index that keeps it.
    pub fn copy(&self) -> &Path {
        &self.copy
    }

    /// What the index lists now; `None` where it cannot be read, or lists the archive no more.
    pub fn now(&self) -> Option<[u8; 32]> {
        self.now
    }

    /// Puts `sum` in its place, for the archive `name`. The error is a line for the user.
    pub fn replace(&self, name: &str, sum: [u8; 32]) -> Result<(), String> {
        let Ok(Some(mut kept)) = Kept::read(&self.copy, self.naming) else { return Ok(()) };
        let version: Option<Version> = self.naming.version_in(name);
        let Some(file) = version.and_then(|version| kept.releases.file_mut(&version, name)) else {
            return Ok(());
        };
        file.sha256 = Some(sum);
        file.size = None;
        kept.notes.retain(|note| !(settle::is_contradiction(note) && note.contains(name)));
        kept.write(&self.copy)
    }
}

/// The copies of all indexes in the directory `cache`, which are removed unless this is a `dry_run`. What indexes listed
/// before is forgotten with them.
pub fn forget(cache: &Path, dry_run: bool) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(cache) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(COPY))
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    let mut copies: Vec<_> = paths.into_iter().filter(is_copy).collect();
    copies.sort();
    if !dry_run {
        copies.iter().try_for_each(fs::remove_file)?;
    }
    Ok(copies)
}
