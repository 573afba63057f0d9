//! Where a path really leads: through links, to a file in a directory that is held.
//!
//! Takes a path as shells know it; gives the directory, the name in it, and which directories are missing on the way. A link to
//! nothing, a circle, and a link that a third user planted are refused.

use super::directory::HeldDirectory;
use super::error::EditError;
use rustix::fs::{FileType, Stat, readlinkat};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// As many links in a row as the kernel follows.
const MAX_LINKS: usize = 40;

/// A file or the place for one.
#[derive(Debug)]
pub(super) struct EditTarget {
    /// The deepest directory on the way that exists.
    pub(super) directory: HeldDirectory,
    /// The directories to be made below it.
    pub(super) missing: Vec<OsString>,
    /// The file's name.
    pub(super) name: OsString,
    /// The links that lead here, first to last.
    pub(super) links: Vec<PathBuf>,
    /// What is there.
    pub(super) found: Option<Stat>,
}

impl EditTarget {
    /// Follows `path` to the file, and its last name if that is a link and `follow` is set.
    pub(super) fn find(path: &Path, follow: bool) -> Result<Self, EditError> {
        let mut links: Vec<PathBuf> = Vec::new();
        let mut here = path.to_owned();
        loop {
            let (Some(name), Some(above)) = (here.file_name(), here.parent()) else {
                return Err(EditError::Directory { path: here });
            };
            let name = name.to_owned();
            let (existing, missing) = deepest(above)?;
            let directory = HeldDirectory::open(existing)?;
            let found = if missing.is_empty() { directory.look(&name)? } else { None };
            let target = Self { directory, missing, name, links, found };
            if target.found.is_none() {
                return target.must_not_dangle();
            }
            if !(follow && target.is_link()) {
                return Ok(target);
            }
            if target.links.len() == MAX_LINKS {
                return Err(EditError::Loop { path: path.to_owned() });
            }
            here = target.directory.path.join(target.leads_to()?);
            links = target.links;
            links.push(target.directory.path.join(&target.name));
        }
    }

    fn must_not_dangle(self) -> Result<Self, EditError> {
        match self.links.last() {
            Some(link) => Err(EditError::Dangling { link: link.clone(), target: self.path() }),
            None => Ok(self),
        }
    }

    /// The real path.
    pub(super) fn path(&self) -> PathBuf {
        self.lowest_directory().join(&self.name)
    }

    /// The real path of the directory that holds or will hold the file.
    pub(super) fn lowest_directory(&self) -> PathBuf {
        self.missing.iter().fold(self.directory.path.clone(), |path, name| path.join(name))
    }

    /// Whether a link is there.
    pub(super) fn is_link(&self) -> bool {
        self.kind() == Some(FileType::Symlink)
    }

    /// What is there.
    pub(super) fn kind(&self) -> Option<FileType> {
        self.found.as_ref().map(|found| FileType::from_raw_mode(found.st_mode))
    }

    /// The target of the link.
    pub(super) fn leads_to(&self) -> Result<PathBuf, EditError> {
        read_link(&self.directory, &self.name)
    }
}

fn read_link(directory: &HeldDirectory, name: &OsStr) -> Result<PathBuf, EditError> {
    match readlinkat(&directory.descriptor, name, Vec::new()) {
        Ok(target) => Ok(PathBuf::from(OsString::from_vec(target.into_bytes()))),
        Err(error) => Err(EditError::io("read", &directory.path.join(name), error)),
    }
}

/// The real path of the deepest directory on the way to `path` that exists, and the names below it that do not.
fn deepest(path: &Path) -> Result<(PathBuf, Vec<OsString>), EditError> {
    let mut missing = Vec::new();
    let mut above = path;
    loop {
        let place = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        match place.canonicalize() {
            Ok(existing) => {
                missing.reverse();
                return Ok((existing, missing));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(EditError::Loop { path: place.to_owned() });
            }
            Err(error) => return Err(EditError::io("stat", place, error)),
        }
        if let Ok(target) = std::fs::read_link(place) {
            return Err(EditError::Dangling { link: place.to_owned(), target });
        }
        let (Some(name), Some(parent)) = (place.file_name(), place.parent()) else {
            return Err(EditError::NotADirectory { path: place.to_owned() });
        };
        missing.push(name.to_owned());
        above = parent;
    }
}
