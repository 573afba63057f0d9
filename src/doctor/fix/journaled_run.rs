//! What was there before each mend of one run, on the disk before the mend begins.
//!
//! A run's directory holds `run.json`, whose last line is the sha256 of the rest, and the former bytes of each file. Nothing in
//! it is trusted that does not have its sum. Never writes what is mended.

use super::error::FixError;
use super::state::{Edited, FileState, sum};
use crate::atomic_file::{CWD, NewFile, sync_names};
use crate::doctor::logins::WrittenLogin;
use gvmr_core::sys::bounded;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The most of a file that is read, in bytes.
const LIMIT: u64 = 64 << 20;
const RECORD: &str = "run.json";

/// One run as it is recorded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunRecord {
    /// What was edited, in order.
    pub edits: Vec<JournaledEdit>,
    /// Logins that went to `gvmr auth`, by kind and machine.
    pub logins: Vec<(String, String)>,
    /// Files that were moved aside: the old path and the new one.
    pub moved: Vec<(PathBuf, PathBuf)>,
    /// Files that were missing before logins were stored, each with how many directories above it were missing too.
    #[serde(default)]
    pub made: Vec<(PathBuf, usize)>,
}

/// One file as it was before a mend.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JournaledEdit {
    /// The kind of the finding.
    pub id: String,
    /// What was edited.
    pub edited: Edited,
    /// What was there.
    pub before: FileState,
    /// What the edit left there, or was to leave there where the run ended too early.
    pub after: Option<FileState>,
    /// The name of the file with the former bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    /// Device and inode of a file that may be one of several names of a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<(u64, u64)>,
}

/// A run that is being recorded, or was.
#[derive(Debug)]
pub struct JournaledRun {
    /// Its number.
    pub number: u64,
    directory: PathBuf,
    /// The name of the next file with former bytes.
    next: usize,
    /// What is recorded.
    pub record: RunRecord,
    /// The logins that this run stored, which the record has without their secrets.
    pub(super) stored: Vec<WrittenLogin>,
}

impl JournaledEdit {
    /// Whether the name still leads to the file that it led to, as far as that is recorded.
    pub(super) fn is_same_file(&self) -> bool {
        match &self.edited {
            Edited::Path(path) => self.inode.is_none() || inode(path) == self.inode,
            Edited::Crontab => true,
        }
    }
}

impl JournaledRun {
    /// A new one in its directory, which is there.
    pub(super) fn new(directory: PathBuf, number: u64) -> Result<Self, FixError> {
        let run = Self { number, directory, next: 0, record: RunRecord::default(), stored: Vec::new() };
        run.write()?;
        Ok(run)
    }

    /// A run that was recorded, if all of it is what was written.
    pub(super) fn read(directory: PathBuf, number: u64) -> Result<Self, FixError> {
        let path = directory.join(RECORD);
        let damaged = |why: String| FixError::Damaged { path: path.clone(), why };
        check_rights(&directory)?;
        let bytes = bounded::read(&path, LIMIT).map_err(|error| damaged(error.to_string()))?;
        let text = bytes.ok_or_else(|| damaged("it is missing".to_owned()))?;
        let text = String::from_utf8(text).map_err(|error| damaged(error.to_string()))?;
        let body = text.trim_end().rsplit_once('\n').filter(|(body, last)| sum(body.as_bytes()) == *last);
        let (body, _) = body.ok_or_else(|| damaged("its sum is another one".to_owned()))?;
        let record = serde_json::from_str(body).map_err(|error| damaged(error.to_string()))?;
        let run = Self { number, directory, next: 0, record, stored: Vec::new() };
        for edit in &run.record.edits {
            run.bytes(edit)?;
        }
        Ok(run)
    }

    /// Records what is there before a mend of this kind; `after` is what the mend leaves there, where that is known.
    pub(super) fn keep(
        &mut self,
        id: &str,
        edited: Edited,
        after: Option<FileState>,
    ) -> Result<(), FixError> {
        let failed = |source| FixError::Io { action: "read", path: path_of(&edited), source };
        let (before, content) = edited.look().map_err(failed)?;
        let mut bytes = None;
        if matches!(before, FileState::File { .. }) {
            let name = self.next.to_string();
            self.next += 1;
            self.put(&name, &content)?;
            bytes = Some(name);
        }
        self.record.edits.push(JournaledEdit {
            id: id.to_owned(),
            edited,
            before,
            after,
            bytes,
            inode: None,
        });
        self.write()
    }

    /// The same for a name of a program, which may be a link to another one.
    pub(super) fn keep_program(
        &mut self,
        id: &str,
        path: PathBuf,
        after: Option<FileState>,
    ) -> Result<(), FixError> {
        let inode = inode(&path);
        self.keep(id, Edited::Path(path), after)?;
        if let Some(edit) = self.record.edits.last_mut() {
            edit.inode = inode;
        }
        self.write()
    }

    /// Records what the edits left, from the one with this index on. What they did not change is no longer recorded.
    pub(super) fn settle(&mut self, from: usize) -> Result<(), FixError> {
        for edit in self.record.edits.iter_mut().skip(from) {
            if let Ok((now, _)) = edit.edited.look() {
                edit.after = Some(now);
            }
        }
        let mut index = 0;
        self.record.edits.retain(|edit| {
            index += 1;
            index <= from || edit.after.as_ref() != Some(&edit.before) || !edit.is_same_file()
        });
        self.write()
    }

    /// The former bytes of a file, whose sum is that of the record.
    pub(super) fn bytes(&self, edit: &JournaledEdit) -> Result<Vec<u8>, FixError> {
        let (Some(name), FileState::File { sha256, .. }) = (&edit.bytes, &edit.before) else {
            return Ok(Vec::new());
        };
        let path = self.directory.join(name);
        let damaged = |why: &str| FixError::Damaged { path: path.clone(), why: why.to_owned() };
        if name.bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(damaged("it names a file that is not its own"));
        }
        let bytes = bounded::read(&path, LIMIT).ok().flatten().ok_or_else(|| damaged("it is missing"))?;
        if sum(&bytes) == *sha256 { Ok(bytes) } else { Err(damaged("its sum is another one")) }
    }

    /// Writes the record in the place of the one before it.
    pub(super) fn write(&self) -> Result<(), FixError> {
        let path = self.directory.join(RECORD);
        let body = serde_json::to_string(&self.record).map_err(|error| FixError::Io {
            action: "write",
            path: path.clone(),
            source: error.into(), // a path that is not UTF-8
        })?;
        let text = format!("{body}\n{}\n", sum(body.as_bytes()));
        self.put(RECORD, text.as_bytes())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), FixError> {
        let path = self.directory.join(name);
        let new = self.directory.join(format!("{name}.new"));
        let _ = fs::remove_file(&new); // of a run that was killed
        let file = NewFile::create(CWD, &new, 0o600).map_err(|error| io("create", &new)(error.into()))?;
        file.write(bytes).map_err(io("write", &new))?;
        file.replace(&path).map_err(|error| io("write", &path)(error.into()))?;
        sync(&self.directory)
    }

    /// Deletes the record: all of it is taken back, or nothing was done.
    pub(super) fn delete(self) -> Result<(), FixError> {
        remove(&self.directory)
    }
}

/// Device and inode of a regular file.
pub(super) fn inode(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|found| (found.dev(), found.ino()))
}

/// Removes a run's directory, which has files alone. Never through a link.
pub(super) fn remove(directory: &Path) -> Result<(), FixError> {
    check_rights(directory)?;
    for entry in fs::read_dir(directory).map_err(io("list", directory))?.flatten() {
        fs::remove_file(entry.path()).map_err(io("remove", directory))?;
    }
    fs::remove_dir(directory).map_err(io("remove", directory))
}

/// What others can write to proves nothing.
pub(super) fn check_rights(directory: &Path) -> Result<(), FixError> {
    let found = fs::symlink_metadata(directory).map_err(io("stat", directory))?;
    let is_own = found.uid() == rustix::process::geteuid().as_raw();
    if found.is_dir() && is_own && found.mode() & 0o022 == 0 {
        Ok(())
    } else {
        Err(FixError::Unsafe { path: directory.to_owned() })
    }
}

pub(super) fn sync(directory: &Path) -> Result<(), FixError> {
    let opened = File::open(directory).map_err(io("open", directory))?;
    sync_names(&opened).map_err(|error| io("sync", directory)(error.into()))
}

pub(super) fn io<'p>(action: &'static str, path: &'p Path) -> impl Fn(io::Error) -> FixError + use<'p> {
    move |source| FixError::Io { action, path: path.to_owned(), source }
}

fn path_of(edited: &Edited) -> PathBuf {
    match edited {
        Edited::Path(path) => path.clone(),
        Edited::Crontab => PathBuf::from("crontab"),
    }
}
