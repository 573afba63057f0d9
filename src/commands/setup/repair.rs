//! `gvmr setup --repair`: files in a user's home that the user cannot read make room for new ones.

use crate::commands::Context;
use crate::error::Error;
use crate::shell::{Edit, EditError, move_aside};
use crate::store;
use gvmr_core::sys::bounded;
use gvmr_core::sys::printable;
use std::path::{Path, PathBuf};

/// Where a new user's files come from.
const SKELETON: &str = "/etc/skel";
/// The largest file that is taken from there, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The edits whose files another user owns and this one cannot read, apart from the others.
pub(super) fn unreadable(edits: Vec<Edit>) -> (Vec<PathBuf>, Vec<Edit>) {
    let is_unreadable = |edit: &Edit| matches!(edit.prepare(), Err(EditError::Unreadable { own: false, .. }));
    let (unreadable, others): (Vec<_>, Vec<_>) = edits.into_iter().partition(is_unreadable);
    (unreadable.into_iter().map(|edit| edit.path).collect(), others)
}

/// Moves the files aside, and starts them anew as a new user of this machine has them, where one has them at all.
pub(super) fn start_anew(paths: &[PathBuf], home: &Path, context: &Context) -> Result<(), Error> {
    let suffix = format!("unreadable-{}", store::today());
    for path in paths {
        let moved = move_aside(path, &suffix)?;
        context.terminal.note(format_args!("moved {} to {}", printable::path(path), printable::path(&moved)));
        let model = path.strip_prefix(home).map(|name| Path::new(SKELETON).join(name));
        if let Some(bytes) = model.ok().and_then(|model| bounded::read(&model, MAX_BYTES).ok().flatten()) {
            store::replace(path, &bytes, 0o644)?;
        }
    }
    Ok(())
}
