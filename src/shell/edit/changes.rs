//! Many edits at once: each is looked at before any is made, then they are made one by one.

use super::{BlockPosition, Edit, EditContent, EditError, FileChange};
use std::path::{Path, PathBuf};

/// Whether edits are made or undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The content goes in.
    #[default]
    Make,
    /// The content goes out.
    Undo,
}

/// The changes of several files, and what became of each.
#[derive(Debug, Default)]
pub struct Changes {
    direction: Direction,
    needed: Vec<FileChange>,
    /// Not needed. To apply them removes what a killed run left beside the file.
    unchanged: Vec<FileChange>,
    made: Vec<PathBuf>,
    failed: Vec<(PathBuf, EditError)>,
}

impl Changes {
    /// Looks at the files of all edits. Of two edits of one file, the one with more blocks counts.
    pub fn prepare(edits: &[Edit], direction: Direction) -> Self {
        let mut changes = Self { direction, ..Self::default() };
        let mut seen: Vec<PathBuf> = Vec::new();
        let has_two_blocks =
            |edit: &&Edit| matches!(edit.content, EditContent::Block { place: BlockPosition::Both, .. });
        let (first, second): (Vec<_>, Vec<_>) = edits.iter().partition(has_two_blocks);
        for edit in first.into_iter().chain(second) {
            let change = match direction {
                Direction::Make => edit.prepare(),
                Direction::Undo => edit.prepare_undo(),
            };
            match change {
                Ok(change) if seen.iter().any(|path| path == change.real_path()) => {}
                Ok(change) => {
                    seen.push(change.real_path().to_owned());
                    if change.is_needed() {
                        changes.needed.push(change);
                    } else {
                        changes.unchanged.push(change);
                    }
                }
                Err(error) => changes.failed.push((edit.path.clone(), error)),
            }
        }
        changes
    }

    /// Makes the changes. One that fails does not stop the others.
    pub fn apply(&mut self) {
        for change in std::mem::take(&mut self.unchanged) {
            let _ = change.apply(); // a leftover does no harm
        }
        for change in std::mem::take(&mut self.needed) {
            let path = change.path().to_owned();
            match change.apply() {
                Ok(()) => self.made.push(path),
                Err(error) => self.failed.push((path, error)),
            }
        }
    }

    /// Whether they are made or undone.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether a file still has to be changed.
    pub fn are_needed(&self) -> bool {
        !self.needed.is_empty()
    }

    /// Whether nothing had to be changed.
    pub fn are_empty(&self) -> bool {
        self.needed.is_empty() && self.made.is_empty() && self.failed.is_empty()
    }

    /// The files that still have to be changed.
    pub fn needed(&self) -> impl Iterator<Item = &Path> {
        self.needed.iter().map(FileChange::path)
    }

    /// The changes that still have to be made.
    pub fn pending(&self) -> &[FileChange] {
        &self.needed
    }

    /// The files that were changed.
    pub fn made(&self) -> impl Iterator<Item = &Path> {
        self.made.iter().map(PathBuf::as_path)
    }

    /// The files that cannot be changed, as the edits named them, and why.
    pub fn failed(&self) -> &[(PathBuf, EditError)] {
        &self.failed
    }

    /// The diffs of all files that still have to be changed.
    pub fn diff(&self) -> String {
        self.needed.iter().map(FileChange::diff).collect()
    }
}
