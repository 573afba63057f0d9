//! The one-line facts beside the toolchains: the default, and the pins that `prune` asks.

use super::commit::rename_new;
use super::staging::temporary;
use super::{Store, StoreError, Toolchain, replace};
use gvmr_shims::home::Home;
use gvmr_shims::pin::{Pin, Wish};
use gvmr_shims::resolve;
use gvmr_shims::selector::Selector;
use gvmr_shims::version::Version;
use rustix::io::Errno;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The largest of these files that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// What the home's default file says, read as the shim reads it; `None` where there is none.
pub fn default_selector(home: &Home) -> Result<Option<Selector>, StoreError> {
    match resolve::default_file(home) {
        Ok(Some((_, Pin { wish: Wish::Version(selector), .. }))) => Ok(Some(selector)),
        Ok(_) => Ok(None),
        Err(problem) => Err(StoreError::corrupt(&home.default_file(), problem.to_string())),
    }
}

/// The installed version that the home's default means now; `None` where none is set or installed.
pub fn default_version(home: &Home, toolchains: &[Toolchain]) -> Result<Option<Version>, StoreError> {
    let selector = default_selector(home)?;
    let installed = toolchains.iter().map(|toolchain| &toolchain.version);
    Ok(selector.and_then(|selector| selector.newest(installed).cloned()))
}

impl Store {
    /// Sets the default to `text`, a version or a prefix.
    pub fn set_default(&self, text: &str) -> Result<(), StoreError> {
        replace(&self.home().default_file(), format!("{text}\n").as_bytes(), 0o644)
    }

    /// Sets the default where there is none; whether it did. Of several processes one does.
    pub fn set_default_if_none(&self, text: &str) -> Result<bool, StoreError> {
        let path = self.home().default_file();
        if path.exists() {
            return Ok(false);
        }
        let draft = temporary(&path);
        replace(&draft, format!("{text}\n").as_bytes(), 0o644)?;
        let renamed = rename_new(&draft, &path);
        match renamed {
            Ok(()) => return Ok(true),
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(StoreError::io("create", &path, errno)),
        }
        let _ = std::fs::remove_file(&draft); // a leftover is swept
        Ok(false)
    }

    /// Removes a default that no installed version satisfies any more; whether it did. Then what is outside gvmr
    /// runs where nothing asks for a version, or the newest that is installed.
    pub fn clear_default_if_gone(&self) -> Result<bool, StoreError> {
        let path = self.home().default_file();
        if default_selector(self.home())?.is_none()
            || default_version(self.home(), &self.toolchains()?)?.is_some()
        {
            return Ok(false);
        }
        std::fs::remove_file(&path).map_err(|error| StoreError::io("remove", &path, error))?;
        Ok(true)
    }

    /// Keeps the path of a file that pins a version.
    pub fn remember_project(&self, file: &Path) -> Result<(), StoreError> {
        let Some(line) = file.to_str().filter(|line| !line.contains('\n')) else { return Ok(()) };
        if self.projects()?.iter().any(|known| known == file) {
            return Ok(());
        }
        let path = self.home().projects_file();
        let appended = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut projects| projects.write_all(format!("{line}\n").as_bytes()));
        appended.map_err(|source| StoreError::io("append to", &path, source))
    }

    /// The paths that were kept.
    pub fn projects(&self) -> Result<Vec<PathBuf>, StoreError> {
        let text = read(&self.home().projects_file())?.unwrap_or_default();
        Ok(text.lines().map(PathBuf::from).collect())
    }
}

fn read(path: &Path) -> Result<Option<String>, StoreError> {
    let io = |source| StoreError::io("read", path, source);
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() <= LARGEST => {
            std::fs::read_to_string(path).map(Some).map_err(io)
        }
        Ok(_) => Err(StoreError::corrupt(path, format!("not a regular file of at most {LARGEST} bytes"))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(error)),
    }
}
