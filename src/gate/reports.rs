//! Reports of a run in files: each place is looked at before anything runs, and written when the run is over.

use super::error::GateError;
use crate::atomic_file::NewFile;
use crate::check::RunDocument;
use crate::report::{ReportFormat, report};
use gvmr_core::sys::environment::{Environment as _, Process};
use rustix::fs::{Access, Mode, OFlags, access, open};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

/// GitHub's file for the summary of a job's step, to which is appended.
const SUMMARY_VARIABLE: &str = "GITHUB_STEP_SUMMARY";
/// What a report that is being written is called.
const TEMPORARY: &str = ".gvmr-report-";
/// The place that is stdout.
const STDOUT: &str = "-";

/// A report and where it goes.
#[derive(Clone, Debug)]
pub struct ReportPlace {
    format: ReportFormat,
    path: PathBuf,
}

impl ReportPlace {
    /// As the command line names them. Fails where one cannot be written.
    pub fn all(named: &[(String, PathBuf)]) -> Result<Vec<Self>, GateError> {
        let place = |(format, path): &(String, PathBuf)| {
            let known = ReportFormat::parse(format).ok_or_else(|| GateError::ReportFormat(format.clone()))?;
            let is_stdout = path == Path::new(STDOUT);
            // The run takes place in another directory.
            let absolute = std::path::absolute(path).ok().filter(|_| !is_stdout);
            let place = Self { format: known, path: absolute.unwrap_or_else(|| path.clone()) };
            place.try_out().map_err(|source| GateError::Report { path: path.clone(), source })?;
            Ok(place)
        };
        named.iter().map(place).collect()
    }

    /// Whether it is printed.
    pub fn is_stdout(&self) -> bool {
        self.path == Path::new(STDOUT)
    }

    fn is_appended(&self) -> bool {
        Process.get(SUMMARY_VARIABLE).is_some_and(|summary| self.path == Path::new(&summary))
    }

    /// Changes nothing.
    fn try_out(&self) -> io::Result<()> {
        if self.is_stdout() {
            return Ok(());
        }
        if self.is_appended() || is_special(&self.path) {
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
        let written = if self.is_appended() || is_special(&self.path) {
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
