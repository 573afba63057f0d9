//! What of a machine decides which of its files are edited.
//!
//! Looks at names below a root directory and reads two small files. Runs nothing.

use super::SystemError;
use gvmr_core::sys::bounded;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The largest `/etc/profile` and `/etc/environment` that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;
const PROGRAMS: [&str; 6] = ["usr/bin", "bin", "usr/local/bin", "usr/sbin", "sbin", "usr/local/sbin"];

/// A machine's files.
pub(super) struct MachineFiles {
    root: PathBuf,
    shims: PathBuf,
}

impl MachineFiles {
    pub(super) fn at(root: &Path, shims: PathBuf) -> Self {
        Self { root: root.to_owned(), shims }
    }

    /// Whether anything is there by this name; the edit refuses what is not a file.
    pub(super) fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.root.join(path)).is_ok()
    }

    pub(super) fn has_program(&self, name: &str) -> bool {
        PROGRAMS.iter().any(|directory| self.has(&format!("{directory}/{name}")))
    }

    /// Whether login shells read `/etc/profile.d`: only `/etc/profile` makes them do so.
    pub(super) fn reads_profile_directory(&self) -> bool {
        let names_it = |text: Vec<u8>| holds(&text, b"profile.d");
        self.root.join("etc/profile.d").is_dir() && self.text("etc/profile").is_some_and(names_it)
    }

    /// Whether zsh has been built to read its files in `/etc/zsh`.
    pub(super) fn has_zsh_directory(&self) -> bool {
        self.root.join("etc/zsh").is_dir()
    }

    /// Whether it reads them in `/etc`, which is the default of its build.
    pub(super) fn has_zsh_files_in_etc(&self) -> bool {
        let has_files =
            || ["zshenv", "zprofile", "zshrc", "zlogin"].iter().any(|name| self.has(&format!("etc/{name}")));
        !self.has_zsh_directory() && (has_files() || self.has_program("zsh"))
    }

    /// Whether users' systemd is there to read `/etc/environment.d`, and does not have the shims from `/etc/environment` already:
    /// it cannot tell that an element is there twice. Its files are read in the order of their names, so `zz-` comes behind
    /// `99-environment.conf`, which is `/etc/environment`, and puts the shims before what that says.
    pub(super) fn wants_environment_directory(&self) -> bool {
        let has_systemd = ["usr/lib/systemd/systemd", "lib/systemd/systemd", "etc/environment.d"]
            .iter()
            .any(|path| self.has(path));
        let names_shims = |text: Vec<u8>| holds(&text, self.shims.as_os_str().as_bytes());
        has_systemd && !self.text("etc/environment").is_some_and(names_shims)
    }

    fn text(&self, path: &str) -> Option<Vec<u8>> {
        bounded::read(&self.root.join(path), MAX_BYTES).ok().flatten()
    }
}

/// Refuses a directory that anyone but root can change, or that lies in such a one. What does not exist yet is left out. The
/// path is a real one, without links.
pub(super) fn roots_alone(directory: &Path) -> Result<(), SystemError> {
    let failed = |path: &Path, source| SystemError::Io { path: path.to_owned(), source };
    for path in directory.ancestors() {
        let found = match fs::metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(path, error)),
        };
        let why = if !found.is_dir() {
            "is not a directory"
        } else if found.uid() != 0 {
            "is not owned by root"
        } else if found.mode() & 0o022 != 0 {
            "is writable by users other than root"
        } else {
            continue;
        };
        return Err(SystemError::Open { path: path.to_owned(), why, shims: directory.to_owned() });
    }
    Ok(())
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
