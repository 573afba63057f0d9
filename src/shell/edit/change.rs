//! The change of one file: worked out and shown.

use super::content::Edit;
use super::diff;
use super::snapshot::Snapshot;
use gvmr_core::sys::printable::path as shown;
use std::path::{Path, PathBuf};

/// What an edit does to its file, not yet done.
#[derive(Debug)]
pub struct FileChange {
    pub(super) edit: Edit,
    /// Whether the edit is undone.
    pub(super) is_undo: bool,
    pub(super) real: PathBuf,
    pub(super) old: Option<Snapshot>,
    pub(super) step: Step,
}

/// The one step of a change.
#[derive(Debug)]
pub(super) enum Step {
    /// The file needs no change.
    Nothing,
    /// New content, for the file that was read or for one that is made.
    Write { bytes: Vec<u8>, mode: u32 },
    /// The file goes, with the links that lead to it and as many directories above it, as far as they are empty.
    Remove { directories: usize },
    /// A link is made.
    Link { to: PathBuf },
    /// That link goes.
    Unlink { to: PathBuf },
}

impl FileChange {
    /// The file, as the edit named it.
    pub fn path(&self) -> &Path {
        &self.edit.path
    }

    /// The file that the path leads to. Two edits with the same one are edits of the same file.
    pub fn real_path(&self) -> &Path {
        &self.real
    }

    /// Whether the file has to be changed.
    pub fn is_needed(&self) -> bool {
        !matches!(self.step, Step::Nothing)
    }

    /// What the file holds now, and its permissions; `None` for no file.
    pub fn before(&self) -> Option<(&[u8], u32)> {
        self.old.as_ref().map(|old| (&old.bytes[..], old.mode))
    }

    /// What it will hold and its permissions, less the umask where it is made; `None` for no file.
    pub fn after(&self) -> Option<(&[u8], u32)> {
        match &self.step {
            Step::Nothing => self.before(),
            Step::Write { bytes, mode } => Some((bytes, *mode)),
            Step::Remove { .. } | Step::Link { .. } | Step::Unlink { .. } => None,
        }
    }

    /// The change as a unified diff, for people: without control characters, a link as the line `link to TARGET`.
    pub fn diff(&self) -> String {
        let name = if self.real == self.edit.path {
            shown(&self.edit.path)
        } else {
            format!("{} ({})", shown(&self.edit.path), shown(&self.real))
        };
        let old = self.old.as_ref().map(|old| &old.bytes[..]);
        let old_name = if old.is_some() { &name[..] } else { NOTHING };
        let old_bytes = old.unwrap_or_default();
        match &self.step {
            Step::Nothing => String::new(),
            Step::Write { bytes, mode } => {
                let modes = self.old.as_ref().map(|old| old.mode).filter(|old| old != mode);
                let modes = modes.map_or_else(String::new, |old| {
                    format!("{name}: old mode {old:04o}\n{name}: new mode {mode:04o}\n")
                });
                modes + &diff::unified(old_name, &name, old_bytes, bytes)
            }
            Step::Remove { .. } => diff::unified(old_name, NOTHING, old_bytes, b""),
            Step::Link { to } => diff::unified(NOTHING, &name, b"", &link_line(to)),
            Step::Unlink { to } => diff::unified(&name, NOTHING, &link_line(to), b""),
        }
    }
}

/// What a diff calls a file that is not there.
const NOTHING: &str = "/dev/null";

fn link_line(to: &Path) -> Vec<u8> {
    format!("link to {}\n", shown(to)).into_bytes()
}
