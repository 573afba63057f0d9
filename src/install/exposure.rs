//! What of an installed tree other users can change.
//!
//! Takes the tree and the users who own its home; gives each file or directory that is another user's, or that others may
//! write to. Looks at owners and modes alone, and follows no link. What lies below such a directory is not listed: it can
//! be replaced whole.

use gvmr_core::home::paths::Home;
use gvmr_core::sys::program::group_has_others;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A file or directory that another user can change.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ExposedFile {
    /// Its path in the tree; `.` is the tree itself.
    pub file: String,
    /// Who can, as it follows the name: `belongs to user 1001`.
    pub why: String,
}

/// Who may own what is installed in `home`: root, and the owner of the home and its `versions`, who can replace all of it.
pub(super) fn owners(home: &Home) -> Vec<u32> {
    let owner = |path: &Path| fs::metadata(path).ok().map(|found| found.uid());
    [Some(0), owner(home.root()), owner(&home.versions())].into_iter().flatten().collect()
}

/// What of the tree at `goroot`, and of the directories of `home` above it, anyone but their owners can change.
pub(super) fn exposed(goroot: &Path, home: &Home) -> Vec<ExposedFile> {
    let owners = owners(home);
    let mut search = Search { owners: &owners, shared_groups: BTreeMap::new(), found: Vec::new() };
    for above in [home.root().to_owned(), home.versions()] {
        if let Some(why) = fs::metadata(&above).ok().and_then(|found| search.why(&found)) {
            search.found.push(ExposedFile { file: above.to_string_lossy().into_owned(), why });
            return search.found; // what lies in it can be replaced whole
        }
    }
    of_tree(goroot, search)
}

fn of_tree(goroot: &Path, mut search: Search<'_>) -> Vec<ExposedFile> {
    search.look(goroot, ".");
    if goroot.is_symlink() && search.found.is_empty() {
        search.look(&goroot.join("."), "."); // where a user's own link leads
    }
    search.found
}

struct Search<'a> {
    owners: &'a [u32],
    /// Whether others are in a group.
    shared_groups: BTreeMap<u32, bool>,
    found: Vec<ExposedFile>,
}

impl Search<'_> {
    fn look(&mut self, path: &Path, below: &str) {
        // What is gone or cannot be listed is said by who reads the tree.
        let Ok(found) = fs::symlink_metadata(path) else { return };
        if let Some(why) = self.why(&found) {
            self.found.push(ExposedFile { file: below.to_owned(), why });
            return;
        }
        if !found.is_dir() {
            return;
        }
        let mut children: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
        children.sort_by_key(fs::DirEntry::file_name);
        for child in children {
            let name = child.file_name();
            let name = name.to_string_lossy();
            let name = if below == "." { name.into_owned() } else { format!("{below}/{name}") };
            self.look(&child.path(), &name);
        }
    }

    fn why(&mut self, found: &Metadata) -> Option<String> {
        if !self.owners.contains(&found.uid()) {
            return Some(format!("belongs to user {}", found.uid()));
        }
        if found.is_symlink() {
            return None; // its mode means nothing
        }
        if found.mode() & 0o002 != 0 {
            return Some("is writable by all users".to_owned());
        }
        let by_group = found.mode() & 0o020 != 0 && self.is_shared(found.gid(), found.uid());
        by_group.then(|| format!("is writable by group {}", found.gid()))
    }

    fn is_shared(&mut self, group: u32, owner: u32) -> bool {
        let owners = self.owners;
        *self.shared_groups.entry(group).or_insert_with(|| is_shared_group(group, owner, owners))
    }
}

/// Whether a group is another one than root's and a private group of who owns the file. One that is not in `/etc/group`
/// counts as private where it has its owner's number.
pub fn is_shared_group(group: u32, owner: u32, owners: &[u32]) -> bool {
    group != 0 && group_has_others(group, owners).unwrap_or(group != owner)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests;
