//! The `credentials` file: read, and changed under a lock.
//!
//! Takes changes of its lines. Only a regular file of this user's, in a directory of this user's, that no other user may
//! read is ever used. It is replaced in one step: a writer that is killed leaves the old or the new. Lines that are no
//! entries stay. A file with more than one name is read and never replaced.

use super::{CredentialEntry, CredentialsError, Secret, SecretStore};
use crate::store::{self, LockWait, StoreError};
use gvmr_core::env::compiled_rules::RECORD_LIMIT;
use gvmr_core::env::credentials::{CredentialKind, entries};
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::private_file::{self, Exposure};
use rustix::fs::OFlags;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Where the file is.
#[derive(Clone, Debug)]
pub struct Files {
    path: PathBuf,
}

/// What it holds.
pub(super) struct Lines(String);

impl Files {
    pub(super) fn of(own: &UserDirs) -> Self {
        Self { path: own.credentials() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lock_path(&self) -> PathBuf {
        self.path.with_file_name("credentials.lock")
    }

    /// Nothing where there is no file.
    pub(super) fn read(&self) -> Result<Lines, CredentialsError> {
        let me = rustix::process::geteuid().as_raw();
        let read = private_file::read(&self.path, RECORD_LIMIT, me);
        let text = read.map_err(|exposure| exposed(&self.path, &exposure))?;
        Ok(Lines(text.unwrap_or_default()))
    }

    /// Whether it may be given new content. One with more names is not: what is taken out would stay under the others,
    /// and what is new be missing there.
    pub(super) fn check_writable(&self) -> Result<(), CredentialsError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_file() && found.nlink() > 1 => {
                Err(CredentialsError::HardLinked { path: self.path.clone(), names: found.nlink() })
            }
            _ => Ok(()),
        }
    }

    /// The right to change it, until it is dropped.
    pub(super) fn lock(&self, wait: &LockWait<'_>) -> Result<LockedFile<'_>, CredentialsError> {
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        prepare(directory)?;
        let lock = lock(&self.lock_path(), wait)?;
        sweep(directory, &self.path);
        Ok(LockedFile { files: self, _lock: lock })
    }
}

/// The file, which no other gvmr changes meanwhile.
pub(super) struct LockedFile<'a> {
    files: &'a Files,
    _lock: File,
}

impl LockedFile<'_> {
    /// Reads, changes and writes it, unless that is `cancelled` meanwhile.
    pub(super) fn change<T>(
        &self,
        cancelled: &dyn Fn() -> bool,
        change: impl FnOnce(&mut Lines) -> T,
    ) -> Result<T, CredentialsError> {
        let path = &self.files.path;
        let mut lines = self.files.read()?;
        let before = lines.0.clone();
        let result = change(&mut lines);
        if lines.0.len() as u64 > RECORD_LIMIT {
            return Err(wrong(path, "is full"));
        }
        if lines.0 != before {
            self.files.check_writable()?;
            if cancelled() {
                return Err(StoreError::Cancelled.into());
            }
            store::replace(path, lines.0.as_bytes(), 0o600)?;
        }
        Ok(result)
    }
}

impl Lines {
    /// Each entry, with its secret where that is here.
    pub(super) fn entries(&self) -> Vec<(CredentialEntry, Option<Secret>)> {
        let of = |line: gvmr_core::env::credentials::Entry<'_>| {
            let place = if line.secret.is_some() { SecretStore::File } else { SecretStore::Keyring };
            let (machine, login) = (line.machine.to_owned(), line.login.to_owned());
            let entry = CredentialEntry { kind: line.kind, machine, login, place };
            (entry, line.secret.map(|secret| Secret(secret.to_owned())))
        };
        entries(&self.0).into_iter().map(of).collect()
    }

    /// Takes the machine's entry out.
    pub(super) fn remove(&mut self, kind: CredentialKind, machine: &str) -> Option<CredentialEntry> {
        let is_it = |line: &str| entries(line).iter().any(|one| one.kind == kind && one.machine == machine);
        let removed = self.0.lines().find(|line| is_it(line)).map(|line| Lines(line.to_owned()));
        let rest = self.0.lines().filter(|line| !is_it(line)).map(|line| format!("{line}\n"));
        self.0 = rest.collect();
        Some(removed?.entries().pop()?.0)
    }

    pub(super) fn add(&mut self, entry: &CredentialEntry, secret: &Secret) {
        let CredentialEntry { kind, machine, login, place } = entry;
        let mut fields = vec![kind.word(), machine, login, place.word()];
        if *place == SecretStore::File {
            fields.push(secret.reveal());
        }
        self.0.push_str(&fields.join("\t"));
        self.0.push('\n');
    }
}

/// Opens a file that another user may have planted: follows no link, waits for no FIFO.
fn open(path: &Path, options: &mut fs::OpenOptions) -> Result<Option<File>, CredentialsError> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match options.custom_flags(flags.bits().cast_signed()).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if is_link(path) => {
            let _ = error;
            Err(wrong(path, "is a symbolic link; expected a regular file"))
        }
        Err(error) => Err(cannot("open", path, &error)),
    }
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

/// Makes the directory where it is missing. Root makes none in another user's, who could not change it.
fn prepare(directory: &Path) -> Result<(), CredentialsError> {
    let me = rustix::process::geteuid().as_raw();
    let nearest = directory.ancestors().find_map(|path| fs::metadata(path).ok().map(|found| (path, found)));
    let Some((path, found)) = nearest else { return Err(unusable(directory, "cannot be read")) };
    if path != directory {
        if me == 0 && found.uid() != 0 {
            return Err(unusable(path, format!("belongs to user {}, but you are root", found.uid())));
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|error| cannot("create", directory, &error))?;
    }
    let found = fs::metadata(directory).map_err(|error| cannot("inspect", directory, &error))?;
    if !found.is_dir() {
        return Err(unusable(directory, "is not a directory"));
    }
    if found.uid() != me {
        return Err(unusable(directory, format!("belongs to user {}, but you are user {me}", found.uid())));
    }
    if found.mode() & 0o002 != 0 {
        return Err(exposed(&directory.join("credentials"), &Exposure::Directory(directory.to_owned())));
    }
    Ok(())
}

fn lock(path: &Path, wait: &LockWait<'_>) -> Result<File, CredentialsError> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = open(path, &mut options)?.ok_or_else(|| wrong(path, "vanished"))?;
    check_lock(path, &file)?;
    let file = store::lock_file(path, "the credentials", wait)?;
    check_lock(path, &file)?; // it may be another one by now
    Ok(file)
}

fn check_lock(path: &Path, file: &File) -> Result<(), CredentialsError> {
    let found = file.metadata().map_err(|error| cannot("inspect", path, &error))?;
    let me = rustix::process::geteuid().as_raw();
    private_file::check(&found, me).map_err(|exposure| exposed(path, &exposure))
}

/// Removes what writers that were killed left, which holds secrets too: only one writes at a time, and that is this one.
fn sweep(directory: &Path, file: &Path) {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let temporary = format!(".{name}.gvmr-");
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&temporary) {
            let _ = fs::remove_file(entry.path()); // the next writer tries again
        }
    }
}

fn exposed(path: &Path, exposure: &Exposure) -> CredentialsError {
    CredentialsError::File { path: path.to_owned(), why: exposure.to_string() }
}

fn wrong(path: &Path, why: impl Into<String>) -> CredentialsError {
    CredentialsError::File { path: path.to_owned(), why: why.into() }
}

fn unusable(path: &Path, why: impl Into<String>) -> CredentialsError {
    CredentialsError::Directory { path: path.to_owned(), why: why.into() }
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> CredentialsError {
    unusable(path, format!("cannot be used ({what}): {error}"))
}
