//! The changes of one run of setup: looked at together, shown together, made one by one.

use crate::cli;
use crate::commands::Context;
use crate::error::{Error, ErrorKind};
use crate::shell::{BlockPosition, Change, Content, Edit, EditError};
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Direction {
    /// The content goes in.
    #[default]
    Make,
    /// The content goes out.
    Undo,
}

/// What is to be done, and what cannot be.
#[derive(Debug, Default)]
pub(super) struct Changes {
    way: Direction,
    /// Needed, in order.
    needed: Vec<Change>,
    /// Not needed: there only what a killed run left goes.
    idle: Vec<Change>,
    /// Made by now.
    made: Vec<PathBuf>,
    /// Refused, and why.
    failed: Vec<(PathBuf, EditError)>,
}

impl Changes {
    /// Looks at the files of all edits. Of two that lead to one file the one counts that says more.
    pub(super) fn prepare(edits: &[Edit], way: Direction) -> Self {
        let mut changes = Self { way, ..Self::default() };
        let mut seen: Vec<PathBuf> = Vec::new();
        let says_more =
            |edit: &&Edit| matches!(edit.content, Content::Block { place: BlockPosition::Both, .. });
        let (first, second): (Vec<_>, Vec<_>) = edits.iter().partition(says_more);
        for edit in first.into_iter().chain(second) {
            let change = match way {
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
                        changes.idle.push(change);
                    }
                }
                Err(error) => changes.failed.push((edit.path.clone(), error)),
            }
        }
        changes
    }

    pub(super) fn are_needed(&self) -> bool {
        !self.needed.is_empty()
    }

    /// Whether there was nothing to do.
    pub(super) fn is_done(&self) -> bool {
        self.needed.is_empty() && self.made.is_empty() && self.failed.is_empty()
    }

    /// The files that are to be changed.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.needed.iter().map(Change::path)
    }

    /// All diffs, for people.
    pub(super) fn diff(&self) -> String {
        self.needed.iter().map(Change::diff).collect()
    }

    /// Whether one of the files that were changed has a path that ends so.
    pub(super) fn made(&self, end: &str) -> bool {
        self.made.iter().any(|path| path.ends_with(end))
    }

    /// Makes the changes; one that fails does not keep the others.
    pub(super) fn apply(&mut self) {
        for change in std::mem::take(&mut self.idle) {
            let _ = change.apply(); // what is left there does no harm
        }
        for change in std::mem::take(&mut self.needed) {
            let path = change.path().to_owned();
            match change.apply() {
                Ok(()) => self.made.push(path),
                Err(error) => self.failed.push((path, error)),
            }
        }
    }

    /// Shows what is to be done as a diff, and says what cannot be.
    pub(super) fn show(&self, context: &Context) -> Result<(), Error> {
        let diff = self.diff();
        if !diff.is_empty() {
            context.terminal.data(diff.trim_end()).map_err(Error::stdout)?;
        }
        self.say(context);
        Ok(())
    }

    /// Says what was done, file by file.
    pub(super) fn say(&self, context: &Context) {
        let done = match self.way {
            Direction::Make => "wrote",
            Direction::Undo => "took back",
        };
        for path in &self.made {
            context.terminal.note(format_args!("{done} {}", printable::path(path)));
        }
        for (_, error) in &self.failed {
            let hint = error.hint().map(|hint| format!("\n  next: {hint}")).unwrap_or_default();
            context.terminal.warn(format_args!("{error}{hint}"));
        }
    }

    /// For scripts.
    pub(super) fn json(&self, arguments: &cli::SetupArgs) -> Value {
        let shown = |path: &Path| path.display().to_string();
        json!({
            "dry_run": arguments.dry_run,
            "needed": self.paths().map(shown).collect::<Vec<_>>(),
            "changed": self.made.iter().map(|path| shown(path)).collect::<Vec<_>>(),
            "failed": self.failed.iter().map(|(path, error)| json!({
                "path": shown(path),
                "why": error.to_string(),
                "next": error.hint(),
            })).collect::<Vec<_>>(),
        })
    }

    /// The error that files which could not be edited end the command with; each was named before.
    pub(super) fn failure(&self) -> Option<Error> {
        let count = self.failed.len();
        let (first, _) = self.failed.first()?;
        let what = match count {
            1 => format!("{} is as it was", printable::path(first)),
            _ => format!("{count} files are as they were, {} the first", printable::path(first)),
        };
        Some(
            Error::said(ErrorKind::Storage, format!("{what}: it could not be edited"))
                .hint("do what is said above, then run it again"),
        )
    }
}
