//! New programs in place of the old ones: staged beside them, tried, then renamed.
//!
//! Every mix that a kill can leave works, and shows that the update is not complete: what people read comes first, then gvmr, which
//! serves shims of any earlier release, as it must in homes that it may not write. The shim comes last.

use super::{Installation, InstallationError, is_writable};
use crate::atomic_file::{self, CWD};
use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Stop, Streams};
use gvmr_core::sys::printable::Printable;
use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How names of staged files begin; a process id and a number follow.
const PREFIX: &str = ".gvmr-update-";
/// How long the new program may take to print its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// The files of a release.
#[derive(Debug, Default)]
pub struct NewFiles {
    /// `gvmr`.
    pub program: Vec<u8>,
    /// `gvmr-shim`.
    pub shim: Vec<u8>,
    /// Manual pages and completions, by their names below the directory that holds `bin`.
    pub extras: Vec<(String, Vec<u8>)>,
}

/// A replacement that may take place: nothing is written yet.
#[derive(Debug)]
pub struct ProgramReplacement<'a> {
    installation: &'a Installation,
    directory: File,
}

impl Installation {
    /// Begins to replace the files. Removes what a killed run left.
    ///
    /// [`InstallationError::Owned`] where a package manager owns them, [`InstallationError::Io`] where this user cannot replace
    /// them.
    pub fn replacement(&self) -> Result<ProgramReplacement<'_>, InstallationError> {
        self.refuse_owned()?;
        let path = self.directory();
        is_writable(path).map_err(|source| io_error("replace", &self.programs.program, source))?;
        let directory = File::open(path).map_err(|source| io_error("open", path, source))?;
        let places: BTreeSet<_> =
            self.files().iter().filter_map(|file| file.parent().map(Path::to_owned)).collect();
        for place in places {
            if let Ok(place) = File::open(place) {
                atomic_file::sweep(place.as_fd(), |name| atomic_file::writer_of(name, PREFIX));
            }
        }
        Ok(ProgramReplacement { installation: self, directory })
    }
}

impl ProgramReplacement<'_> {
    /// Puts the files of release `version` in place; gives their paths. An error before the first rename leaves everything as it
    /// was, one after it a gvmr that works.
    pub fn put(
        &self,
        new: &NewFiles,
        version: &str,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<PathBuf>, InstallationError> {
        let programs = &self.installation.programs;
        let gvmr = Staged::write(&programs.program, &new.program)?;
        let shim = Staged::write(&programs.shim, &new.shim)?;
        let prefix = self.installation.directory().parent().unwrap_or(Path::new("/"));
        let mut extras = Vec::new();
        for (name, bytes) in &new.extras {
            extras.push(Staged::write(&prefix.join(name), bytes)?);
        }
        gvmr.run(version)?;
        if is_cancelled() {
            return Err(InstallationError::Cancelled);
        }
        let mut placed = Vec::new();
        for staged in extras.into_iter().chain([gvmr, shim]) {
            placed.push(staged.place()?);
        }
        let synced = atomic_file::sync_names(&self.directory);
        synced.map_err(|errno| io_error("sync", self.installation.directory(), errno.into()))?;
        Ok(placed)
    }
}

/// A new file beside the one that it will replace, on the disk; removed when dropped.
struct Staged {
    path: PathBuf,
    target: PathBuf,
}

impl Staged {
    /// Writes the content for `target`, with the owner and mode of what is there.
    fn write(target: &Path, bytes: &[u8]) -> Result<Self, InstallationError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (mut file, path) = loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!("{PREFIX}{}-{number}", std::process::id()));
            match File::options().write(true).create_new(true).mode(0o700).open(&path) {
                Ok(file) => break (file, path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {} // of an earlier process with this id
                Err(source) => return Err(io_error("create", target, source)),
            }
        };
        let staged = Self { path, target: target.to_owned() };
        let write = |file: &mut File| {
            let old = fs::metadata(target).ok();
            if let Some(old) = &old {
                let _ = fchown(&*file, Some(old.uid()), Some(old.gid())); // root's update of a user's file
            }
            let mode = old.map_or(0o755, |old| old.mode() & 0o777);
            file.set_permissions(Permissions::from_mode(mode))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write(&mut file).map_err(|source| io_error("write", target, source))?;
        Ok(staged)
    }

    /// Whether the program runs here and is of that release.
    fn run(&self, version: &str) -> Result<(), InstallationError> {
        let mut command = Command::new(&self.path);
        command.arg("--version").stdin(Stdio::null());
        let limits = OutputLimits { time: PATIENCE, kept: KeptOutput::First(4096), is_answer: |_| false };
        let does_not_run = |why: String| Err(InstallationError::DoesNotRun { why });
        match process::output(command, Streams::Both, Scope::Group, limits) {
            Err(Stop::Run(error) | Stop::Hear(error)) => does_not_run(error.to_string()),
            Ok(answer) => {
                let said = String::from_utf8_lossy(&answer.stdout);
                let first = said.lines().next().unwrap_or_default().trim();
                match answer.ending {
                    Ending::Exited(status) if status.success() && first == format!("gvmr {version}") => {
                        Ok(())
                    }
                    Ending::Exited(status) if first.is_empty() => does_not_run(status.to_string()),
                    Ending::Exited(_) => does_not_run(format!("it prints \"{}\"", Printable::line(first))),
                    Ending::Stopped => does_not_run(format!("no answer in {} s", PATIENCE.as_secs())),
                }
            }
        }
    }

    fn place(self) -> Result<PathBuf, InstallationError> {
        let renamed = atomic_file::rename(&self.path, &self.target);
        renamed.map_err(|errno| io_error("replace", &self.target, errno.into()))?;
        Ok(self.target.clone())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = rustix::fs::unlinkat(CWD, &self.path, rustix::fs::AtFlags::empty()); // gone where it was placed
    }
}

fn io_error(what: &'static str, path: &Path, source: io::Error) -> InstallationError {
    InstallationError::Io { what, path: path.to_owned(), source }
}
