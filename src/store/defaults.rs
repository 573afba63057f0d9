//! The one-line facts beside the toolchains: the default, and the pins that `prune` asks.

use super::{Store, StoreError, Toolchain, replace};
use gvmr_shims::home::Home;
use gvmr_shims::selector::Selector;
use gvmr_shims::version::Version;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The largest of these files that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// What the home's default file says; `None` where there is none.
pub fn default_selector(home: &Home) -> Result<Option<Selector>, StoreError> {
    let path = home.default_file();
    let Some(text) = read(&path)? else { return Ok(None) };
    Selector::parse(text.trim()).map(Some).map_err(|error| StoreError::corrupt(&path, error.to_string()))
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
        let draft = self.home().staging().join(format!("default-{}", std::process::id()));
        replace(&draft, format!("{text}\n").as_bytes(), 0o644)?;
        let linked = std::fs::hard_link(&draft, &path);
        let _ = std::fs::remove_file(&draft); // a leftover is swept
        match linked {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(StoreError::io("create", &path, source)),
        }
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
