//! Files in a user's home that another user owns and this one cannot read: they make room for new ones.

use crate::calendar;
use crate::shell::{Edit, EditError, move_aside};
use crate::store;
use gvmr_core::sys::bounded;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::SetupError;

/// Where a new user's files come from.
const SKELETON: &str = "/etc/skel";
/// The largest file that is copied from there, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The files of `edits` that only another user can read, apart from the other edits.
pub(super) fn split(edits: Vec<Edit>) -> (Vec<PathBuf>, Vec<Edit>) {
    let is_unreadable = |edit: &Edit| {
        leads_into_the_closed(&edit.path)
            || matches!(edit.prepare(), Err(EditError::Unreadable { own: false, .. }))
    };
    let (unreadable, others): (Vec<_>, Vec<_>) = edits.into_iter().partition(is_unreadable);
    (unreadable.into_iter().map(|edit| edit.path).collect(), others)
}

/// Whether it is a link to what this user may not even see.
fn leads_into_the_closed(path: &Path) -> bool {
    let is_closed = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    path.is_symlink() && fs::metadata(path).is_err_and(is_closed)
}

/// Moves a file aside and copies the one that a new user of this machine gets, if any. Gives the new name of the old one.
pub(super) fn replace(path: &Path, user_home: &Path) -> Result<PathBuf, SetupError> {
    let moved = move_aside(path, &format!("unreadable-{}", calendar::today()))?;
    let model = path.strip_prefix(user_home).map(|name| Path::new(SKELETON).join(name));
    if let Some(bytes) = model.ok().and_then(|model| bounded::read(&model, MAX_BYTES).ok().flatten()) {
        store::replace(path, &bytes, 0o644)?;
    }
    Ok(moved)
}
