//! Deletes what gvmr keeps: the rest of a home, and directories that are gvmr's alone.

use super::error::StoreError;
use super::{Store, delete, mounts, processes_in};
use rustix::io::Errno;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// All names that gvmr gives anything in a home.
const OWN: [&str; 19] = [
    "shims",
    "versions",
    "staging",
    "locks",
    "cache",
    "notices",
    "trusted",
    "completions",
    "bin",
    "env",
    "env.fish",
    "env.nu",
    "default",
    "program",
    "projects",
    "rules",
    "credentials",
    "shared",
    "checks",
];

impl Store {
    /// Deletes what is gvmr's in the home, and the home where nothing else is in it; gives what is left.
    ///
    /// [`StoreError::InUse`] where a program in it runs, [`StoreError::Mounted`] where a file system is mounted in it:
    /// then nothing is deleted.
    pub fn purge(&self) -> Result<Vec<PathBuf>, StoreError> {
        let root = self.home.root();
        if let Some(mount) = mounts::below(root) {
            return Err(StoreError::Mounted { mount });
        }
        let pids: Vec<_> = processes_in(&self.home.versions())
            .into_iter()
            .filter(|pid| *pid != std::process::id())
            .collect();
        if !pids.is_empty() {
            return Err(StoreError::InUse { pids });
        }
        // The names that sessions find first: nothing runs half a home.
        for name in OWN {
            remove(&root.join(name))?;
        }
        match fs::remove_dir(root) {
            Ok(()) => Ok(Vec::new()),
            Err(_) => Ok(names(root)),
        }
    }
}

/// Deletes a directory that is gvmr's alone, where it is there.
pub fn purge_directory(path: &Path) -> Result<(), StoreError> {
    match mounts::below(path) {
        Some(mount) => Err(StoreError::Mounted { mount }),
        None => remove(path),
    }
}

/// The bytes that a tree takes on its disk. Links count as links; what cannot be read counts as nothing.
pub fn disk_usage(path: &Path) -> u64 {
    let Ok(found) = fs::symlink_metadata(path) else { return 0 };
    let below = if found.is_dir() { names(path) } else { Vec::new() };
    found.blocks() * 512 + below.iter().map(|path| disk_usage(path)).sum::<u64>()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match delete::tree(path) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(StoreError::io("remove", path, errno)),
    }
}

fn names(directory: &Path) -> Vec<PathBuf> {
    let entries: io::Result<Vec<_>> =
        fs::read_dir(directory).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    entries.unwrap_or_default()
}
