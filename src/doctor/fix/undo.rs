//! Takes a run back: what was edited is what it was before, to the byte, with its mode; what was edited again since is left.

use super::error::FixError;
use super::gvmr_home::{self, RestoredNames, remove_empty};
use super::journal::Journal;
use super::journaled_run::{JournaledEdit, JournaledRun};
use super::state::{Edited, FileState};
use crate::atomic_file::{CWD, rename_new};
use crate::context::Context;
use crate::credentials::{Credentials, Keyring};
use crate::shell::{Changes, Crontab, Direction, Edit, EditContent, reload_user_manager};
use gvmr_core::env::credentials::CredentialKind;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable::path as shown;
use serde::Serialize;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What became of a run that was taken back.
#[derive(Debug, Default, Serialize)]
pub struct UndoneRun {
    /// Its number.
    pub number: u64,
    /// What is as it was before, in words.
    pub restored: Vec<String>,
    /// What is not, and why.
    pub left: Vec<String>,
}

/// Why a login is not forgotten.
const STILL_CUT: &str = "it stays stored, since the line that it stood in is not restored";

/// Takes the newest run back. What cannot be restored stays recorded.
pub fn undo(context: &Context) -> Result<UndoneRun, FixError> {
    let journal = Journal::existing(&Process)?.ok_or(FixError::NothingToUndo)?;
    let number = journal.runs()?.first().copied().ok_or(FixError::NothingToUndo)?;
    let mut run = journal.read(number)?;
    let mut undone = UndoneRun { number, ..UndoneRun::default() };
    let mut left = Vec::new();
    let mut names = RestoredNames::new();
    let is_kept = gvmr_home::is_used_since(&run, &context.settings.home);
    for edit in std::mem::take(&mut run.record.edits).into_iter().rev() {
        if is_kept && gvmr_home::is_made(&edit, &context.settings.home) {
            continue;
        }
        let name = match &edit.edited {
            Edited::Path(path) => shown(path),
            Edited::Crontab => "the crontab".to_owned(),
        };
        match restore(&edit, &run, &mut names, context) {
            Ok(()) if undone.restored.contains(&name) => {}
            Ok(()) => undone.restored.push(name),
            Err(why) => {
                let line = format!("{name}: {why}");
                if !undone.left.contains(&line) {
                    undone.left.push(line);
                }
                left.push(edit);
            }
        }
    }
    left.reverse();
    run.record.edits = left;
    run.record.moved.retain(|(from, to)| match move_back(from, to) {
        Ok(()) => {
            undone.restored.push(shown(from));
            false
        }
        Err(why) => {
            undone.left.push(format!("{}: {why}", shown(to)));
            true
        }
    });
    // As long as a line without its login stays, that login stays stored.
    let is_cut = run.record.edits.iter().any(|edit| edit.id.starts_with("secret."));
    run.record.logins.retain(|(kind, machine)| {
        let forgotten = if is_cut { Err(STILL_CUT.to_owned()) } else { forget(kind, machine, context) };
        match forgotten {
            Ok(()) => undone.restored.push(format!("the login for {machine}")),
            Err(ref why) => undone.left.push(format!("the login for {machine}: {why}")),
        }
        forgotten.is_err()
    });
    if !undone.restored.is_empty() && run.record.logins.is_empty() {
        remove_made(&run.record.made);
    }
    if undone.restored.iter().any(|name| name.ends_with("environment.d/zz-gvmr.conf")) {
        let _ = reload_user_manager(rustix::process::geteuid().as_raw()); // the next login reads it anyway
    }
    if undone.left.is_empty() {
        run.delete()?;
    } else {
        run.write()?;
    }
    Ok(undone)
}

fn restore(
    edit: &JournaledEdit,
    run: &JournaledRun,
    names: &mut RestoredNames,
    context: &Context,
) -> Result<(), String> {
    let (now, _) = edit.edited.look().map_err(|error| error.to_string())?;
    if now == edit.before && edit.is_same_file() {
        return Ok(());
    }
    if edit.after.as_ref() != Some(&now) && !gvmr_home::is_lock(edit, &context.settings.home) {
        return Err("it was changed since, and is left as it is".to_owned());
    }
    let bytes = run.bytes(edit)?;
    match &edit.edited {
        Edited::Crontab => Crontab::of(bytes).install().map_err(|error| error.to_string()),
        Edited::Path(path) if gvmr_home::is_program(path, &context.settings.home) => {
            gvmr_home::restore_program(path, edit, &bytes, names)
        }
        Edited::Path(path) => restore_path(path, &now, &edit.before, bytes),
    }
}

fn restore_path(path: &Path, now: &FileState, before: &FileState, bytes: Vec<u8>) -> Result<(), String> {
    let words = |error: std::io::Error| error.to_string();
    let content = match (before, now) {
        (FileState::Directory { mode }, FileState::Directory { .. })
        | (FileState::Closed { mode }, FileState::File { .. }) => {
            return fs::set_permissions(path, Permissions::from_mode(*mode)).map_err(words);
        }
        (FileState::Absent { directories }, FileState::Directory { .. }) => {
            // What is in it since is the user's.
            fs::remove_dir(path).map_err(words)?;
            remove_empty(path, *directories);
            return Ok(());
        }
        // Only the mode differs: the file stays the same one.
        (FileState::File { sha256, mode }, FileState::File { sha256: same, .. }) if sha256 == same => {
            return fs::set_permissions(path, Permissions::from_mode(*mode)).map_err(words);
        }
        (FileState::File { mode, .. }, FileState::File { .. }) => EditContent::Former { bytes, mode: *mode },
        (FileState::Absent { directories }, FileState::File { .. }) => {
            EditContent::Absent { directories: *directories }
        }
        _ => return Err("something else is there now".to_owned()),
    };
    let edit = Edit { path: path.to_owned(), content, sessions: "" };
    let mut changes = Changes::prepare(&[edit], Direction::Make);
    changes.apply();
    changes.failed().first().map_or(Ok(()), |(_, error)| Err(error.to_string()))
}

fn move_back(from: &Path, to: &Path) -> Result<(), String> {
    if fs::symlink_metadata(from).is_ok() {
        return Err(format!("{} is in its place", shown(from)));
    }
    rename_new(CWD, to, from).map_err(|error| error.to_string())
}

/// Removes the files that storing logins made, where no login is in them by now, and the directories made for them. What
/// another process put there since is the user's, so each step may fail.
fn remove_made(made: &[(PathBuf, usize)]) {
    let holds_logins = |file: &Path| {
        let is_lock = file.extension().is_some_and(|extension| extension == "lock");
        !is_lock && fs::metadata(file).is_ok_and(|found| found.len() > 0)
    };
    if made.iter().any(|(file, _)| holds_logins(file)) {
        return;
    }
    for (file, directories) in made {
        if fs::remove_file(file).is_ok() {
            remove_empty(file, *directories);
        }
    }
}

fn forget(kind: &str, machine: &str, context: &Context) -> Result<(), String> {
    let own = UserDirs::of(&context.settings.home, &Process).ok_or("your config directory is not known")?;
    let kind = CredentialKind::of_word(kind).ok_or("its kind is unknown")?;
    let credentials = Credentials::of(&own);
    let removed =
        context.waiting(|wait| credentials.remove(kind, machine, Keyring::of(&Process).as_ref(), wait));
    match removed.map_err(|error| error.to_string())? {
        Some((_, Some(error))) => Err(error.to_string()),
        Some((_, None)) | None => Ok(()),
    }
}
