//! Where the search for pins starts, and how it climbs: the same directory and the same parents that the go
//! command itself would use.

use crate::sys::environment::Environment;
use crate::sys::process;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The most parents that are searched above a directory.
pub const PARENT_LIMIT: usize = 64;

/// The absolute path of the working directory after a change to `change`, as Go's `os.Getwd` names it:
/// `$PWD` where it names that directory: a symbolic link on the way keeps its own parents.
///
/// Fails where the directory does not exist or was removed. The process's own directory is not changed.
pub fn working(environment: &dyn Environment, change: Option<&OsStr>) -> io::Result<PathBuf> {
    let here = Path::new(change.unwrap_or(OsStr::new(".")));
    let logical = environment.get("PWD").filter(|path| path.as_bytes().first() == Some(&b'/'));
    if let Some(logical) = logical {
        let here = fs::metadata(here)?;
        if fs::metadata(&logical).is_ok_and(|there| same(&here, &there)) {
            return Ok(clean(logical.into_vec()));
        }
    }
    fs::canonicalize(here)
}

/// The longest name that is searched for, and the NUL after it.
const NAME_LENGTH: usize = 24;

/// A name that is searched for, with NULs up to a fixed length: so copying it takes three instructions and no call, which
/// counts where five names are looked up in every parent before every `go`.
#[derive(Clone, Copy, Debug)]
pub struct Name([u8; NAME_LENGTH]);

impl Name {
    /// The padded name.
    ///
    /// # Panics
    ///
    /// Where it is longer than the padding: such a constant does not compile.
    pub const fn of(name: &str) -> Self {
        let (bytes, mut padded, mut at) = (name.as_bytes(), [0; NAME_LENGTH], 0);
        assert!(bytes.len() < NAME_LENGTH, "a name that is searched for is too long");
        while at < bytes.len() {
            padded[at] = bytes[at];
            at += 1;
        }
        Self(padded)
    }

    fn length(&self) -> usize {
        self.0.iter().position(|byte| *byte == 0).unwrap_or(NAME_LENGTH)
    }
}

/// Calls `visit` with the path of `name` in `directory`, then in each parent, wherever something has that name, until it
/// gives a value or an error.
pub fn climb<T, E>(
    directory: &Path,
    name: &Name,
    mut visit: impl FnMut(&Path) -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let names = std::slice::from_ref(name);
    climb_where(directory, names, None, |path| !process::is_absent(path), |_, path| visit(path))
}

/// The same for several names, all of one directory before those of its parent, and only below the parent `above`.
/// `visit` gets the place of the name among `names` too.
pub(crate) fn climb_any<T, E>(
    directory: &Path,
    names: &[Name],
    above: Option<&Path>,
    visit: impl FnMut(usize, &Path) -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    climb_where(directory, names, above, |path| !process::is_absent(path), visit)
}

/// The same of every one of these paths, whether anything is there or not.
pub(crate) fn climb_all<T, E>(
    directory: &Path,
    name: &Name,
    mut visit: impl FnMut(&Path) -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    climb_where(directory, std::slice::from_ref(name), None, |_| true, |_, path| visit(path))
}

fn climb_where<T, E>(
    directory: &Path,
    names: &[Name],
    above: Option<&Path>,
    is_there: impl Fn(&[u8]) -> bool,
    mut visit: impl FnMut(usize, &Path) -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let without_slash = |path: &'_ Path| -> usize {
        let bytes = path.as_os_str().as_bytes();
        bytes.strip_suffix(b"/").unwrap_or(bytes).len()
    };
    let is_parent =
        |above: &&Path| directory.as_os_str().as_bytes().starts_with(above.as_os_str().as_bytes());
    let above = above.filter(is_parent).map(without_slash);
    let mut length = without_slash(directory);
    // One buffer for all the paths: joining them one by one costs more than looking at them.
    let mut path = Vec::with_capacity(length + 1 + NAME_LENGTH);
    path.extend_from_slice(directory.as_os_str().as_bytes().get(..length).unwrap_or_default());
    path.resize(length + 1 + NAME_LENGTH, 0);
    for _ in 0..=PARENT_LIMIT {
        if above.is_some_and(|above| above >= length) {
            break;
        }
        if let Some(slash) = path.get_mut(length) {
            *slash = b'/';
        }
        for (index, name) in names.iter().enumerate() {
            if let Some(place) = path.get_mut(length + 1..).and_then(|rest| rest.first_chunk_mut()) {
                *place = name.0;
            }
            let Some(candidate) = path.get(..length + 1 + NAME_LENGTH) else { break };
            if is_there(candidate) {
                let candidate = candidate.get(..length + 1 + name.length()).unwrap_or_default();
                if let Some(found) = visit(index, Path::new(OsStr::from_bytes(candidate)))? {
                    return Ok(Some(found));
                }
            }
        }
        match path.get(..length).and_then(|path| path.iter().rposition(|byte| *byte == b'/')) {
            Some(slash) => length = slash,
            None => break,
        }
    }
    Ok(None)
}

/// Whether both describe one file or directory.
pub fn same(left: &Metadata, right: &Metadata) -> bool {
    (left.dev(), left.ino()) == (right.dev(), right.ino())
}

/// Whether both paths lead to one file or directory that is there.
pub fn lead_to_one(left: &Path, right: &Path) -> bool {
    match (fs::metadata(left), fs::metadata(right)) {
        (Ok(left), Ok(right)) => same(&left, &right),
        _ => false,
    }
}

/// An absolute path without `//`, `.` and `..`, by its text alone, as Go's `filepath.Clean`.
fn clean(path: Vec<u8>) -> PathBuf {
    if is_clean(&path) {
        return PathBuf::from(OsString::from_vec(path));
    }
    let mut cleaned = PathBuf::from("/");
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                cleaned.pop();
            }
            _ => cleaned.push(OsStr::from_bytes(part)),
        }
    }
    cleaned
}

/// Whether no part of an absolute path is empty, `.` or `..`. Nearly every path is, and is told at half of what splitting it
/// costs.
fn is_clean(path: &[u8]) -> bool {
    let mut rest = path;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'/'
            && matches!(
                rest,
                [] | [b'/', ..] | [b'.'] | [b'.', b'/', ..] | [b'.', b'.'] | [b'.', b'.', b'/', ..]
            )
        {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::os::unix::fs::symlink;

    fn visited(directory: &str) -> Vec<String> {
        visited_below(directory, None)
    }

    fn visited_below(directory: &str, above: Option<&str>) -> Vec<String> {
        let mut seen = Vec::new();
        let nothing: Result<Option<()>, Infallible> = climb_where(
            Path::new(directory),
            &[Name::of("x"), Name::of("y/z")],
            above.map(Path::new),
            |_| true,
            |_, path| {
                seen.push(path.display().to_string());
                Ok(None)
            },
        );
        assert_eq!(nothing, Ok(None));
        seen
    }

    #[test]
    fn climbing_visits_every_parent_up_to_the_root() {
        assert_eq!(visited("/a/b"), ["/a/b/x", "/a/b/y/z", "/a/x", "/a/y/z", "/x", "/y/z"]);
        assert_eq!(visited("/"), ["/x", "/y/z"]);
        assert_eq!(visited("/a/"), ["/a/x", "/a/y/z", "/x", "/y/z"]);
    }

    #[test]
    fn climbing_ends_below_the_parent_that_is_given() {
        assert_eq!(visited_below("/a/b", Some("/a")), ["/a/b/x", "/a/b/y/z"]);
        assert_eq!(visited_below("/a", Some("/")), ["/a/x", "/a/y/z"]);
        assert!(visited_below("/a/b", Some("/a/b")).is_empty() && visited_below("/", Some("/")).is_empty());
    }

    #[test]
    fn climbing_is_bounded() {
        assert_eq!(visited(&"/d".repeat(1000)).len(), 2 * (PARENT_LIMIT + 1));
    }

    #[test]
    fn paths_are_cleaned_as_go_cleans_them() {
        let cases = [
            ("/a/b", "/a/b"),
            ("/", "/"),
            ("//a///b/", "/a/b"),
            ("/a/./b/.", "/a/b"),
            ("/a/../../b/..", "/"),
            ("/a/.hidden/..x", "/a/.hidden/..x"),
        ];
        for (path, expected) in cases {
            assert_eq!(clean(path.as_bytes().to_vec()), Path::new(expected), "{path}");
        }
    }

    #[test]
    fn pwd_counts_only_where_it_names_the_directory() {
        let root = tempfile::tempdir().unwrap();
        let real = root.path().canonicalize().unwrap().join("real");
        fs::create_dir(&real).unwrap();
        let link = root.path().join("link");
        symlink(&real, &link).unwrap();
        let at = |pwd: &str| working(&vec![("PWD", pwd)], Some(real.as_os_str())).unwrap();

        assert_eq!(at(link.to_str().unwrap()), link);
        assert_eq!(at(root.path().to_str().unwrap()), real);
        assert_eq!(at("relative"), real);
        assert_eq!(at("/does/not/exist"), real);
        let missing = root.path().join("missing");
        assert!(working(&vec![("PWD", "/")], Some(missing.as_os_str())).is_err());
    }
}
