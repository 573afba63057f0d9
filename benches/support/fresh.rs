//! Directories that nobody has used before. They stay until the end: creating files right after removing others
//! costs ext4 seconds.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where to make them, and how many there are.
pub(crate) struct Fresh {
    directory: PathBuf,
    made: Cell<u32>,
}

impl Fresh {
    pub(crate) fn below(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), made: Cell::new(0) }
    }

    /// The next one, once all that earlier runs wrote is on the disk: it must not be this run's to wait for.
    pub(crate) fn place(&self) -> PathBuf {
        self.made.set(self.made.get() + 1);
        let place = self.directory.join(self.made.get().to_string());
        std::fs::create_dir(&place).unwrap();
        assert!(Command::new("sync").status().unwrap().success());
        place
    }
}
