//! What remains of gvmr on a machine beside its programs: homes, settings, caches.

use super::{Context, ContextError};
use crate::config;
use crate::shell::SystemSetup;
use crate::store::{self, Store, StoreError};
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
    /// Whether it is a home.
    is_home: bool,
}

impl Context {
    /// The shared home of this machine, where root asks and there is one.
    pub fn machine_setup(&self) -> Result<Option<SystemSetup>, ContextError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let setup = SystemSetup::at(&config::home_to_share(&Process, Path::new("/"))?);
        Ok(Some(setup).filter(SystemSetup::is_shared))
    }

    /// What gvmr keeps for this user, and for root what it keeps for all.
    pub fn leftovers(&self) -> Vec<Leftover> {
        let mut homes = vec![self.settings.home.root().to_owned()];
        homes.extend(config::own_home().map(|home| home.root().to_owned()));
        homes.dedup();
        homes.retain(|home| !self.settings.reads_only || home != self.settings.home.root());
        let homes = homes.into_iter().map(|path| (path, "Go versions and their shims", true));
        let own = BaseDirs::new().map(|directories| {
            [
                (Some(directories.config_dir()), "settings"),
                (Some(directories.cache_dir()), "cached answers"),
                (directories.state_dir(), "records of doctor --fix"),
            ]
            .into_iter()
            .filter_map(|(above, content)| Some((above?.join("gvmr"), content, false)))
            .collect::<Vec<_>>()
        });
        let all = homes.chain(own.unwrap_or_default()).filter(|(path, ..)| path.is_dir());
        all.map(|(path, content, is_home)| Leftover {
            bytes: store::disk_usage(&path),
            path,
            content,
            is_home,
        })
        .collect()
    }

    /// Deletes them; gives those that are gone. Warns of what is not gvmr's and stays.
    pub fn purge(&self, leftovers: &[Leftover]) -> Result<Vec<PathBuf>, StoreError> {
        let mut purged = Vec::new();
        for left in leftovers {
            if left.is_home {
                let others = self.with_cleanup(|| Store::open(Home::at(left.path.clone()))?.purge())?;
                for other in others {
                    self.terminal.warn(format_args!(
                        "kept {}, which is not gvmr's",
                        gvmr_core::sys::printable::path(&other)
                    ));
                }
            } else {
                self.with_cleanup(|| store::purge_directory(&left.path))?;
            }
            purged.push(left.path.clone());
        }
        Ok(purged)
    }
}
