//! All names of one archive: no two may be equal, equal but for case, or a file and a directory at once.
//!
//! Takes names that [`rules`](super::rules) has passed, remembers every file and every directory above it. Memory
//! grows with the distinct elements, not with the depth of paths, so that limits on entries, directories and
//! bytes of names bound it.

use super::error::UnpackError;
use super::limits::{Limit, Limits};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

#[derive(Debug, Default)]
pub(super) struct Names {
    /// Each element by its directory and its folded spelling.
    nodes: HashMap<(u32, Box<[u8]>), Node>,
    files: u64,
    directories: u32,
    bytes: u64,
}

#[derive(Debug)]
struct Node {
    /// The spelling met first, where it is not the folded one.
    spelling: Option<Box<[u8]>>,
    kind: Kind,
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
    pub(super) fn add(&mut self, name: &str, limits: &Limits) -> Result<(), UnpackError> {
        let exceeds = |which, limit: u64| Err(UnpackError::Limit { which, limit });
        self.files += 1;
        self.bytes += name.len() as u64;
        if self.files > limits.entries {
            return exceeds(Limit::Entries, limits.entries);
        }
        if self.bytes > limits.names {
            return exceeds(Limit::Names, limits.names);
        }
        if name.split('/').count() as u64 > limits.depth {
            return exceeds(Limit::Depth, limits.depth);
        }
        let (directories, last) = name.rsplit_once('/').unwrap_or(("", name));
        let mut parent = ROOT;
        for element in directories.split('/').filter(|element| !element.is_empty()) {
            let next = Kind::Directory(self.directories + 1);
            match self.node(parent, element, next, name)? {
                Kind::Directory(number) => parent = number,
                Kind::File => return Err(refused(name, "a file and a directory have one name")),
            }
            if next == Kind::Directory(parent) {
                self.directories += 1;
                if u64::from(self.directories) > limits.directories {
                    return exceeds(Limit::Directories, limits.directories);
                }
            }
        }
        let before = self.nodes.len();
        match self.node(parent, last, Kind::File, name)? {
            Kind::Directory(_) => Err(refused(name, "a file and a directory have one name")),
            Kind::File if self.nodes.len() == before => Err(refused(name, "two files have one name")),
            Kind::File => Ok(()),
        }
    }

    /// The kind of `element`, which is `kind` where it is new.
    fn node(&mut self, parent: u32, element: &str, kind: Kind, name: &str) -> Result<Kind, UnpackError> {
        let folded: Box<[u8]> = element.to_ascii_lowercase().into_bytes().into();
        let spelling = (*folded != *element.as_bytes()).then(|| element.as_bytes().into());
        match self.nodes.entry((parent, folded)) {
            Entry::Occupied(node) if node.get().spelling == spelling => Ok(node.get().kind),
            Entry::Occupied(_) => Err(refused(name, "two names differ only in case")),
            Entry::Vacant(place) => Ok(place.insert(Node { spelling, kind }).kind),
        }
    }
}

fn refused(name: &str, rule: &'static str) -> UnpackError {
    UnpackError::refused(name.as_bytes(), rule)
}
