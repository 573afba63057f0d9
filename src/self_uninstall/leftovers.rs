//! What remains of gvmr beside its programs: homes, settings, caches.

use super::UninstallError;
use crate::config::{self, Settings};
use crate::shell::SystemSetup;
use crate::store::{self, KeptBecause, Store, StoreError};
use directories::BaseDirs;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Process;
use std::path::{Path, PathBuf};

/// A directory that gvmr filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its path.
    pub path: PathBuf,
    /// What it takes on its disk, in bytes.
    pub bytes: u64,
    /// What is in it, in words.
    pub content: &'static str,
    /// Why it stays even where it was to go.
    pub kept_because: Option<KeptBecause>,
    is_home: bool,
}

impl Leftover {
    fn home(path: PathBuf) -> Self {
        let bytes = store::disk_usage(&path);
        let kept_because = store::kept_because(&Home::at(path.clone()));
        Self { path, bytes, content: "Go versions and their shims", kept_because, is_home: true }
    }

    fn directory(path: PathBuf, content: &'static str) -> Self {
        Self { bytes: store::disk_usage(&path), path, content, kept_because: None, is_home: false }
    }

    pub(super) fn purge(&self) -> Result<(), StoreError> {
        if self.is_home {
            Store::open(Home::at(self.path.clone()))?.purge()
        } else {
            store::purge_directory(&self.path)
        }
    }
}

/// The shared home of this machine, where root asks and there is one.
pub(super) fn machine_setup() -> Result<Option<SystemSetup>, UninstallError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let setup = SystemSetup::at(&config::home_to_share(&Process, Path::new("/"))?);
    Ok(Some(setup).filter(SystemSetup::is_shared))
}

/// What gvmr keeps for this user, and for root what it keeps for all. A directory that is two of these counts as the first.
pub(super) fn all(settings: &Settings) -> Vec<Leftover> {
    let mut found: Vec<Leftover> = Vec::new();
    let mut add = |left: Leftover| {
        if left.path.is_dir() && found.iter().all(|other| other.path != left.path) {
            found.push(left);
        }
    };
    if !settings.reads_only {
        add(Leftover::home(settings.home.root().to_owned()));
    }
    if let Some(own) = config::own_home().filter(|own| settings.reads_only || *own != settings.home) {
        add(Leftover::home(own.root().to_owned()));
    }
    if let Some(directories) = BaseDirs::new() {
        add(Leftover::directory(directories.config_dir().join("gvmr"), "settings"));
        add(Leftover::directory(directories.cache_dir().join("gvmr"), "cached answers"));
        if let Some(state) = directories.state_dir() {
            add(Leftover::directory(state.join("gvmr"), "records of doctor --fix"));
        }
    }
    found
}
