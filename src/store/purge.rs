//! Deletes what gvmr keeps: a home, and directories that are gvmr's alone.

use super::error::StoreError;
use super::{ProgramRecord, Store, delete, mounts, processes_in};
use gvmr_core::home::paths::Home;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// All names that gvmr gives anything in a home.
const OWN: [&str; 20] = [
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
    "release",
    "projects",
    "rules",
    "credentials",
    "shared",
    "checks",
];

/// Why a directory is not purged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptBecause {
    /// It is no home that gvmr filled: it has no shims with a record of their gvmr.
    NotAHome,
    /// It holds something that is not gvmr's, so what has gvmr's names may not be either.
    Holds(PathBuf),
}

/// Why this home is not purged, if it is not: a home that was set by mistake may be a directory full of other things.
pub fn kept_because(home: &Home) -> Option<KeptBecause> {
    let is_home = ProgramRecord::read(home).is_some_and(|record| record.program.is_absolute())
        && fs::symlink_metadata(home.shims().join("go")).is_ok();
    if !is_home {
        return Some(KeptBecause::NotAHome);
    }
    let is_own = |path: &PathBuf| path.file_name().and_then(OsStr::to_str).is_some_and(is_own_name);
    names(home.root()).into_iter().find(|path| !is_own(path)).map(KeptBecause::Holds)
}

/// Whether gvmr gives this name to something in a home; its temporary files begin with a dot.
fn is_own_name(name: &str) -> bool {
    OWN.contains(&name) || name.starts_with('.') && name.contains(".gvmr-")
}

impl Store {
    /// Deletes the home, which [`kept_because`] has let pass.
    pub fn purge(&self) -> Result<(), StoreError> {
        let root = self.home.root();
        refuse_purge(root)?;
        for path in names(root) {
            remove(&path)?;
        }
        fs::remove_dir(root).map_err(|error| StoreError::io("remove", root, error))
    }
}

/// [`StoreError::Mounted`] where a file system is mounted in the directory, [`StoreError::InUse`] where a program in it runs.
pub fn refuse_purge(directory: &Path) -> Result<(), StoreError> {
    if let Some(mount) = mounts::below(directory) {
        return Err(StoreError::Mounted { mount });
    }
    let others = processes_in(directory).into_iter().filter(|pid| *pid != std::process::id());
    let pids: Vec<_> = others.collect();
    if pids.is_empty() { Ok(()) } else { Err(StoreError::InUse { pids }) }
}

/// Deletes a directory that is gvmr's alone, where it is there.
pub fn purge_directory(path: &Path) -> Result<(), StoreError> {
    refuse_purge(path)?;
    remove(path)
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
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
