//! Whether a file may be changed, and why not: asked before anything is written.
//!
//! A user changes their own files. Root's own that stand in a directory of the user's are replaced by a copy, which
//! becomes the user's. Root changes any file in another user's directory and keeps its owner, but in its own directories only
//! its own, and follows no other user's link to a third one's file.

use super::error::{EditError, closed_by};
use super::snapshot::Snapshot;
use super::target::EditTarget;
use rustix::fs::{Access, AtFlags, accessat};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::path::Path;

/// Directories whose files only a package manager changes, not even root.
const STORES: [&str; 2] = ["/nix/store", "/gnu/store"];

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// New content for it.
    Replacing,
    /// It is made or removed.
    Naming,
}

/// Whether `target` may be changed. `path` is how shells know it, `by_hand` how a person would make the change.
pub(super) fn check(
    path: &Path,
    target: &EditTarget,
    file: Option<&Snapshot>,
    doing: Action,
    by_hand: &str,
) -> Result<(), EditError> {
    let real = target.path();
    let by_hand = by_hand.to_owned();
    // A file behind a link is managed elsewhere: its source has to be changed.
    let arranged = real != path;
    let managed = |why: String| EditError::Managed {
        link: path.to_owned(),
        target: real.clone(),
        why,
        by_hand: by_hand.clone(),
    };
    check_links(target, file)?;
    if let Some(store) = store_of(&real) {
        return Err(managed(format!("{store} is read-only")));
    }
    if let Some(file) = file {
        if !may_replace(path, target, file) {
            return Err(if target.links.is_empty() {
                EditError::NotOurs { path: real, owner: file.owner }
            } else {
                managed(format!("it belongs to user {}", file.owner))
            });
        }
        if file.is_immutable {
            return Err(EditError::Immutable { path: real });
        }
        if file.links > 1 && doing == Action::Replacing {
            return Err(EditError::HardLinked { path: real, links: file.links, by_hand });
        }
    }
    let directory = &target.directory;
    match accessat(&directory.descriptor, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS) {
        Ok(()) => Ok(()),
        Err(Errno::ROFS) if arranged => Err(managed("its file system is read-only".to_owned())),
        Err(Errno::ROFS) => Err(EditError::ReadOnly { path: real, by_hand }),
        Err(Errno::ACCESS) if arranged => {
            Err(managed(format!("its directory {}", closed_by(directory.owner))))
        }
        Err(Errno::ACCESS) => Err(EditError::DirectoryNotWritable {
            path: real,
            directory: directory.path.clone(),
            owner: directory.owner,
            by_hand,
        }),
        Err(error) => Err(EditError::io("stat", &directory.path, error)),
    }
}

/// A link counts only if root, this user or the owner of its target made it.
fn check_links(target: &EditTarget, file: Option<&Snapshot>) -> Result<(), EditError> {
    let me = geteuid().as_raw();
    for link in &target.links {
        let found = rustix::fs::lstat(link).map_err(|error| EditError::io("stat", link, error))?;
        if ![0, me].contains(&found.st_uid) && file.is_none_or(|file| file.owner != found.st_uid) {
            return Err(EditError::NotOurs { path: link.clone(), owner: found.st_uid });
        }
    }
    Ok(())
}

fn store_of(path: &Path) -> Option<&'static str> {
    STORES.into_iter().find(|store| path.starts_with(store))
}

/// In root's own directories root edits no other user's file: that user would decide what root's shells run.
fn may_replace(path: &Path, target: &EditTarget, file: &Snapshot) -> bool {
    let me = geteuid().as_raw();
    if me == 0 {
        let above = path.parent().and_then(|above| rustix::fs::stat(above).ok());
        return file.owner == 0 || above.is_none_or(|above| above.st_uid != 0);
    }
    file.owner == me || (file.owner == 0 && target.directory.owner == me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_store_of_packages_is_known() {
        assert_eq!(store_of(Path::new("/nix/store/abc-home/.bashrc")), Some("/nix/store"));
        assert_eq!(store_of(Path::new("/home/nix/store")).or(store_of(Path::new("/nix/storeroom"))), None);
    }
}
