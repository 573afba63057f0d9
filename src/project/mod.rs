//! Writes a file into a directory that is not the home: a pin in a project.
//!
//! Takes a directory and a name, gives the file's content and replaces it in one step. Follows links inside the project
//! only, and none that a third user made; never writes where another user's directory is open to everyone. A file keeps
//! its owner and mode; one that root creates belongs to the owner of its directory.

mod directory;
mod error;

pub use error::ProjectError;

use crate::atomic_file::{self, NewFile};
use directory::{Beneath, ProjectDirectory};
use gvmr_core::select::project;
use rustix::fs::{self, FileType, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::Errno;
use rustix::process::{Pid, geteuid};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// As many links in a row as the kernel follows.
const MAX_LINKS: usize = 40;

/// A file of a project, or the place for one.
#[derive(Debug)]
pub struct ProjectFile {
    directory: ProjectDirectory,
    name: OsString,
    found: Option<Stat>,
    /// The first link, where one led here.
    link: Option<PathBuf>,
}

impl ProjectFile {
    /// Finds `name` in `directory`, through links inside the project.
    pub fn find(directory: &Path, name: &str) -> Result<Self, ProjectError> {
        let real = directory.canonicalize().map_err(|error| ProjectError::io("access", directory, error))?;
        let root = project::root(&real);
        let project = Beneath::open(&root)?;
        let first = real.join(name);
        let mut below = first.strip_prefix(&root).unwrap_or(Path::new(name)).to_owned();
        let mut link = None;
        for _ in 0..=MAX_LINKS {
            let (Some(name), Some(above)) = (below.file_name(), below.parent()) else {
                return Err(ProjectError::NotAFile { path: root.join(&below), kind: "a directory" });
            };
            let directory = project.directory(above).map_err(|error| match error {
                Errno::XDEV | Errno::LOOP => leads_out(&first, root.join(&below), &root),
                error => ProjectError::io("access", &root.join(above), error),
            })?;
            directory.must_not_be_open()?;
            let found = directory.look(name)?;
            if !found.as_ref().is_some_and(is_link) {
                return Self { directory, name: name.to_owned(), found, link }.must_be_a_file();
            }
            let target = directory.link_target(name)?;
            let below_next = match target.strip_prefix("/") {
                Ok(_) => within(&target, &root).ok_or_else(|| leads_out(&first, target.clone(), &root))?,
                Err(_) => above.join(&target),
            };
            directory.must_not_be_planted(name, &target, found.as_ref())?;
            link = link.or_else(|| Some(first.clone()));
            below = below_next;
        }
        Err(ProjectError::Loop { link: first })
    }

    fn must_be_a_file(self) -> Result<Self, ProjectError> {
        let kind = match self.found.as_ref().map(|found| FileType::from_raw_mode(found.st_mode)) {
            None if self.link.is_none() => return Ok(self),
            None => {
                let path = self.link.unwrap_or_default();
                return Err(ProjectError::NotAFile { path, kind: "a link to nothing" });
            }
            Some(FileType::RegularFile) => return Ok(self),
            Some(FileType::Directory) => "a directory",
            Some(FileType::Fifo) => "a FIFO",
            Some(FileType::Socket) => "a socket",
            Some(_) => "a device",
        };
        Err(ProjectError::NotAFile { path: self.path(), kind })
    }

    /// Its real path.
    pub fn path(&self) -> PathBuf {
        self.directory.path().join(&self.name)
    }

    /// What it holds; `None` where it does not exist. A file behind a link must be one that `is_such_a_file`: a link can
    /// name any file of the project, and no other may be overwritten.
    pub fn read(
        &self,
        limit: u64,
        is_such_a_file: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, ProjectError> {
        if self.found.is_none() {
            return Ok(None);
        }
        let failed = |error: io::Error| ProjectError::io("read", &self.path(), error);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = fs::openat(self.directory.descriptor(), &self.name, flags, Mode::empty());
        let mut bytes = Vec::new();
        let file = File::from(opened.map_err(|error| failed(error.into()))?);
        file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > limit {
            return Err(ProjectError::TooLarge { path: self.path(), limit });
        }
        match &self.link {
            Some(link) if !is_such_a_file(&bytes) => {
                Err(ProjectError::OtherFile { link: link.clone(), target: self.path() })
            }
            _ => Ok(Some(bytes)),
        }
    }

    /// Gives it this content, on the disk when this returns. A new file gets `mode`, less the umask.
    pub fn replace(&self, bytes: &[u8], mode: u32) -> Result<(), ProjectError> {
        let failed = |error: io::Error| ProjectError::io("write", &self.path(), error);
        let descriptor = self.directory.descriptor();
        let prefix = prefix(&self.name.to_string_lossy());
        atomic_file::sweep(descriptor, |left| writer_of(left, &prefix));
        let new = NewFile::create_locked(descriptor, &prefix, mode).map_err(|error| failed(error.into()))?;
        self.keep_rights(new.file()).map_err(failed)?;
        new.write(bytes).map_err(failed)?;
        new.replace(Path::new(&self.name)).map_err(|error| failed(error.into()))?;
        self.directory.sync().map_err(|error| failed(error.into()))
    }

    /// The owner and mode of the file that it replaces; for a new one that root makes, those of the directory's owner. Who
    /// may not give a file away keeps it: the file system decided already that this user may replace it.
    fn keep_rights(&self, new: &File) -> io::Result<()> {
        let created = fs::fstat(new)?;
        let (owner, group) = match &self.found {
            // Another user's file counts for nothing there, and this one is to count.
            Some(_) if self.directory.is_open() => (created.st_uid, created.st_gid),
            Some(old) => (old.st_uid, old.st_gid),
            None if geteuid().is_root() => self.directory.owners(),
            None => return Ok(()),
        };
        if created.st_uid != owner {
            let _ = fs::fchown(new, Some(Uid::from_raw(owner)), None);
        }
        let is_in_group =
            created.st_gid == group || fs::fchown(new, None, Some(Gid::from_raw(group))).is_ok();
        if let Some(old) = &self.found {
            // Another group gets no more than everyone has.
            let mode = old.st_mode & 0o777;
            let mode = if is_in_group { mode } else { mode & !0o070 | (mode & 0o007) << 3 };
            match fs::fchmod(new, Mode::from_raw_mode(mode)) {
                // A shared folder's modes are what its mount says.
                Err(Errno::PERM | Errno::OPNOTSUPP) if !atomic_file::keeps_modes(new) => {}
                changed => changed?,
            }
        }
        Ok(())
    }
}

/// What the names of temporary files for new content of `name` begin with: `.go-version.gvmr-`.
fn prefix(name: &str) -> String {
    format!(".{}.gvmr-", name.trim_start_matches('.'))
}

/// The process that writes such a file. Former builds put another dot before the name.
fn writer_of(left: &OsStr, prefix: &str) -> Option<Pid> {
    atomic_file::writer_of(left, prefix).or_else(|| atomic_file::writer_of(left, &format!(".{prefix}")))
}

fn is_link(found: &Stat) -> bool {
    FileType::from_raw_mode(found.st_mode) == FileType::Symlink
}

/// The path below `root` that an absolute one leads to; `None` where it leads elsewhere.
fn within(target: &Path, root: &Path) -> Option<PathBuf> {
    let above = target.parent()?.canonicalize().ok()?;
    Some(above.strip_prefix(root).ok()?.join(target.file_name()?))
}

/// The error of a chain of links that ends outside, with its end or, where that is not there, the last link's target.
fn leads_out(link: &Path, last: PathBuf, root: &Path) -> ProjectError {
    let target = link.canonicalize().unwrap_or(last);
    ProjectError::LeadsOut { link: link.to_owned(), target, root: root.to_owned() }
}

#[cfg(test)]
mod tests;
