//! Reports of a run in files: each place is looked at before anything runs, and written when the run is over.

use super::error::GateError;
use crate::atomic_file::NewFile;
use crate::check::RunDocument;
use crate::report::{ReportFormat, report};
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use rustix::fs::{Access, Mode, OFlags, access, fcntl_getfl, fcntl_setfl, open};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// GitHub's file for the summary of a job's step, to which is appended.
const SUMMARY_VARIABLE: &str = "GITHUB_STEP_SUMMARY";
/// What a report that is being written is called.
const TEMPORARY: &str = ".gvmr-report-";
/// The place that is stdout.
const STDOUT: &str = "-";

/// A report and where it goes.
#[derive(Debug)]
pub struct ReportPlace {
    format: ReportFormat,
    path: PathBuf,
    /// A device or a pipe is opened once: who reads a pipe would take its closing for the end.
    stream: Option<File>,
}

impl ReportPlace {
    /// As the command line names them. Fails where one cannot be written, where two are one, and where one would replace
    /// the check file. `json` is whether stdout has the run's document.
    pub fn all(named: &[(String, PathBuf)], json: bool, check_file: &Path) -> Result<Vec<Self>, GateError> {
        let mut places: Vec<Self> = Vec::new();
        for (format, path) in named {
            let known = ReportFormat::parse(format).ok_or_else(|| GateError::ReportFormat(format.clone()))?;
            let is_stdout = path == Path::new(STDOUT);
            // The run takes place in another directory.
            let absolute = std::path::absolute(path).ok().filter(|_| !is_stdout);
            let place = Self { format: known, path: absolute.unwrap_or_else(|| path.clone()), stream: None };
            if let Some(clash) = place.clash(&places, json, check_file) {
                return Err(GateError::ReportClash(clash));
            }
            places.push(place);
        }
        // Nothing is opened before all of them are known to be right.
        for (place, (_, path)) in places.iter_mut().zip(named) {
            place.try_out().map_err(|source| GateError::Report { path: path.clone(), source })?;
        }
        Ok(places)
    }

    /// What it would be mixed with, or replace.
    fn clash(&self, others: &[Self], json: bool, check_file: &Path) -> Option<String> {
        let name = self.format.name();
        if self.is_stdout() && json {
            return Some(format!("--json and the report {name} would be mixed on stdout"));
        }
        let real = real(&self.path);
        if !self.is_stdout() && real == self::real(check_file) {
            return Some(format!("the report {name} would replace the check file"));
        }
        let same = others.iter().find(|other| self::real(&other.path) == real)?;
        let place = if self.is_stdout() { "stdout".to_owned() } else { printable::path(&self.path) };
        let is_kept = !self.is_stdout() && is_special(&self.path);
        (!is_kept).then(|| format!("the reports {} and {name} have one place: {place}", same.format.name()))
    }

    /// Whether it is printed.
    pub fn is_stdout(&self) -> bool {
        self.path == Path::new(STDOUT)
    }

    fn is_appended(&self) -> bool {
        Process.get(SUMMARY_VARIABLE).is_some_and(|summary| self.path == Path::new(&summary))
    }

    /// Changes nothing.
    fn try_out(&mut self) -> io::Result<()> {
        if self.is_stdout() {
            return Ok(());
        }
        if is_special(&self.path) {
            // Without a reader a pipe is an error here, where waiting would hang.
            let file = OpenOptions::new()
                .append(true)
                .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
                .open(&self.path)?;
            let flags = fcntl_getfl(&file)?;
            fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
            self.stream = Some(file);
            return Ok(());
        }
        if self.is_appended() {
            return OpenOptions::new().append(true).open(&self.path).map(drop);
        }
        if self.path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(access(self.directory(), Access::WRITE_OK | Access::EXEC_OK)?)
    }

    fn directory(&self) -> &Path {
        self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The report of a run.
    pub fn text(&self, document: &RunDocument) -> String {
        report(self.format, document)
    }

    /// Writes the report; as a whole, but where it is appended.
    pub fn write(&self, document: &RunDocument) -> Result<(), GateError> {
        let text = self.text(document);
        let written = if let Some(mut stream) = self.stream.as_ref() {
            stream.write_all(text.as_bytes())
        } else if self.is_appended() {
            OpenOptions::new()
                .append(true)
                .open(&self.path)
                .and_then(|mut file| file.write_all(text.as_bytes()))
        } else {
            self.replace(text.as_bytes())
        };
        written.map_err(|source| GateError::Report { path: self.path.clone(), source })
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        // A link is written through: who made it wants the report there.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let directory =
            target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let directory = open(directory, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let file = NewFile::create_locked(directory.as_fd(), TEMPORARY, 0o666)?;
        file.write(bytes)?;
        Ok(file.replace(Path::new(target.file_name().unwrap_or_default()))?)
    }
}

/// A device or a pipe, which cannot be replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let parent = path.parent().and_then(|parent| fs::canonicalize(parent).ok());
        parent.map_or_else(|| path.to_owned(), |parent| parent.join(path.file_name().unwrap_or_default()))
    })
}
