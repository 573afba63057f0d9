//! Creates files below one directory, and nowhere else.
//!
//! Takes names that the guard has passed. Every step goes from one open directory to the next without following
//! a link, and every file must be new; the kernel's answer decides, not a look beforehand.

use super::error::UnpackError;
use super::mode;
use rustix::fs::{Dir, Mode, OFlags, mkdirat, open, openat};
use rustix::io::Errno;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const NEW_FILE: OFlags =
    OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

pub(super) struct TreeRoot {
    root: OwnedFd,
    path: PathBuf,
    /// The directory of the last file: its name, and an open directory for each of its elements.
    current: String,
    open: Vec<OwnedFd>,
}

impl TreeRoot {
    /// Opens an existing directory, which must be empty.
    pub(super) fn open(path: &Path) -> Result<Self, UnpackError> {
        let failed = |errno: Errno| UnpackError::Write { path: path.to_owned(), source: errno.into() };
        let root = open(path, DIRECTORY, Mode::empty()).map_err(failed)?;
        for entry in Dir::read_from(&root).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
                return Err(failed(Errno::NOTEMPTY));
            }
        }
        Ok(Self { root, path: path.to_owned(), current: String::new(), open: Vec::new() })
    }

    /// Creates the file called `name`, with the directories above it; its mode comes from the rule.
    pub(super) fn create(&mut self, name: &str) -> Result<File, UnpackError> {
        let (directory, last) = name.rsplit_once('/').unwrap_or(("", name));
        self.enter(directory)?;
        let mode = Mode::from_raw_mode(mode::of(name));
        match openat(self.here(), last, NEW_FILE, mode) {
            Ok(file) => Ok(File::from(file)),
            Err(errno) => Err(self.failed(name, errno)),
        }
    }

    /// The error of a system call on `name`.
    pub(super) fn failed(&self, name: &str, source: impl Into<std::io::Error>) -> UnpackError {
        UnpackError::Write { path: self.path.join(name), source: source.into() }
    }

    fn here(&self) -> BorrowedFd<'_> {
        self.open.last().unwrap_or(&self.root).as_fd()
    }

    /// Makes `directory` the current one, creating what is missing of it.
    fn enter(&mut self, directory: &str) -> Result<(), UnpackError> {
        if directory == self.current {
            return Ok(());
        }
        let kept =
            elements(&self.current).zip(elements(directory)).take_while(|(old, new)| old == new).count();
        self.open.truncate(kept);
        self.current.clear();
        for (depth, element) in elements(directory).enumerate() {
            if depth > 0 {
                self.current.push('/');
            }
            self.current.push_str(element);
            if depth < kept {
                continue;
            }
            match mkdirat(self.here(), element, Mode::from_raw_mode(mode::EXECUTABLE)) {
                Ok(()) | Err(Errno::EXIST) => {} // the open that follows proves that it is a directory
                Err(errno) => return Err(self.failed(&self.current, errno)),
            }
            let next = openat(self.here(), element, DIRECTORY, Mode::empty());
            let next = next.map_err(|errno| self.failed(&self.current, errno))?;
            self.open.push(next);
        }
        Ok(())
    }
}

fn elements(directory: &str) -> impl Iterator<Item = &str> {
    directory.split('/').filter(|element| !element.is_empty())
}
