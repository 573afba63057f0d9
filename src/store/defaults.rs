//! The one-line facts beside the toolchains: the default, and the pins that `prune` asks.

use super::temporary::temporary;
use super::{Store, StoreError, Toolchain, replace};
use crate::atomic_file::{self, CWD};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::gover::version_file::Pin;
use gvmr_core::home::paths::Home;
use gvmr_core::select::error::ResolveError;
use gvmr_core::select::pin_files;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Environment;
use rustix::io::Errno;
use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The largest of these files that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The lock of the default, and how long it is waited for: it is held for one file's write.
const DEFAULT: &str = "default";
const PATIENCE: Duration = Duration::from_secs(10);

/// What the default asks for, read as the shim reads it; `None` where there is none.
pub fn default_selector(home: &Home, environment: &dyn Environment) -> Result<Option<Selector>, StoreError> {
    selector(pin_files::default_file(home, environment))
}

/// The installed version that the default means now; `None` where none is set or installed.
pub fn default_version(
    home: &Home,
    environment: &dyn Environment,
    toolchains: &[Toolchain],
) -> Result<Option<Version>, StoreError> {
    Ok(default_selector(home, environment)?.and_then(|selector| newest(&selector, toolchains)))
}

/// A default as it is stored: a version word, and the version that it means now.
///
/// Its first line is what every gvmr reads, as a version or a prefix; what moves in another way stands on the second line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultVersion {
    /// What was asked for.
    pub selector: Selector,
    /// What it means now; what programs that read the first line alone use for `oldstable` and ranges.
    pub now: Version,
}

impl DefaultVersion {
    /// The content of the file, which [`gvmr_core::gover::version_file::default`] reads.
    fn content(&self) -> String {
        let selector = &self.selector;
        match selector {
            Selector::Exact(_) | Selector::Prefix(_) => format!("{selector}\n"),
            Selector::Latest => format!("1\n{selector}\n"),
            Selector::OldStable | Selector::Range(_) => format!("{}\n{selector}\n", self.now.exact()),
        }
    }
}

/// Sets a user's own default, which counts in a home that another user keeps. Directories that are missing are made
/// for this user alone; a link is kept, and the file it leads to is written.
pub fn set_own_default(file: &Path, default: &DefaultVersion) -> Result<(), StoreError> {
    if let Some(above) = file.parent() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(above);
        made.map_err(|error| StoreError::io("create", above, error))?;
    }
    let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    replace(&real, default.content().as_bytes(), 0o644)
}

fn selector(default: Result<Option<(PathBuf, Pin)>, ResolveError>) -> Result<Option<Selector>, StoreError> {
    match default {
        Ok(pin) => Ok(pin.and_then(|(_, pin)| pin.wanted.selector().cloned())),
        Err(problem) => {
            let file = match &problem {
                ResolveError::Pin { file, .. } | ResolveError::Refused { file, .. } => file.as_path(),
                _ => Path::new("default"), // no other problem is a default's
            };
            Err(StoreError::corrupt(file, problem.to_string()))
        }
    }
}

fn newest(selector: &Selector, toolchains: &[Toolchain]) -> Option<Version> {
    selector.newest(toolchains.iter().map(|toolchain| &toolchain.version)).cloned()
}

impl Store {
    /// Keeps other processes from changing the default between a look at it and a change of it. Where the file system has
    /// no locks nothing does.
    fn lock_default(&self) -> Result<Option<File>, StoreError> {
        match self.acquire_soon(DEFAULT, PATIENCE) {
            Ok(lock) => Ok(Some(lock)),
            Err(StoreError::NoLocks { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets the home's default.
    pub fn set_default(&self, default: &DefaultVersion) -> Result<(), StoreError> {
        let _lock = self.lock_default()?;
        self.write(&self.home().default_file(), default.content().as_bytes())
    }

    /// Sets the default where there is none; whether it did. Of several processes one does.
    pub fn set_default_if_none(&self, default: &DefaultVersion) -> Result<bool, StoreError> {
        let path = self.home().default_file();
        let _lock = self.lock_default()?;
        if path.exists() {
            return Ok(false);
        }
        let draft = temporary(&path);
        self.write(&draft, default.content().as_bytes())?;
        let renamed = atomic_file::rename_new(CWD, &draft, &path);
        match renamed {
            Ok(()) => return Ok(true),
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(StoreError::io("create", &path, errno)),
        }
        let _ = std::fs::remove_file(&draft); // a leftover is swept
        Ok(false)
    }

    /// Removes the home's default.
    pub fn clear_default(&self) -> Result<(), StoreError> {
        let path = self.home().default_file();
        let _lock = self.lock_default()?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// Removes a default that no installed version satisfies any more; whether it did. Then what is outside gvmr
    /// runs where nothing asks for a version, or the newest that is installed.
    pub fn clear_default_if_gone(&self) -> Result<bool, StoreError> {
        let path = self.home().default_file();
        let _lock = self.lock_default()?;
        let Some(selector) = selector(pin_files::home_default(self.home()))? else { return Ok(false) };
        if newest(&selector, &self.toolchains()?).is_some() {
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
        Ok(metadata) if metadata.is_file() && metadata.len() <= MAX_BYTES => {}
        Ok(_) => {
            return Err(StoreError::corrupt(
                path,
                format!("not a regular file of at most {MAX_BYTES} bytes"),
            ));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    }
    // Once more by what does not wait: a file of /proc is regular too.
    let bytes =
        bounded::read(path, MAX_BYTES).map_err(|refusal| StoreError::corrupt(path, refusal.to_string()))?;
    let text = bytes.map(String::from_utf8).transpose();
    text.map_err(|_| StoreError::corrupt(path, "is not UTF-8 text"))
}
