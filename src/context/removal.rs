//! Removes installed versions, one by one, and prints each.

use super::Context;
use crate::store::{IS_DEFAULT, StoreError};
use gvmr_core::gover::version::Version;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a removal.
#[derive(Debug, Default)]
pub struct Removal {
    /// What was removed.
    pub removed: Vec<Version>,
    /// The version that could not be removed, which ended it.
    pub failure: Option<(Version, StoreError)>,
}

impl Context {
    /// Removes versions up to the first failure, then brings shims and default up to date. Without `force` a version whose
    /// programs run is not removed.
    pub fn remove(&self, versions: &BTreeSet<Version>, force: bool) -> Result<Removal, StoreError> {
        let store = self.store()?;
        let mut removal = Removal::default();
        for version in versions {
            let lock = store.lock(version, &|holder| self.terminal.note(holder), &|| self.interrupted());
            let bar = self.terminal.bar(&version.toolchain_name());
            bar.phase("removing");
            let removed = lock.and_then(|lock| store.remove(&lock, force));
            bar.finish();
            match removed {
                Ok(_) => {
                    self.terminal.note(format_args!("removed {}", version.toolchain_name()));
                    removal.removed.push(version.clone());
                }
                Err(error) => {
                    removal.failure = Some((version.clone(), error));
                    break;
                }
            }
        }
        if !removal.removed.is_empty() {
            self.publish()?;
            if store.clear_default_if_gone()? {
                self.terminal.note("that was the default; run `gvmr use --global VERSION` to set another");
            }
        }
        Ok(removal)
    }

    /// Ends what an interrupted removal left: the rest of the tree, its shims, a default that is gone. What fails is for the
    /// next command that changes something.
    pub fn finish_removals(&self) {
        let Ok(store) = self.store() else { return };
        let _ = store.sweep();
        let _ = self.publish();
        let _ = store.clear_default_if_gone();
    }

    /// Names the pins that still ask for versions that are gone; the default's loss is said elsewhere.
    pub fn note_still_pinned(&self, removed: &[Version], asked_for: &BTreeMap<Version, String>) {
        for version in removed {
            if let Some(reason) = asked_for.get(version).filter(|reason| *reason != IS_DEFAULT) {
                self.terminal.note(format_args!("{} is still asked for: {reason}", version.toolchain_name()));
            }
        }
    }
}
