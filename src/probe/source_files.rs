//! The files of a directory that git would hand out, and the top of its repository.

use super::failed;
use crate::check::NotMeasured;
use crate::process::{Ending, KeptOutput, OutputLimits, Scope, Streams, output};
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The most bytes of a list of files.
const MAX_LIST: usize = 256 << 20;

/// What git has, and what it would take; elsewhere all but git's own. Submodules are directories among them, and links are
/// links.
pub(super) fn of(directory: &Path, timeout: Duration) -> Result<Vec<PathBuf>, NotMeasured> {
    if top(directory).is_some() { listed(directory, timeout) } else { walked(directory) }
}

/// The top of the work tree that a directory is in.
pub(super) fn top(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|above| above.join(".git").exists())
}

fn listed(directory: &Path, timeout: Duration) -> Result<Vec<PathBuf>, NotMeasured> {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    command.stdin(Stdio::null()).env("GIT_OPTIONAL_LOCKS", "0");
    let limits = OutputLimits { time: timeout, kept: KeptOutput::All(MAX_LIST), is_answer: |_| false };
    let found = output(command, Streams::Apart, Scope::Group, limits);
    let found = found.map_err(|_| failed("git, which knows the files of this work tree, cannot be run"))?;
    match found.ending {
        Ending::Exited(status) if status.success() => {}
        _ => {
            let why = String::from_utf8_lossy(&found.stderr);
            return Err(failed(format!("git ls-files failed: {}", printable::text(why.trim()))));
        }
    }
    let names = found.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut files: Vec<PathBuf> = names.map(|name| directory.join(OsStr::from_bytes(name))).collect();
    files.sort();
    files.dedup(); // of a merge, each side
    Ok(files)
}

fn walked(directory: &Path) -> Result<Vec<PathBuf>, NotMeasured> {
    let (mut files, mut directories) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = directories.pop() {
        let said = |error: std::io::Error| failed(format!("{}: {error}", printable::path(&directory)));
        for entry in fs::read_dir(&directory).map_err(said)? {
            let entry = entry.map_err(said)?;
            let kind = entry.file_type().map_err(said)?;
            if kind.is_dir() && entry.file_name() != ".git" {
                directories.push(entry.path());
            } else if kind.is_file() || kind.is_symlink() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
