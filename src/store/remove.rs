//! Takes a version away: first its name, in one step, then the tree.

use super::error::StoreError;
use super::lock::VersionLock;
use super::{Store, delete, mounts, sync_after};
use rustix::fs::{CWD, renameat};
use rustix::io::Errno;
use std::fs;
use std::io;
use std::path::Path;

impl Store {
    /// Removes the locked version; `false` where it was not installed.
    ///
    /// [`StoreError::Mounted`] where a file system is mounted inside, which removing would empty, and
    /// [`StoreError::InUse`] where programs of the tree are running, unless `force`. An error while the tree is
    /// deleted leaves the rest to [`Store::sweep`]: the version itself is gone by then. Of a link, only the link goes.
    pub fn remove(&self, lock: &VersionLock, force: bool) -> Result<bool, StoreError> {
        let goroot = self.home.toolchain(lock.version());
        match fs::symlink_metadata(&goroot) {
            Ok(found) if found.is_dir() => {}
            Ok(found) if found.is_symlink() => return self.remove_link(lock, &goroot),
            Ok(_) => return Err(StoreError::corrupt(&goroot, "not a directory, so gvmr did not install it")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StoreError::io("access", &goroot, error)),
        }
        if let Some(mount) = mounts::below(&goroot) {
            return Err(StoreError::Mounted { mount });
        }
        self.check_devices()?;
        if !force {
            let pids = processes_in(&goroot);
            if !pids.is_empty() {
                return Err(StoreError::InUse { pids });
            }
        }
        let away = self.fresh_name(lock.version());
        let renamed = match renameat(CWD, &goroot, CWD, &away) {
            // A directory that is read-only itself cannot change its parent.
            Err(Errno::ACCESS) => {
                delete::make_writable(&goroot).and_then(|()| renameat(CWD, &goroot, CWD, &away))
            }
            other => other,
        };
        renamed.map_err(|errno| StoreError::io("rename", &goroot, errno))?;
        sync_after(&self.home.versions(), format!("{} is removed", lock.version().toolchain_name()))?;
        delete::tree_with(&away, &|| lock.report_progress())
            .map_err(|errno| StoreError::io("remove", &away, errno))?;
        Ok(true)
    }

    fn remove_link(&self, lock: &VersionLock, link: &Path) -> Result<bool, StoreError> {
        fs::remove_file(link).map_err(|error| StoreError::io("remove", link, error))?;
        sync_after(&self.home.versions(), format!("{} is removed", lock.version().toolchain_name()))?;
        Ok(true)
    }
}

/// The processes, as far as this user may see them, that run a program below `goroot`, ascending.
pub fn processes_in(goroot: &Path) -> Vec<u32> {
    let goroot = fs::canonicalize(goroot).unwrap_or_else(|_| goroot.to_owned());
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut pids: Vec<u32> = processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe.starts_with(&goroot)))
        .collect();
    pids.sort_unstable();
    pids
}
