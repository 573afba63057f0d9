//! All names of one archive: no two may be equal, equal but for case, or a file and a directory at once.
//!
//! Takes names that [`rules`](super::rules) has passed, remembers every file and every directory above it. Memory
//! grows with the distinct elements, not with the depth of paths, so that limits on entries, directories and
//! bytes of names bound it.

use super::error::Limit;
use super::error::UnpackError;
use super::limits::ArchiveLimits;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

#[derive(Debug, Default)]
pub(super) struct Names {
    /// Each element by its directory and its folded spelling.
    nodes: HashMap<(u32, Box<[u8]>), Node>,
    /// The directory of the last name and its number: the next name mostly lies in the same.
    recent: (String, u32),
    files: u64,
    directories: u32,
    bytes: u64,
}

#[derive(Debug)]
struct Node {
    /// The spelling met first, where it is not the folded one.
    spelling: Option<Box<[u8]>>,
    kind: Kind,
    /// Whether it was named itself, and not only as a part of other names.
    named: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Directory(u32),
}

/// The number of the root directory; others count from 1.
const ROOT: u32 = 0;

impl Names {
    /// Takes one more file into the set.
    pub(super) fn file(&mut self, name: &str, limits: &ArchiveLimits) -> Result<(), UnpackError> {
        self.files += 1;
        if self.files > limits.entries {
            return Err(exceeds(Limit::Entries, limits.entries));
        }
        let (parent, last) = self.parent(name, limits)?;
        let node = self.node(parent, last, Kind::File, name)?;
        if node.kind != Kind::File {
            return Err(refused(name, "a file and a directory have the same name"));
        }
        if std::mem::replace(&mut node.named, true) {
            return Err(refused(name, "two files have the same name"));
        }
        Ok(())
    }

    /// Takes a directory into the set that is named itself; those above files need not be.
    pub(super) fn directory(&mut self, name: &str, limits: &ArchiveLimits) -> Result<(), UnpackError> {
        let (parent, last) = self.parent(name, limits)?;
        self.enter(parent, last, name, limits)?;
        let node = self.node(parent, last, Kind::File, name)?;
        if std::mem::replace(&mut node.named, true) {
            return Err(refused(name, "two directories have the same name"));
        }
        Ok(())
    }

    /// The number of the directory that `name` lies in, and its last element.
    fn parent<'n>(&mut self, name: &'n str, limits: &ArchiveLimits) -> Result<(u32, &'n str), UnpackError> {
        self.bytes += name.len() as u64;
        if self.bytes > limits.names {
            return Err(exceeds(Limit::Names, limits.names));
        }
        if name.split('/').count() as u64 > limits.depth {
            return Err(exceeds(Limit::Depth, limits.depth));
        }
        let (directories, last) = name.rsplit_once('/').unwrap_or(("", name));
        if directories != self.recent.0 {
            let mut parent = ROOT;
            for element in directories.split('/').filter(|element| !element.is_empty()) {
                parent = self.enter(parent, element, name, limits)?;
            }
            self.recent.0.clear();
            self.recent.0.push_str(directories);
            self.recent.1 = parent;
        }
        Ok((self.recent.1, last))
    }

    /// The number of the directory `element` of the directory `parent`.
    fn enter(
        &mut self,
        parent: u32,
        element: &str,
        name: &str,
        limits: &ArchiveLimits,
    ) -> Result<u32, UnpackError> {
        let next = self.directories + 1;
        let Kind::Directory(number) = self.node(parent, element, Kind::Directory(next), name)?.kind else {
            return Err(refused(name, "a file and a directory have the same name"));
        };
        if number == next {
            self.directories = next;
            if u64::from(next) > limits.directories {
                return Err(exceeds(Limit::Directories, limits.directories));
            }
        }
        Ok(number)
    }

    /// The node of `element`, which is of this kind where it is new.
    fn node(&mut self, parent: u32, element: &str, kind: Kind, name: &str) -> Result<&mut Node, UnpackError> {
        let folded = if element.is_ascii() { element.to_ascii_lowercase() } else { element.to_lowercase() };
        let spelling = (folded != element).then(|| element.as_bytes().into());
        match self.nodes.entry((parent, folded.into_bytes().into())) {
            Entry::Occupied(node) if node.get().spelling == spelling => Ok(node.into_mut()),
            Entry::Occupied(_) => Err(refused(name, "two names differ only in case")),
            Entry::Vacant(place) => Ok(place.insert(Node { spelling, kind, named: false })),
        }
    }
}

fn exceeds(which: Limit, limit: u64) -> UnpackError {
    UnpackError::Limit { which, limit }
}

fn refused(name: &str, rule: &'static str) -> UnpackError {
    UnpackError::refused(name.as_bytes(), rule)
}
