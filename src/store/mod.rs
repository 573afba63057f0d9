//! gvmr's home on disk: what is installed, what is being installed, and how one becomes the other.
//!
//! Takes a [`Home`], a proven and staged tree, versions to remove. Guarantees that at every instant a version is
//! absent, or complete and on the disk; that a lock dies with its process; that nothing is deleted but what the
//! store itself made; that files it replaces keep their old content until the new one is on the disk. Never follows a
//! link out of the home, never works in another user's home, never waits without reporting which process it waits for.

mod commit;
mod defaults;
mod delete;
mod directories;
mod error;
mod holder;
mod lock;
mod manifest;
mod mark;
mod mounts;
mod passwd;
mod permissions;
mod pin_file;
mod program_record;
mod programs;
mod purge;
mod receipt;
mod remove;
mod replace;
mod retention;
mod share;
mod shims;
mod space;
mod staging;
mod temporary;

pub use commit::{Committed, Facts};
pub use defaults::{DefaultVersion, default_selector, default_version, set_own_default};
pub use directories::prepare_private;
pub use error::{StoreError, storage_hint};
pub use holder::{Holder, Stuck};
pub use lock::{LOCK_TIMEOUT, LockWait, VersionLock, lock_file};
pub use manifest::kept_manifest;
pub use mark::{AUTH_MARK, leave_first_mark, leave_mark};
pub use passwd::{PasswdEntry, group_name, is_in_home_of, may_be_given_away, passwd, user_name};
pub use pin_file::{is_version_file, with_version};
pub use program_record::{ProgramRecord, RELEASE};
pub use programs::{Programs, Refresh};
pub use purge::{KeptBecause, disk_usage, kept_because, purge_directory, refuse_purge};
pub use receipt::{IMPORTED, ProofKind, Receipt};
pub use remove::processes_in;
pub use replace::{replace, replace_for_all};
pub use retention::{IS_DEFAULT, Retention};
pub use share::{SHARED_HOME, Shared, machine_file, share, unshare};
pub use shims::{ShimChanges, shim_names};
pub use staging::StagingDirectory;

use crate::atomic_file;
use gvmr_core::gover::version::Version;
use gvmr_core::home::goroot;
use gvmr_core::home::paths::Home;
use gvmr_core::home::shared_home;
use gvmr_core::sys::printable;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The home of this user, checked and ready to be changed.
#[derive(Clone, Debug)]
pub struct Store {
    home: Home,
    /// Whether all users read it: what is written there must be readable for them.
    shared: bool,
    /// How long the holder of a lock may make no progress.
    lock_timeout: Duration,
    /// A directory of it that everyone can write to, on a file system without modes.
    open: Option<PathBuf>,
}

/// One installed version.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The version that its directory is named after.
    pub version: Version,
    /// The tree's root.
    pub goroot: PathBuf,
    /// What the commit wrote down; `None` where it is missing or unreadable ([`Receipt::read`] says why).
    pub receipt: Option<Receipt>,
    /// Where it leads, if a user made a link of that name. It is a version like any other, but what lies there is not
    /// gvmr's: nothing below it is ever changed or removed.
    pub link: Option<PathBuf>,
}

impl Store {
    /// Opens the home for changes, creating what is missing of it (the home itself with mode 0700).
    ///
    /// [`StoreError::Shared`] where another user keeps it for all; [`StoreError::NotOurs`] where another user owns it,
    /// or root would create it in that user's own home; [`StoreError::Open`] where others can write to it;
    /// [`StoreError::Corrupt`] where it is not absolute or not a directory.
    pub fn open(home: Home) -> Result<Self, StoreError> {
        if shared_home::is_anothers(&home) {
            return Err(StoreError::Shared { home: home.root().to_owned() });
        }
        let open = directories::prepare(&home)?;
        let shared = fs::symlink_metadata(home.shared_file()).is_ok();
        if shared {
            permissions::admit(&home)?;
        }
        Ok(Self { home, shared, lock_timeout: LOCK_TIMEOUT, open })
    }

    /// The home as one who changes nothing in it needs it: nothing is checked or created.
    pub fn to_read(home: Home) -> Self {
        Self { home, shared: false, lock_timeout: LOCK_TIMEOUT, open: None }
    }

    /// The same, which waits so long for the holder of a lock that makes no progress.
    #[must_use]
    pub fn with_lock_timeout(self, lock_timeout: Duration) -> Self {
        Self { lock_timeout, ..self }
    }

    /// A directory of it that everyone can write to, and whose file system cannot forbid that.
    pub fn open_directory(&self) -> Option<&Path> {
        self.open.as_deref()
    }

    /// The paths.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// One version, if it is installed; [`StoreError::Damaged`] where its directory is there and cannot be used.
    pub fn toolchain(&self, version: &Version) -> Result<Option<Toolchain>, StoreError> {
        let found = entries(&self.home)?.into_iter().find(|toolchain| toolchain.version == *version);
        let Some(toolchain) = found else { return Ok(None) };
        let go = toolchain.goroot.join("bin/go");
        let executable =
            fs::metadata(&go).is_ok_and(|go| go.is_file() && go.permissions().mode() & 0o111 != 0);
        let why = match &toolchain.receipt {
            _ if !toolchain.goroot.is_dir() => "is a link to a directory that does not exist",
            None if toolchain.link.is_none() => "has no receipt",
            _ if !executable => "has no executable bin/go",
            _ => return Ok(Some(toolchain)),
        };
        Err(StoreError::Damaged { version: version.clone(), why })
    }

    /// What is installed, oldest version first.
    pub fn toolchains(&self) -> Result<Vec<Toolchain>, StoreError> {
        toolchains(&self.home)
    }

    /// Replaces a small file that the shim reads.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        if self.shared { replace_for_all(path, bytes) } else { replace(path, bytes, 0o644) }
    }
}

/// What is installed in `home`, oldest version first, without creating or checking anything else. A home that
/// does not exist holds nothing; names in `versions/` that are no version's are left out.
pub fn toolchains(home: &Home) -> Result<Vec<Toolchain>, StoreError> {
    let mut found = entries(home)?;
    found.retain(|toolchain| toolchain.link.is_none() || toolchain.goroot.is_dir());
    Ok(found)
}

/// The same, with links that lead nowhere: nothing runs by them, and they can be removed.
pub fn entries(home: &Home) -> Result<Vec<Toolchain>, StoreError> {
    let versions = home.versions();
    let entries = match fs::read_dir(&versions) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("list", &versions, error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::io("list", &versions, error))?;
        let version = entry.file_name().to_str().and_then(version_of);
        let Some((version, kind)) = version.zip(entry.file_type().ok()) else { continue };
        let link = fs::read_link(entry.path()).ok().filter(|_| kind.is_symlink());
        if kind.is_dir() || link.as_ref().is_some_and(|_| !entry.path().is_file()) {
            found.push(Toolchain { link, ..Toolchain::at(version, entry.path()) });
        }
    }
    found.sort_by(|left, right| left.version.cmp(&right.version));
    Ok(found)
}

impl Toolchain {
    /// How it was proved, in a word: `log`, `no receipt`, or `link`.
    pub fn proof_word(&self) -> &'static str {
        match (&self.link, &self.receipt) {
            (Some(_), _) => "link",
            (None, Some(receipt)) => receipt.proof.word(),
            (None, None) => "no receipt",
        }
    }

    /// Whether gvmr installed it with a proof.
    pub fn is_proved(&self) -> bool {
        self.link.is_none() && self.receipt.as_ref().is_some_and(|receipt| receipt.proof.is_proved())
    }

    /// Where it came from, in a word, or where it leads.
    pub fn origin(&self) -> String {
        match (&self.link, &self.receipt) {
            (Some(target), _) => printable::path(target),
            (None, Some(receipt)) => receipt.origin().to_owned(),
            (None, None) => String::new(),
        }
    }

    /// How it was proved and when it was installed, or where it leads.
    pub fn summary(&self) -> String {
        match (&self.link, &self.receipt) {
            (Some(target), _) => format!("link to {}", printable::path(target)),
            (None, Some(receipt)) => format!("{}, installed {}", receipt.summary(), receipt.date()),
            (None, None) => "no receipt".to_owned(),
        }
    }

    /// The day of the release, as its `VERSION` file says since Go 1.21: `2024-12-03`.
    pub fn release_date(&self) -> Option<String> {
        let text = String::from_utf8(goroot::version_file(&self.goroot)?).ok()?;
        let date = text.lines().find_map(|line| line.strip_prefix("time "))?.get(..10)?.to_owned();
        let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        is_date.then_some(date)
    }

    fn at(version: Version, goroot: PathBuf) -> Self {
        let receipt = Receipt::read(&goroot).ok().flatten();
        Self { version, goroot, receipt, link: None }
    }
}

/// The version whose toolchain is called exactly `name`.
fn version_of(name: &str) -> Option<Version> {
    Version::from_toolchain(name).filter(|version| version.toolchain_name() == name)
}

/// Makes the names in a directory durable after `done`, which stands whether that succeeds or not.
fn sync_after(path: &Path, done: impl Into<String>) -> Result<(), StoreError> {
    match sync_directory(path) {
        Err(StoreError::Io { source, path, .. }) => {
            Err(StoreError::Unsynced { done: done.into(), path, source })
        }
        other => other,
    }
}

/// Makes the names in a directory durable.
fn sync_directory(path: &Path) -> Result<(), StoreError> {
    let synced = fs::File::open(path).and_then(|directory| Ok(atomic_file::sync_names(directory)?));
    synced.map_err(|error| StoreError::io("sync", path, error))
}
