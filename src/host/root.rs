//! Reads of the system's own files, below a directory that stands for `/`.
//!
//! Takes paths as the system names them, follows links as a process chrooted into the directory would, and gives
//! bytes or nothing. Only regular files are read, each up to a limit; nothing is run, opened for writing or waited for.

use gvmr_core::sys::bounded;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// The largest text that is read: `/proc/cpuinfo` of a machine with a thousand processors has 2 MiB.
const TEXT_LIMIT: u64 = 8 * 1024 * 1024;
/// The largest loader or C library that is read; real ones have 2 MiB.
const LIBRARY_LIMIT: u64 = 32 * 1024 * 1024;
/// As many links as the kernel follows.
const LINK_LIMIT: usize = 40;

/// A system's files.
#[derive(Clone, Debug)]
pub(super) struct Root {
    directory: PathBuf,
}

/// A file or directory that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its path without links, as the system names it.
    pub(super) inside: PathBuf,
    /// The path by which this process opens it.
    pub(super) real: PathBuf,
}

impl Root {
    pub(super) fn at(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Where `path` leads, with every link followed inside the root.
    pub(super) fn find(&self, path: impl AsRef<Path>) -> Option<Place> {
        let mut ahead: Vec<OsString> = reversed(path.as_ref());
        let mut inside = PathBuf::from("/");
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            if name == ".." {
                inside.pop();
                continue;
            }
            let next = inside.join(&name);
            let real = self.real(&next);
            if !real.symlink_metadata().ok()?.file_type().is_symlink() {
                inside = next;
                continue;
            }
            links += 1;
            if links > LINK_LIMIT {
                return None;
            }
            let target = real.read_link().ok()?;
            if target.is_absolute() {
                inside = PathBuf::from("/");
            }
            ahead.extend(reversed(&target));
        }
        Some(Place { real: self.real(&inside), inside })
    }

    /// Where `path` leads, if that is a regular file.
    pub(super) fn file(&self, path: impl AsRef<Path>) -> Option<Place> {
        self.find(path).filter(|place| place.real.is_file())
    }

    pub(super) fn is_directory(&self, path: impl AsRef<Path>) -> bool {
        self.find(path).is_some_and(|place| place.real.is_dir())
    }

    /// A text file; bytes that are no UTF-8 are replaced.
    pub(super) fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        let bytes = bounded::read(&self.file(path)?.real, TEXT_LIMIT).ok()??;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A loader's or library's bytes.
    pub(super) fn bytes(&self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        bounded::read(&self.file(path)?.real, LIBRARY_LIMIT).ok()?
    }

    /// The names in a directory, sorted.
    pub(super) fn names(&self, directory: impl AsRef<Path>) -> Vec<OsString> {
        let entries = self.find(directory).and_then(|place| place.real.read_dir().ok());
        let mut names: Vec<_> =
            entries.into_iter().flatten().flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names
    }

    fn real(&self, inside: &Path) -> PathBuf {
        self.directory.join(inside.strip_prefix("/").unwrap_or(inside))
    }
}

/// The names on a path, last first; `.` and the root itself name nothing.
fn reversed(path: &Path) -> Vec<OsString> {
    let name = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    };
    path.components().rev().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    #[allow(clippy::disallowed_methods)] // a test's own directory
    fn links_are_followed_inside_the_root() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::create_dir_all(path("usr/lib/deep")).unwrap();
        fs::write(path("usr/lib/library"), b"here").unwrap();
        symlink("usr/lib", path("lib")).unwrap();
        symlink("/lib/library", path("usr/lib/deep/absolute")).unwrap();
        symlink("../../../../../lib/./library", path("usr/lib/deep/above")).unwrap();
        symlink("circle", path("circle")).unwrap();
        symlink("/nowhere", path("dangling")).unwrap();
        let root = Root::at(directory.path());
        for name in ["/usr/lib/library", "/lib/library", "/lib/deep/absolute", "/lib/deep/above"] {
            assert_eq!(root.find(name).unwrap().inside, Path::new("/usr/lib/library"), "{name}");
            assert_eq!(root.text(name).unwrap(), "here", "{name}");
        }
        for name in ["/circle", "/dangling", "/etc/passwd", "/usr/lib/library/below"] {
            assert_eq!(root.find(name), None, "{name}");
        }
        assert_eq!(root.text("/usr"), None);
        assert!(root.is_directory("/lib/deep"));
        assert_eq!(root.names("/lib"), ["deep", "library"]);
    }
}
