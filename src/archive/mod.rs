//! The runs of checks that are kept: one file each, added without a lock, never overwritten.
//!
//! Takes documents, gives them back, newest first, and the figures of those that passed. Removes only what is beyond the
//! number to keep, and never a run that a baseline needs.

mod baseline;
#[cfg(test)]
mod tests;

pub use baseline::{baseline_figure, baseline_run};

use crate::atomic_file::{NewFile, sweep, sync_names, writer_of};
use crate::check::RunDocument;
use baseline::needed_runs;
use gvmr_core::sys::{bounded, printable};
use rustix::fs::{Mode, OFlags, open};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The most bytes of a run's file.
const MAX_SIZE: usize = 1 << 20;
/// What a file that is being written is called.
const TEMPORARY: &str = ".run-";
/// What is locked while old runs are removed.
const LOCK: &str = ".lock";
const SUFFIX: &str = ".json";

/// The runs of one series of one check file.
#[derive(Clone, Debug)]
pub struct Archive {
    directory: PathBuf,
    key: String,
}

/// What is kept, newest first, and the files that are no runs.
#[derive(Debug, Default)]
pub struct KeptRuns {
    /// Without the output of programs.
    pub runs: Vec<RunDocument>,
    /// Those that cannot be read: `/path/x.json, which is damaged: why`.
    pub unread: Vec<String>,
}

impl Archive {
    /// Of the series `key`, in this directory of archives; neither need exist.
    pub fn of(directory: &Path, key: &str) -> Self {
        Self { directory: directory.join(file_name(key)), key: key.to_owned() }
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

    /// All that is kept.
    pub fn runs(&self) -> io::Result<KeptRuns> {
        let mut kept = KeptRuns::default();
        for file in self.files()? {
            match read(&file) {
                Ok(Some(mut run)) if run.key == self.key => {
                    run.probes.iter_mut().for_each(|probe| probe.output = None);
                    kept.runs.push(run);
                }
                // Another run has removed it meanwhile; or long keys have the same directory.
                Ok(_) => {}
                Err(why) => kept.unread.push(format!("{}, which {why}", printable::path(&file))),
            }
        }
        Ok(kept)
    }

    /// Keeps a run, and gives its file. Any number of runs may be added at once.
    pub fn add(&self, document: &RunDocument) -> io::Result<PathBuf> {
        let path = self.directory.join(format!("{}{SUFFIX}", document.id));
        let mut kept = document.clone();
        kept.archived = Some(path.display().to_string());
        let bytes = fitting(kept)?;
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

    /// Removes the oldest runs beyond `keep`, but those that baselines need, which are the median of `count` runs. Where
    /// another run does so now, it is left to that one. The error is the first of several.
    pub fn prune(&self, keep: usize, count: usize) -> io::Result<()> {
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
        // Runs that ended meanwhile count too.
        let runs: Vec<_> = files.iter().map(|file| read(file).ok().flatten()).collect();
        let needed = needed_runs(&runs, count);
        let (mut newer, mut removed) = (0, Ok(()));
        for (index, (file, run)) in files.iter().zip(&runs).enumerate() {
            if newer >= keep && !needed.contains(&index) {
                removed = removed.and(remove(file));
            }
            newer += usize::from(run.is_some());
        }
        removed
    }
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

/// The bytes of a document; of one that is too large without what is not needed to compare with it.
fn fitting(mut document: RunDocument) -> io::Result<Vec<u8>> {
    let bytes = serde_json::to_vec_pretty(&document)?;
    if bytes.len() <= MAX_SIZE {
        return Ok(bytes);
    }
    for probe in &mut document.probes {
        probe.output = None;
        probe.findings.truncate(100);
        probe.remarks.truncate(10);
        if probe.message.len() > 500 {
            probe.message = probe.message.chars().take(400).collect();
        }
    }
    Ok(serde_json::to_vec(&document)?)
}

/// A key as the name of a directory: what may not stand there is written as `%` and two digits.
fn file_name(key: &str) -> String {
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
    // The longest name that file systems take has 255 bytes.
    name.truncate(240);
    name
}
