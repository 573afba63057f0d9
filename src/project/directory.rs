//! Directories of a project, held open: what happens in them cannot be led elsewhere meanwhile.

use super::ProjectError;
use crate::atomic_file::{self, keeps_modes};
use rustix::fs::{self, AtFlags, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

const HELD: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The root of a project, and the way to what lies beneath it.
#[derive(Debug)]
pub(super) struct Beneath {
    descriptor: OwnedFd,
    root: PathBuf,
}

/// A directory of the project.
#[derive(Debug)]
pub(super) struct ProjectDirectory {
    descriptor: OwnedFd,
    path: PathBuf,
    found: Stat,
}

impl Beneath {
    /// Holds the project at the real path `root`.
    pub(super) fn open(root: &Path) -> Result<Self, ProjectError> {
        let opened = fs::openat(fs::CWD, root, HELD | OFlags::NOFOLLOW, Mode::empty());
        let descriptor = opened.map_err(|error| ProjectError::io("access", root, error))?;
        Ok(Self { descriptor, root: root.to_owned() })
    }

    /// The directory at `path` beneath the root, through links that stay there; [`Errno::XDEV`] where one leads out.
    pub(super) fn directory(&self, path: &Path) -> Result<ProjectDirectory, Errno> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let inside = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let descriptor = loop {
            match fs::openat2(&self.descriptor, path, HELD, Mode::empty(), inside) {
                Err(Errno::AGAIN) => {} // something was renamed meanwhile
                // Linux before 5.6, and containers that do not know the call.
                Err(Errno::NOSYS | Errno::PERM) => break self.resolve_and_compare(path)?,
                opened => break opened?,
            }
        };
        let real = self.root.join(path).canonicalize().map_err(|error| errno(&error))?;
        Ok(ProjectDirectory { found: fs::fstat(&descriptor)?, descriptor, path: real })
    }

    /// The same where the kernel cannot do it in one call.
    pub(super) fn resolve_and_compare(&self, path: &Path) -> Result<OwnedFd, Errno> {
        let real = self.root.join(path).canonicalize().map_err(|error| errno(&error))?;
        if !real.starts_with(&self.root) {
            return Err(Errno::XDEV);
        }
        fs::openat(fs::CWD, &real, HELD | OFlags::NOFOLLOW, Mode::empty())
    }
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

impl ProjectDirectory {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// Its owner's and its group's id.
    pub(super) fn owners(&self) -> (u32, u32) {
        (self.found.st_uid, self.found.st_gid)
    }

    /// What is called `name` in it, not followed if it is a link.
    pub(super) fn look(&self, name: &OsStr) -> Result<Option<Stat>, ProjectError> {
        match fs::statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(ProjectError::io("access", &self.path.join(name), error)),
        }
    }

    /// What the link called `name` says.
    pub(super) fn link_target(&self, name: &OsStr) -> Result<PathBuf, ProjectError> {
        match fs::readlinkat(&self.descriptor, name, Vec::new()) {
            Ok(target) => Ok(PathBuf::from(OsString::from_vec(target.into_bytes()))),
            Err(error) => Err(ProjectError::io("read", &self.path.join(name), error)),
        }
    }

    /// Whether everyone can write to it.
    pub(super) fn is_open(&self) -> bool {
        self.found.st_mode & 0o002 != 0
    }

    /// Refuses a directory of another user that everyone can write to: anyone could put a link into it.
    pub(super) fn must_not_be_open(&self) -> Result<(), ProjectError> {
        let is_own = self.found.st_uid == geteuid().as_raw();
        if is_own || !self.is_open() || !keeps_modes(&self.descriptor) {
            return Ok(());
        }
        Err(ProjectError::Open { directory: self.path.clone(), owner: self.found.st_uid })
    }

    /// Refuses a link that neither this user nor root nor the owner of the directory made.
    pub(super) fn must_not_be_planted(
        &self,
        name: &OsStr,
        target: &Path,
        link: Option<&Stat>,
    ) -> Result<(), ProjectError> {
        let makers = [0, geteuid().as_raw(), self.found.st_uid];
        match link.map(|link| link.st_uid).filter(|owner| !makers.contains(owner)) {
            Some(owner) => {
                let (link, target) = (self.path.join(name), target.to_owned());
                Err(ProjectError::Planted { link, target, owner })
            }
            None => Ok(()),
        }
    }

    /// Makes its names durable; nothing where this user may write and not read it.
    pub(super) fn sync(&self) -> Result<(), Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = fs::openat(&self.descriptor, ".", flags, Mode::empty());
        opened.map_or(Ok(()), atomic_file::sync_names)
    }
}
