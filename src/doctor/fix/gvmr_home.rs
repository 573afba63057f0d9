//! gvmr's own home as a mend finds it: the shims that it writes again, and a home that it makes.
//!
//! The names of the shims are one file. An undo gives each name the file that it led to, where another name still does.

use super::error::words;
use super::journaled_run::{JournaledEdit, JournaledRun, inode};
use super::state::{Edited, FileState, real};
use crate::atomic_file;
use crate::context::Context;
use crate::store::{self, Programs, shim_names};
use gvmr_core::home::paths::Home;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

pub(super) fn write_shims(id: &str, run: &mut JournaledRun, context: &Context) -> Result<(), String> {
    let toolchains = context.toolchains().map_err(words)?;
    let shims = real(&context.settings.home.shims());
    let programs = Programs::beside_this_one().map_err(words)?;
    let shim = FileState::of_content(&fs::read(&programs.shim).map_err(words)?, 0o755);
    let names = shim_names(&toolchains);
    for name in &names {
        run.keep_program(id, shims.join(name), Some(shim.clone())).map_err(words)?;
    }
    let link = FileState::Link { to: programs.program };
    run.keep(id, Edited::Path(shims.join("gvmr")), Some(link)).map_err(words)?;
    // Names of versions that are gone go too.
    for entry in fs::read_dir(&shims).into_iter().flatten().flatten() {
        let is_other = |name: &str| name.starts_with("go1") && !names.iter().any(|known| known == name);
        if entry.file_name().to_str().is_some_and(is_other) {
            run.keep_program(id, entry.path(), Some(FileState::Absent { directories: 0 })).map_err(words)?;
        }
    }
    let program = real(&context.settings.home.program_file());
    run.keep(id, Edited::Path(program), None).map_err(words)?;
    context.publish().map_err(words)
}

/// Whether a path is a name in the shim directory.
pub(super) fn is_program(path: &Path, home: &Home) -> bool {
    path.parent().is_some_and(|parent| real(parent) == real(&home.shims()))
}

/// Removes as many of the directories above a path, as far as they are empty.
pub(super) fn remove_empty(path: &Path, directories: usize) {
    let above = path.ancestors().skip(1).take(directories);
    let _ = above.into_iter().try_for_each(fs::remove_dir);
}

/// Names that were restored, by the file that they led to.
pub(super) type RestoredNames = BTreeMap<(u64, u64), PathBuf>;

/// Gives a name of the shim directory what it was.
pub(super) fn restore_program(
    path: &Path,
    edit: &JournaledEdit,
    bytes: &[u8],
    restored: &mut RestoredNames,
) -> Result<(), String> {
    match &edit.before {
        FileState::File { mode, .. } => {
            let twin = edit.inode.and_then(|inode| {
                restored.get(&inode).cloned().or_else(|| other_name(path, inode, &edit.before))
            });
            if twin.is_some_and(|twin| link(&twin, path).is_ok()) {
                return Ok(());
            }
            store::replace(path, bytes, *mode).map_err(words)?;
            restored.extend(edit.inode.map(|inode| (inode, path.to_owned())));
            fs::set_permissions(path, Permissions::from_mode(*mode)).map_err(words)
        }
        FileState::Absent { directories } => {
            fs::remove_file(path).map_err(words)?;
            remove_empty(path, *directories);
            Ok(())
        }
        FileState::Link { to } => {
            fs::remove_file(path).map_err(words)?;
            symlink(to, path).map_err(words)
        }
        FileState::Closed { .. } | FileState::Directory { .. } => {
            Err("something else is there now".to_owned())
        }
    }
}

/// A name beside this one that still leads to the file, with its content.
fn other_name(path: &Path, file: (u64, u64), content: &FileState) -> Option<PathBuf> {
    let entries = fs::read_dir(path.parent()?).ok()?.flatten().map(|entry| entry.path());
    let is_it = |other: &PathBuf| {
        let look = || Edited::Path(other.clone()).look().ok().map(|(state, _)| state);
        inode(other) == Some(file) && look().as_ref() == Some(content)
    };
    entries.into_iter().find(is_it)
}

/// Lets a name lead to the file of another name; at each moment it leads to one.
fn link(file: &Path, name: &Path) -> io::Result<()> {
    let new = name.with_extension("gvmr-undo");
    fs::hard_link(file, &new)?;
    atomic_file::rename(&new, name).inspect_err(|_| drop(fs::remove_file(&new))).map_err(io::Error::from)
}

/// A home that is not there before a mend.
pub(super) struct MissingHome {
    root: PathBuf,
    before: FileState,
    /// How many edits were recorded before.
    from: usize,
}

impl MissingHome {
    /// `None` where it is there.
    pub(super) fn look(home: &Home, run: &JournaledRun) -> Option<Self> {
        let root = home.root().to_owned();
        let (before, _) = Edited::Path(root.clone()).look().ok()?;
        let is_missing = matches!(before, FileState::Absent { .. });
        is_missing.then_some(Self { root, before, from: run.record.edits.len() })
    }

    /// Records all that the mend made in it, before the edits of the mend: an undo takes it last.
    pub(super) fn keep_made(self, id: &str, run: &mut JournaledRun) {
        let known: Vec<Edited> = run.record.edits.iter().map(|edit| edit.edited.clone()).collect();
        let made = all_below(&self.root).into_iter().map(Edited::Path).filter(|one| !known.contains(one));
        let edits = made.filter_map(|edited| {
            let after = Some(edited.look().ok()?.0);
            let is_root = edited == Edited::Path(self.root.clone());
            let before = if is_root { self.before.clone() } else { FileState::Absent { directories: 0 } };
            Some(JournaledEdit { id: id.to_owned(), edited, before, after, bytes: None, inode: None })
        });
        let edits: Vec<_> = edits.collect();
        run.record.edits.splice(self.from..self.from, edits);
    }
}

/// A directory and all below it, each directory before what is in it.
fn all_below(directory: &Path) -> Vec<PathBuf> {
    let mut paths = vec![directory.to_owned()];
    let mut next = 0;
    while let Some(path) = paths.get(next) {
        let is_directory = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
        let listed = is_directory.then(|| fs::read_dir(path)).into_iter().flatten().flatten().flatten();
        let listed: Vec<_> = listed.map(|entry| entry.path()).collect();
        paths.extend(listed);
        next += 1;
    }
    paths
}

/// Whether a run made the home, and versions were installed into it since: it stays.
pub(super) fn is_used_since(run: &JournaledRun, home: &Home) -> bool {
    let root = Edited::Path(home.root().to_owned());
    let is_made = run.record.edits.iter().any(|edit| edit.edited == root);
    is_made && fs::read_dir(home.versions()).is_ok_and(|mut versions| versions.next().is_some())
}

/// Whether it is a lock, whose content says who held it last.
pub(super) fn is_lock(edit: &JournaledEdit, home: &Home) -> bool {
    matches!(&edit.edited, Edited::Path(path) if path.parent() == Some(&home.locks()))
}

/// Whether a mend made something in the home.
pub(super) fn is_made(edit: &JournaledEdit, home: &Home) -> bool {
    let is_new = matches!(edit.before, FileState::Absent { .. });
    matches!(&edit.edited, Edited::Path(path) if is_new && path.starts_with(home.root()))
}
