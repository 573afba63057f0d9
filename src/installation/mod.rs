//! Where this gvmr is installed, and who keeps its files.
//!
//! Takes this process and the home that it serves; gives the two programs, the manual pages and completions that were installed
//! with them, and the package manager that owns them. Replaces or removes them on request: each file by a rename, never one that a
//! package manager owns. Never decides which release is right.

mod error;
mod owner;
mod package_records;
mod replacement;

pub use error::InstallationError;
pub use owner::PackageOwner;
pub use replacement::{NewFiles, ProgramReplacement};

use crate::atomic_file::{self, CWD};
use crate::store::{ProgramRecord, Programs};
use gvmr_core::home::paths::Home;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files that a release brings besides its programs, below the directory that holds `bin`. The same in every release archive.
const COMPLETIONS: [&str; 3] = [
    "share/bash-completion/completions/gvmr",
    "share/zsh/site-functions/_gvmr",
    "share/fish/vendor_completions.d/gvmr.fish",
];
/// Where manual pages are, below the same directory.
const MANUAL: &str = "share/man/man1";

/// One gvmr on this machine.
#[derive(Debug)]
pub struct Installation {
    /// Both programs. They lie in one directory.
    pub programs: Programs,
    /// Who owns them, if it is a package manager.
    pub owner: Option<PackageOwner>,
}

impl Installation {
    /// Where the running program is installed. The copy in a shared home stands for the program that it was made of.
    pub fn of_this_program(home: &Home) -> Result<Self, InstallationError> {
        let mut programs = Programs::of_this_one()?;
        let record = ProgramRecord::read(home).filter(|record| record.program == programs.program);
        if let Some(origin) = record.and_then(|record| record.trusted_origin()) {
            programs = Programs { shim: origin.with_file_name("gvmr-shim"), program: origin };
        }
        let owner = PackageOwner::of(&programs.program);
        Ok(Self { programs, owner })
    }

    /// The directory of both programs.
    pub fn directory(&self) -> &Path {
        self.programs.program.parent().unwrap_or(Path::new("/"))
    }

    /// Manual pages and completions that were installed with the programs: their names below the directory that holds `bin`.
    /// Another directory than `bin` has none.
    pub fn extras(&self) -> Vec<String> {
        let Some(prefix) = self.prefix() else { return Vec::new() };
        let is_page =
            |name: &str| name.ends_with(".1") && (name.starts_with("gvmr.") || name.starts_with("gvmr-"));
        let pages = fs::read_dir(prefix.join(MANUAL)).into_iter().flatten().flatten();
        let pages =
            pages.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_page(name));
        let mut found: Vec<_> = pages.map(|name| format!("{MANUAL}/{name}")).collect();
        found.extend(COMPLETIONS.map(str::to_owned));
        found.retain(|name| fs::symlink_metadata(prefix.join(name)).is_ok_and(|found| found.is_file()));
        found.sort();
        found
    }

    /// The directory that holds `bin`.
    fn prefix(&self) -> Option<&Path> {
        self.directory().parent().filter(|_| self.directory().ends_with("bin"))
    }

    /// [`InstallationError::Owned`] where a package manager owns the files.
    pub fn refuse_owned(&self) -> Result<(), InstallationError> {
        match &self.owner {
            None => Ok(()),
            Some(owner) => {
                Err(InstallationError::Owned { program: self.programs.program.clone(), owner: owner.clone() })
            }
        }
    }

    /// Removes all of its files, the programs last; gives those that were removed.
    ///
    /// [`InstallationError::Owned`] where a package manager owns them.
    pub fn remove(&self) -> Result<Vec<PathBuf>, InstallationError> {
        self.refuse_owned()?;
        let mut removed = Vec::new();
        for path in self.files() {
            match fs::remove_file(&path) {
                Ok(()) => removed.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(InstallationError::Io { what: "remove", path, source }),
            }
        }
        if let Ok(directory) = fs::File::open(self.directory()) {
            let _ = atomic_file::sync_names(directory); // what a power cut brings back can be removed again
        }
        Ok(removed)
    }

    /// All of its files, the programs last.
    pub fn files(&self) -> Vec<PathBuf> {
        let prefix = self.prefix().unwrap_or(Path::new("/"));
        let extras = self.extras().into_iter().map(|name| prefix.join(name));
        extras.chain([self.programs.shim.clone(), self.programs.program.clone()]).collect()
    }
}

/// Whether this user may replace files in `directory`.
fn is_writable(directory: &Path) -> Result<(), io::Error> {
    use rustix::fs::{Access, AtFlags, accessat};
    Ok(accessat(CWD, directory, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
}
