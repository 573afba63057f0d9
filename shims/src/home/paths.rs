//! The layout of gvmr's home: pure path methods, no file is touched.

use crate::gover::version::Version;
use std::path::{Path, PathBuf};

/// The directory that holds everything gvmr installs (`$GVMR_HOME`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// A home at `root`, which is expected to be absolute.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The home a shim belongs to: `<home>/shims/go` gives `<home>`.
    pub fn of_shim(executable: &Path) -> Option<Self> {
        let shims = executable.parent()?;
        if shims.file_name()? != "shims" {
            return None;
        }
        Some(Self::at(shims.parent()?))
    }

    /// The home's own path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The one directory that belongs on PATH.
    pub fn shims(&self) -> PathBuf {
        self.root.join("shims")
    }

    /// Where committed toolchains live, one directory each.
    pub fn versions(&self) -> PathBuf {
        self.root.join("versions")
    }

    /// The GOROOT of one version, installed or not: `versions/go1.23.4`.
    pub fn toolchain(&self, version: &Version) -> PathBuf {
        self.root.join(["versions/go", version.released_text()].concat())
    }

    /// Where trees are built before they are committed; swept when no one holds their lock.
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// Lock files, one for each version and one for the shim directory. They hold no state.
    pub fn locks(&self) -> PathBuf {
        self.root.join("locks")
    }

    /// Log tiles, answers and the newest tree head. Safe to delete at any time.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// One line: the version request used where no file asks for another, and no default of the user's own does.
    pub fn default_file(&self) -> PathBuf {
        self.root.join("default")
    }

    /// One line: the path of the `gvmr` program that wrote the shims, which they call to install.
    pub fn program_file(&self) -> PathBuf {
        self.root.join("program")
    }

    /// It is there where root keeps the home for all users of the machine: its owner changes the home, all others
    /// read it and have defaults of their own.
    pub fn shared_file(&self) -> PathBuf {
        self.root.join("shared")
    }

    /// Copies of both programs that every user can run, in a shared home.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// One path a line: pin files that `gvmr use` wrote or `gvmr install` read, which `prune` honours.
    pub fn projects_file(&self) -> PathBuf {
        self.root.join("projects")
    }
}
