//! The runs of mends that are recorded, and the lock that keeps two from running at once.
//!
//! Each run has a directory `N` of mode 0700 in `gvmr/doctor` of the user's state directory. The journal exists without a home
//! of gvmr. Never reads or writes what is mended.

use super::error::FixError;
use super::journaled_run::{JournaledRun, check_rights, io, remove, sync};
use gvmr_core::sys::environment::Environment;
use std::fs::{self, DirBuilder, DirEntry, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Runs are kept so long.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// No journal gets so many runs.
const MAX_NUMBER: u64 = 1 << 32;

/// The journal, held by this process alone.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    _lock: File,
}

impl Journal {
    /// Opens the user's journal, and makes it where it is missing.
    pub fn open(environment: &dyn Environment) -> Result<Self, FixError> {
        let directory = directory(environment)?;
        DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(io("create", &directory))?;
        check_rights(&directory)?;
        let path = directory.join("lock");
        let opened = File::options().create(true).write(true).truncate(false).mode(0o600).open(&path);
        let lock = opened.map_err(io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { directory, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FixError::Busy),
            Err(TryLockError::Error(source)) => Err(FixError::Io { action: "lock", path, source }),
        }
    }

    /// The same where there is one; a run to undo, or to forget.
    pub fn existing(environment: &dyn Environment) -> Result<Option<Self>, FixError> {
        if directory(environment)?.is_dir() { Self::open(environment).map(Some) } else { Ok(None) }
    }

    /// The numbers of the runs, newest first.
    pub fn runs(&self) -> Result<Vec<u64>, FixError> {
        let listed = fs::read_dir(&self.directory).map_err(io("list", &self.directory))?;
        let mut runs: Vec<u64> = listed.flatten().filter_map(|entry| number_of(&entry)).collect();
        runs.sort_unstable_by(|one, other| other.cmp(one));
        Ok(runs)
    }

    /// Begins a run; those that are older than 30 days are deleted.
    pub fn begin(&self) -> Result<JournaledRun, FixError> {
        let runs = self.runs()?;
        for old in &runs {
            let directory = self.directory.join(old.to_string());
            let age = fs::metadata(&directory).and_then(|found| found.modified()).ok();
            if age.and_then(|time| SystemTime::now().duration_since(time).ok()).is_some_and(|age| age > KEPT)
            {
                let _ = remove(&directory);
            }
        }
        let mut number = runs.first().map_or(1, |newest| newest + 1);
        let mut directory = self.directory.join(number.to_string());
        while fs::symlink_metadata(&directory).is_ok() {
            number += 1; // something else has that name
            directory = self.directory.join(number.to_string());
        }
        DirBuilder::new().mode(0o700).create(&directory).map_err(io("create", &directory))?;
        let run = JournaledRun::new(directory, number)?;
        sync(&self.directory)?;
        Ok(run)
    }

    /// A run that was recorded, if all of it is what was written.
    pub fn read(&self, number: u64) -> Result<JournaledRun, FixError> {
        JournaledRun::read(self.directory.join(number.to_string()), number)
    }

    /// Deletes every run; gives their number.
    pub fn forget(self) -> Result<usize, FixError> {
        let runs = self.runs()?;
        for run in &runs {
            let directory = self.directory.join(run.to_string());
            remove(&directory)?;
        }
        sync(&self.directory)?;
        Ok(runs.len())
    }
}

/// The number that the next run will have. Makes nothing.
pub(super) fn next_number(environment: &dyn Environment) -> u64 {
    let listed = directory(environment).ok().and_then(|directory| fs::read_dir(directory).ok());
    let newest = listed.into_iter().flatten().flatten().filter_map(|entry| number_of(&entry)).max();
    newest.unwrap_or_default() + 1
}

/// The number of a run's directory; a link to one is none, nor is a number that no run gets.
fn number_of(entry: &DirEntry) -> Option<u64> {
    let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
    let number = entry.file_name().to_str()?.parse().ok()?;
    (is_directory && number < MAX_NUMBER).then_some(number)
}

/// `gvmr/doctor` in the user's state directory.
fn directory(environment: &dyn Environment) -> Result<PathBuf, FixError> {
    let absolute = |name| environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Ok(state.ok_or(FixError::NoStateDirectory)?.join("gvmr/doctor"))
}

#[cfg(test)]
mod tests {
    use super::super::state::{Edited, FileState};
    use super::*;
    use std::ffi::OsString;
    use std::io;
    use std::path::Path;

    fn put(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(&mut File::create(path)?, bytes)
    }

    struct State(PathBuf);

    impl Environment for State {
        fn get(&self, name: &str) -> Option<OsString> {
            (name == "XDG_STATE_HOME").then(|| self.0.clone().into())
        }
    }

    #[test]
    fn what_is_recorded_is_read_back_and_what_was_changed_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        put(&file, b"before\xff").unwrap();
        let state = State(directory.path().join("state"));
        let journal = Journal::open(&state).unwrap();
        assert!(matches!(Journal::open(&state), Err(FixError::Busy)));
        let mut run = journal.begin().unwrap();
        run.keep("a.b", Edited::Path(file.clone()), None).unwrap();
        run.keep("a.b", Edited::Path(directory.path().join("x/y/z")), None).unwrap();
        put(&file, b"after").unwrap();
        run.settle(0).unwrap();
        let read = journal.read(1).unwrap();
        assert_eq!(read.record.edits.len(), 1, "what did not change is not recorded");
        assert_eq!(read.bytes(&read.record.edits[0]).unwrap(), b"before\xff");
        assert_eq!(read.record.edits[0].after, Some(FileState::of_content(b"after", 0o644)));

        let place = directory.path().join("state/gvmr/doctor/1");
        let record = fs::read(place.join("run.json")).unwrap();
        for changed in [&b"{}"[..], b"", &record[..record.len() / 2], &[b"x", &record[..]].concat()] {
            put(place.join("run.json"), changed).unwrap();
            assert!(matches!(journal.read(1), Err(FixError::Damaged { .. })));
        }
        put(place.join("run.json"), &record).unwrap();
        put(place.join("0"), b"other").unwrap();
        assert!(matches!(journal.read(1), Err(FixError::Damaged { .. })));
        assert_eq!(journal.forget().unwrap(), 1);
        assert!(!place.exists());
    }
}
