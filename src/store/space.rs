//! Whether the home's file system has room for what is about to be written.

use super::Store;
use super::error::StoreError;
use rustix::fs::statvfs;

impl Store {
    /// [`StoreError::NoSpace`] where fewer than `bytes` bytes or `files` files fit. A file system that does not
    /// count its files has room for any number.
    pub fn check_space(&self, bytes: u64, files: u64) -> Result<(), StoreError> {
        let path = self.home.root();
        let found = statvfs(path).map_err(|errno| StoreError::io("access", path, errno))?;
        let no_space = |unit, needed, available| {
            Err(StoreError::NoSpace { unit, needed, available, path: path.to_owned() })
        };
        let available = found.f_bavail.saturating_mul(found.f_frsize);
        if available < bytes {
            return no_space("bytes", bytes, available);
        }
        if found.f_files > 0 && found.f_favail < files {
            return no_space("files", files, found.f_favail);
        }
        Ok(())
    }
}
