//! Which project files the user trusts: by their real path and their very bytes.
//!
//! Takes a file, gives what it will set; the bytes that are parsed are the bytes that are stored and compared from then on.
//! Never trusts what another user could change. What is stored belongs to this user alone, as its directories do.

mod check_file;

pub use check_file::{CHECK_FILE, CheckBytes, TrustedCheck, is_check_file};

use super::compile_project;
use crate::store::{self, StoreError};
use crate::toml_file::TomlFileError;
use gvmr_core::env::compiled_rules::{CompiledRules, RECORD_LIMIT};
use gvmr_core::env::gvmr_toml::{self, IgnoredFile, IgnoredReason, NAME, Unreadable};
use gvmr_core::env::notice::Notice;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// How often an approval is written again because another process removed its directory meanwhile.
const ATTEMPTS: usize = 32;

/// The user's list of what is trusted.
#[derive(Clone, Debug)]
pub struct Trust {
    own: UserDirs,
}

/// One project file on the list.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// The file, by its real path.
    pub file: PathBuf,
    /// Whether it has effect.
    pub state: TrustState,
    /// What was approved; `None` where that is damaged.
    pub record: Option<CompiledRules>,
}

/// Whether a file that was trusted has effect now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustState {
    /// It holds what was approved.
    InForce,
    /// It holds something else.
    Changed,
    /// It is not there, or cannot be read.
    Gone,
    /// It belongs to another user by now.
    Foreign,
    /// The stored record is damaged or another user's.
    Damaged,
}

/// Why a file is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file does not exist.
    #[error("there is no {}", printable::path(.0))]
    NoFile(PathBuf),
    /// It has another name than project files have.
    #[error("{} is not a project file: expected the name {NAME}", printable::path(.0))]
    Misnamed(PathBuf),
    /// It belongs to another user, who could change it.
    #[error("{file} belongs to user {owner}", file = printable::path(file))]
    Foreign {
        /// The file.
        file: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// It cannot be read.
    #[error("{file} {why}", file = printable::path(file))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why, to follow its name.
        why: String,
    },
    /// It has mistakes.
    #[error(transparent)]
    Rules(#[from] TomlFileError),
    /// Its trust cannot be revoked.
    #[error("{} is not trusted", printable::path(.0))]
    NotTrusted(PathBuf),
    /// The list cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrustError {
    /// What to do next; where the home failed, the store's own error knows.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoFile(_) | Self::Misnamed(_) => {
                "name a directory with a gvmr.toml: `gvmr trust DIRECTORY`"
            }
            Self::Foreign { file, .. } if is_check_file(file) => {
                "`gvmr check -f FILE` runs it once; a check file of another user cannot be trusted"
            }
            Self::Foreign { .. } => {
                "review it, then name it: `gvmr trust FILE`; the approval ends when the file or its owner changes"
            }
            Self::Unreadable { .. } => {
                "a gvmr.toml is a regular file of at most 64 KiB, in a directory without line breaks in its name"
            }
            Self::Rules(_) => "correct the file, then run `gvmr trust`",
            Self::NotTrusted(_) => "run `gvmr trust --list` to see the trusted files",
            Self::Store(_) => return None,
        };
        Some(hint.to_owned())
    }
}

impl TrustState {
    /// The state as the list says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Foreign => "other owner",
            Self::Damaged => "damaged record",
        }
    }

    /// One word, for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Foreign => "foreign",
            Self::Damaged => "damaged",
        }
    }
}

impl Trust {
    /// The list in this user's directory.
    pub fn of(own: UserDirs) -> Self {
        Self { own }
    }

    /// What `file` holds now, to be shown before it is approved. One of another user must be `named`, and is trusted only
    /// while it is that user's. Changes nothing.
    pub fn read(
        &self,
        file: &Path,
        named: bool,
        user_home: Option<&Path>,
    ) -> Result<CompiledRules, TrustError> {
        if file.file_name() != Some(OsStr::new(NAME)) {
            return Err(TrustError::Misnamed(file.to_owned()));
        }
        let missing = || TrustError::NoFile(file.to_owned());
        let file = gvmr_toml::real_name(file).ok_or_else(missing)?;
        let (read, owner) = match gvmr_toml::read(&file, None) {
            // One that cannot be read at all is not to be reviewed either.
            Err(Unreadable::Foreign(owner)) => match gvmr_toml::read(&file, Some(owner)) {
                Ok(_) if !named => (Err(Unreadable::Foreign(owner)), None),
                read => (read, Some(owner)),
            },
            read => (read, None),
        };
        let bytes = match read {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(missing()),
            Err(Unreadable::Foreign(owner)) => return Err(TrustError::Foreign { file, owner }),
            Err(Unreadable::Refused(refusal)) => {
                return Err(TrustError::Unreadable { file, why: refusal.to_string() });
            }
        };
        let record = CompiledRules { owner, ..compile_project(&file, &bytes, user_home)? };
        let stored = record.write();
        // What is read back must be what is shown now: a name with a newline could add a line.
        if CompiledRules::read(&stored).as_ref() != Some(&record) {
            let why = "cannot be trusted: its path or a value contains a line break".to_owned();
            return Err(TrustError::Unreadable { file, why });
        }
        Ok(record)
    }

    /// Trusts the file of `record` with the bytes that were read; whatever it holds by now counts for nothing.
    pub fn approve(&self, record: &CompiledRules) -> Result<(), TrustError> {
        self.write(&record.source, &record.write())?;
        self.forget_notices(record);
        Ok(())
    }

    /// All that was trusted, by path.
    pub fn list(&self) -> Result<Vec<Trusted>, TrustError> {
        let root = self.own.trusted();
        let mut found = Vec::new();
        let mut directories = vec![root.clone()];
        while let Some(directory) = directories.pop() {
            let listing = |source: io::Error| StoreError::io("list", &directory, source);
            let entries = match fs::read_dir(&directory) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                entries => entries.map_err(listing)?,
            };
            for entry in entries {
                let path = entry.map_err(listing)?.path();
                let is_directory = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
                if is_directory {
                    directories.push(path);
                } else if (path.file_name() == Some(OsStr::new(NAME)) || is_check_file(&path))
                    && let Ok(below) = path.strip_prefix(&root)
                {
                    found.push(self.state(Path::new("/").join(below)));
                }
            }
        }
        found.sort_by(|left, right| left.file.cmp(&right.file));
        Ok(found)
    }

    /// Revokes trust, of a file that is gone too; whether `file`, an absolute path, was trusted. A record lies below the
    /// file's real path; a file that is gone is looked up by the path as it is given.
    pub fn revoke(&self, file: &Path) -> Result<bool, TrustError> {
        let mut revoked = false;
        for name in [gvmr_toml::real_name(file), Some(file.to_owned())].into_iter().flatten() {
            let is_known = name.file_name() == Some(OsStr::new(NAME)) || is_check_file(&name);
            let is_name = is_known && is_plain(&name);
            revoked |= is_name && self.remove(&self.own.trusted_record(&name))?;
        }
        Ok(revoked)
    }

    /// Whether anything is stored for the file, by its real path or as it stands.
    pub fn knows(&self, file: &Path) -> bool {
        let names = [gvmr_toml::real_name(file), Some(file.to_owned())];
        let is_stored = |name: PathBuf| {
            fs::symlink_metadata(self.own.trusted_record(&name)).is_ok_and(|found| !found.is_dir())
        };
        names.into_iter().flatten().any(is_stored)
    }

    fn state(&self, file: PathBuf) -> Trusted {
        if is_check_file(&file) {
            return Trusted { state: self.check_state(&file), file, record: None };
        }
        let record = gvmr_toml::record(&self.own, &file);
        let owner = record.as_ref().and_then(|record| record.owner);
        let state = match (&record, gvmr_toml::read(&file, owner)) {
            (None, _) => TrustState::Damaged,
            // A link in place of a directory leads to another file, which is not meant.
            _ if gvmr_toml::real_name(&file).as_ref() != Some(&file) => TrustState::Gone,
            (Some(record), Ok(Some(bytes))) if record.body == bytes => TrustState::InForce,
            (_, Ok(Some(_))) => TrustState::Changed,
            (_, Err(Unreadable::Foreign(_))) => TrustState::Foreign,
            (_, Ok(None) | Err(_)) => TrustState::Gone,
        };
        Trusted { file, state, record }
    }

    /// Writes what was approved, whole or not at all.
    fn write(&self, file: &Path, bytes: &[u8]) -> Result<(), TrustError> {
        if bytes.len() as u64 > RECORD_LIMIT {
            let why = format!("is too large: its compiled rules exceed {} KiB", RECORD_LIMIT / 1024);
            return Err(TrustError::Unreadable { file: file.to_owned(), why });
        }
        let path = self.own.trusted_record(file);
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            self.forget_below(file)?;
        }
        let mut attempts = 0..ATTEMPTS;
        loop {
            let written = self.clear(&path).and_then(|()| store::replace(&path, bytes, 0o600));
            match written {
                Err(StoreError::Io { source, .. })
                    if source.kind() == ErrorKind::NotFound && attempts.next().is_some() => {}
                Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::InvalidFilename => {
                    let why = "cannot be trusted: its path is too long".to_owned();
                    return Err(TrustError::Unreadable { file: file.to_owned(), why });
                }
                written => return Ok(written?),
            }
        }
    }

    /// Removes the records of what lay below `file` when that was a directory.
    fn forget_below(&self, file: &Path) -> Result<(), TrustError> {
        for below in self.list()?.into_iter().filter(|one| one.file.starts_with(file)) {
            self.remove(&self.own.trusted_record(&below.file))?;
        }
        Ok(())
    }

    /// Makes the record's directories, and removes what is in its way there: the record of a file that is a directory by
    /// now, a link, another user's file.
    fn clear(&self, path: &Path) -> Result<(), StoreError> {
        let (root, me) = (self.own.trusted(), rustix::process::geteuid().as_raw());
        let directory = path.parent().unwrap_or(path);
        let on_the_way: Vec<_> = directory.ancestors().take_while(|above| *above != root).collect();
        let stale = on_the_way.into_iter().rev().find(|above| {
            above.file_name() == Some(OsStr::new(NAME))
                && fs::symlink_metadata(above).is_ok_and(|found| found.is_file())
        });
        store::prepare_private(self.own.root(), &root)?;
        stale.map_or(Ok(()), unlink)?;
        store::prepare_private(self.own.root(), directory)?;
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() || (found.is_file() && found.uid() == me) => Ok(()),
            Ok(_) => unlink(path),
            Err(_) => Ok(()), // nothing is there, or the writing will tell
        }
    }

    /// Removes a record and the directories that are empty without it; whether there was one.
    fn remove(&self, path: &Path) -> Result<bool, StoreError> {
        match fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if is_absent(path, &error) => return Ok(false),
            Err(error) => return Err(StoreError::io("remove", path, error)),
        }
        let root = self.own.trusted();
        for above in path.ancestors().skip(1).take_while(|above| *above != root) {
            if fs::remove_dir(above).is_err() {
                break; // it holds more
            }
        }
        Ok(true)
    }

    /// Removes the marks of its notices: they are printed again if this content ever needs them.
    fn forget_notices(&self, record: &CompiledRules) {
        for why in [IgnoredReason::Untrusted, IgnoredReason::Changed] {
            let ignored = IgnoredFile::of(record.source.clone(), why, Some(&record.body));
            let mark = Notice::ProjectFile(ignored).mark(&self.own);
            let _ = fs::remove_file(mark); // one that stays is a day's silence
        }
    }
}

fn unlink(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io("remove", path, error)),
        _ => Ok(()),
    }
}

/// Whether no record is there.
fn is_absent(path: &Path, error: &io::Error) -> bool {
    use ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename)
        || fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Whether the path can only lead downward: no `..`.
fn is_plain(path: &Path) -> bool {
    path.components().all(|part| part != std::path::Component::ParentDir)
}
