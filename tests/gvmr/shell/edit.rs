//! Edits of start-up files: real files, real owners, real links, real kills.

mod child;
mod faults;
mod files;
mod kills;
mod own;
mod owners;
mod refusals;

use gvmr::shell::{BlockPosition, Edit, EditContent, EditError, FileChange};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The line of the block.
const LINE: &str = "if [ -r '/x/env' ]; then . '/x/env'; fi\n";
/// The block without a note.
const BLOCK: &str = "# >>> gvmr >>>\nif [ -r '/x/env' ]; then . '/x/env'; fi\n# <<< gvmr <<<\n";

/// The edit that puts the block into the file at `path`.
fn block(path: impl Into<PathBuf>, place: BlockPosition) -> Edit {
    let content = EditContent::Block { lines: LINE.as_bytes().to_vec(), place };
    Edit { path: path.into(), content, sessions: "tests" }
}

/// The edit that makes a file of gvmr's own at `path`.
fn whole(path: impl Into<PathBuf>) -> Edit {
    let bytes = b"# Written by gvmr setup; setup --undo removes it.\nPATH=/x\n".to_vec();
    Edit { path: path.into(), content: EditContent::Whole { bytes, mode: 0o644 }, sessions: "tests" }
}

fn make(edit: &Edit) -> Result<bool, EditError> {
    done(edit.prepare()?)
}

fn undo(edit: &Edit) -> Result<bool, EditError> {
    done(edit.prepare_undo()?)
}

/// Applies a change and says whether there was anything to do.
fn done(change: FileChange) -> Result<bool, EditError> {
    let needed = change.is_needed();
    change.apply()?;
    Ok(needed)
}

fn temporary() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// What `path` holds, for people.
#[track_caller]
fn text(path: impl AsRef<Path>) -> String {
    String::from_utf8(fs::read(path).unwrap()).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The names in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
