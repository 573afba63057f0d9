//! The runs of checks that are kept: one file each, added without a lock, never overwritten.
//!
//! Takes documents, gives them back, newest first, and the figures of those that passed. Removes only what is beyond the
//! number to keep, and never a run that a baseline needs, one of another check file, or a file that it cannot read.

mod baseline;
mod fitting;
#[cfg(test)]
mod tests;

pub use baseline::RunBaselines;

use crate::atomic_file::{NewFile, sweep, sync_names, writer_of};
use crate::calendar;
use crate::check::RunDocument;
use crate::hexadecimal;
use baseline::needed_runs;
use fitting::fitting;
use gvmr_core::sys::{bounded, printable};
use rustix::fs::{Mode, OFlags, open};
use sha2::{Digest as _, Sha256};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The most bytes of a run's file.
const MAX_SIZE: usize = 1 << 20;
/// How far the clocks of machines that share an archive may differ.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
/// What a file that is being written is called.
const TEMPORARY: &str = ".run-";
/// What is locked while old runs are removed.
const LOCK: &str = ".lock";
const SUFFIX: &str = ".json";
/// The most bytes of a directory's name; file systems take 255.
const MAX_NAME: usize = 240;

/// The runs of one series of one check file.
#[derive(Clone, Debug)]
pub struct Archive {
    directory: PathBuf,
    key: String,
    /// The last part of the check file's path: the same project lies elsewhere on other machines.
    file: Option<String>,
}

/// What is kept, newest first, and what does not count.
#[derive(Debug, Default)]
pub struct KeptRuns {
    /// Without the output of programs.
    pub runs: Vec<RunDocument>,
    /// What does not count, and why: `/path/x.json, which is damaged: why`.
    pub ignored: Vec<String>,
}

impl Archive {
    /// Of the series `key` of a check file, in this directory of archives; none need exist. Without a file, of the runs of
    /// built-in probes alone.
    pub fn of(directory: &Path, key: &str, file: Option<&str>) -> Self {
        let file = file.map(|file| last_part(file).to_owned());
        Self { directory: directory.join(directory_name(key)), key: key.to_owned(), file }
    }

    /// Where the series lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The series' name.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The files, newest first.
    fn files(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files: Vec<_> =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        let is_run =
            |name: &OsStr| name.to_str().is_some_and(|name| !name.starts_with('.') && name.ends_with(SUFFIX));
        files.retain(|file| file.file_name().is_some_and(is_run));
        files.sort_by(|one, other| other.file_name().cmp(&one.file_name()));
        Ok(files)
    }

    /// Whether a run belongs to this series: other check files have runs in the same directory.
    fn is_own(&self, run: &RunDocument) -> bool {
        run.key == self.key && run.file.as_deref().map(last_part) == self.file.as_deref()
    }

    /// All that is kept until `now`. Later runs are those of a clock that was wrong, and would stay the newest ones.
    pub fn runs(&self, now: SystemTime) -> io::Result<KeptRuns> {
        let mut kept = KeptRuns::default();
        let mut later = Vec::new();
        for file in self.files()? {
            match read(&file) {
                Ok(Some(run)) if self.is_own(&run) && is_later(&run, now) => later.push(file),
                Ok(Some(mut run)) if self.is_own(&run) => {
                    run.probes.iter_mut().for_each(|probe| probe.output = None);
                    kept.runs.push(run);
                }
                // Another run has removed it meanwhile; or it is of another file.
                Ok(_) => {}
                Err(why) => kept.ignored.push(format!("{}, which {why}", printable::path(&file))),
            }
        }
        if let Some((newest, others)) = later.split_first() {
            let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
            let newest = printable::path(newest);
            kept.ignored.push(format!("{newest}{more}: started later than now, by a clock that was wrong"));
        }
        Ok(kept)
    }

    /// Keeps a run, and gives its file. Any number of runs may be added at once.
    pub fn add(&self, document: &RunDocument) -> io::Result<PathBuf> {
        let path = self.directory.join(format!("{}{SUFFIX}", document.id));
        let mut kept = document.clone();
        kept.archived = Some(path.display().to_string());
        let bytes = fitting(&kept, MAX_SIZE)?;
        // What is kept there is its owner's alone.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        let directory =
            open(&self.directory, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let file = NewFile::create_locked(directory.as_fd(), TEMPORARY, 0o600)?;
        file.write(&bytes)?;
        file.rename_new(Path::new(path.file_name().unwrap_or_default()))?;
        sync_names(&directory)?;
        Ok(path)
    }

    /// Removes the oldest runs of this series beyond `keep`, but those that baselines need, which are the median of `count`
    /// runs. Where another run does so now, it is left to that one. The error is the first of several.
    pub fn prune(&self, keep: usize, count: usize, now: SystemTime) -> io::Result<()> {
        let lock = fs::OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(self.directory.join(LOCK))?;
        if lock.try_lock().is_err() {
            return Ok(());
        }
        let directory =
            open(&self.directory, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        sweep(directory.as_fd(), |name| writer_of(name, TEMPORARY));
        let files = self.files()?;
        if files.len() <= keep {
            return Ok(());
        }
        // Runs that ended meanwhile count too. What cannot be read may be what a person looks for.
        let own = |file: PathBuf| {
            let run = read(&file).ok().flatten()?;
            (self.is_own(&run) && !is_later(&run, now)).then_some((file, run))
        };
        let (files, runs): (Vec<_>, Vec<_>) = files.into_iter().filter_map(own).unzip();
        let needed = needed_runs(&runs, count);
        let old = files.iter().enumerate().skip(keep).filter(|(index, _)| !needed.contains(index));
        let mut removed = Ok(());
        for (_, file) in old {
            removed = removed.and(remove(file));
        }
        removed
    }
}

/// The last part of a path.
fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_later(run: &RunDocument, now: SystemTime) -> bool {
    let limit = calendar::seconds_since_epoch(now + CLOCK_TOLERANCE);
    calendar::milliseconds(&run.started).is_some_and(|started| started / 1000 > limit)
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        // A directory was put there by someone else.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => Ok(()),
        removed => removed,
    }
}

/// A kept run; `None` where the file is gone. The error goes on after "which".
fn read(file: &Path) -> Result<Option<RunDocument>, String> {
    let bytes = bounded::read(file, MAX_SIZE as u64).map_err(|error| format!("cannot be read: {error}"))?;
    let run = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
    run.map_err(|error| format!("is damaged: {error}"))
}

/// A key as the name of a directory: what may not stand there is written as `%` and two digits, and what would be too long
/// as its beginning and a digest.
fn directory_name(key: &str) -> String {
    let mut name = String::new();
    for (index, byte) in key.bytes().enumerate() {
        let is_plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte == b'.' && index > 0;
        if is_plain {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    if name.len() > MAX_NAME {
        name.truncate(MAX_NAME - 18);
        let digest = Sha256::digest(key.as_bytes());
        let _ = write!(name, "%%{}", hexadecimal::digits(digest.get(..8).unwrap_or_default()));
    }
    name
}
