//! The layout of gvmr's home: pure path methods, no file is touched.

use crate::gover::version::Version;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
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
        // Nearly always the text says it; a walk through the components costs ten times as much.
        let bytes = executable.as_os_str().as_bytes();
        let slash = bytes.iter().rposition(|byte| *byte == b'/')?;
        let root = bytes.get(..slash).and_then(|shims| shims.strip_suffix(b"/shims"));
        if let Some(root) = root.filter(|root| !root.is_empty() && !root.ends_with(b"/"))
            && !matches!(bytes.get(slash + 1..), None | Some(b"" | b"." | b".."))
        {
            return Some(Self::at(OsStr::from_bytes(root)));
        }
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
        below(&self.root, &["shims"])
    }

    /// Where committed toolchains live, one directory each.
    pub fn versions(&self) -> PathBuf {
        below(&self.root, &["versions"])
    }

    /// The GOROOT of one version, installed or not: `versions/go1.23.4`.
    pub fn toolchain(&self, version: &Version) -> PathBuf {
        below(&self.root, &["versions/go", version.released_text()])
    }

    /// Where trees are built before they are committed; swept when no one holds their lock.
    pub fn staging(&self) -> PathBuf {
        below(&self.root, &["staging"])
    }

    /// Lock files, one for each version and one for the shim directory. They hold no state.
    pub fn locks(&self) -> PathBuf {
        below(&self.root, &["locks"])
    }

    /// Log tiles, answers and the newest tree head. Safe to delete at any time.
    pub fn cache(&self) -> PathBuf {
        below(&self.root, &["cache"])
    }

    /// One line: the version request used where no file asks for another, and no default of the user's own does.
    pub fn default_file(&self) -> PathBuf {
        below(&self.root, &["default"])
    }

    /// One line: the path of the `gvmr` program that wrote the shims, which they call to install.
    pub fn program_file(&self) -> PathBuf {
        below(&self.root, &["program"])
    }

    /// It is there where root keeps the home for all users of the machine: its owner changes the home, all others
    /// read it and have defaults of their own.
    pub fn shared_file(&self) -> PathBuf {
        below(&self.root, &["shared"])
    }

    /// Copies of both programs that every user can run, in a shared home.
    pub fn bin(&self) -> PathBuf {
        below(&self.root, &["bin"])
    }

    /// One path a line: pin files that `gvmr use` wrote or `gvmr install` read, which `prune` honours.
    pub fn projects_file(&self) -> PathBuf {
        below(&self.root, &["projects"])
    }
}

/// `root/NAME`, the name in parts. In one allocation: `Path::join` makes two and a copy, before every `go`.
pub(crate) fn below(root: &Path, name: &[&str]) -> PathBuf {
    let root = root.as_os_str().as_bytes();
    let length: usize = name.iter().map(|part| part.len()).sum();
    let mut path = Vec::with_capacity(root.len() + 1 + length);
    path.extend_from_slice(root.strip_suffix(b"/").unwrap_or(root));
    if !root.is_empty() {
        path.push(b'/');
    }
    for part in name {
        path.extend_from_slice(part.as_bytes());
    }
    PathBuf::from(OsString::from_vec(path))
}
