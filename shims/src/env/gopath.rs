//! What is wrong with a GOPATH, before the go command fails on it.
//!
//! Takes a value, gives its first fault. Looks at files, changes nothing.

use crate::home::paths::Home;
use crate::sys::directory::same;
use crate::sys::printable;
use crate::sys::process;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What is wrong with a GOPATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GopathFault {
    /// An element is relative, which the go command refuses.
    Relative(PathBuf),
    /// An element starts with `~`, which the go command refuses.
    Tilde(PathBuf),
    /// Its first element does not exist, and the nearest directory above it cannot be written to.
    Missing(PathBuf),
    /// Its first element is not a directory.
    NotADirectory(PathBuf),
    /// Its first element cannot be written to.
    NotWritable(PathBuf),
    /// A go.mod lies in its first element: it is a module's root.
    ModuleRoot(PathBuf),
    /// Its first element is the GOROOT.
    Goroot(PathBuf),
    /// Its first element is gvmr's home, or lies in it.
    Home(PathBuf),
}

/// The first fault of `gopath`, a list of directories separated by colons, of which the first counts most.
pub fn fault(gopath: &OsStr, home: &Home, goroot: Option<&Path>) -> Option<GopathFault> {
    let elements = gopath.as_bytes().split(|byte| *byte == b':').filter(|element| !element.is_empty());
    let mut first = None;
    for element in elements {
        let path = Path::new(OsStr::from_bytes(element));
        match element.first() {
            Some(b'/') => first = first.or(Some(path)),
            Some(b'~') => return Some(GopathFault::Tilde(path.to_owned())),
            _ => return Some(GopathFault::Relative(path.to_owned())),
        }
    }
    let first = first?;
    let found = match fs::metadata(first) {
        Ok(found) => found,
        Err(error) => return absent(first, error.kind()),
    };
    if !found.is_dir() {
        return Some(GopathFault::NotADirectory(first.to_owned()));
    }
    if is_refused(first) {
        return Some(GopathFault::NotWritable(first.to_owned()));
    }
    misplaced(first, &found, home, goroot)
}

/// The fault of the GOPATH that the go command uses where none is set. That it does not exist yet, or is closed to this
/// user, is not a fault: the user did not choose it.
pub fn fault_of_default(directory: &Path, home: &Home, goroot: Option<&Path>) -> Option<GopathFault> {
    let found = fs::metadata(directory).ok().filter(Metadata::is_dir)?;
    misplaced(directory, &found, home, goroot)
}

/// What is wrong with an element that cannot be looked at.
fn absent(element: &Path, error: ErrorKind) -> Option<GopathFault> {
    match error {
        // Go makes no directory where a link leads nowhere.
        ErrorKind::NotFound if fs::symlink_metadata(element).is_ok() => {
            Some(GopathFault::NotADirectory(element.to_owned()))
        }
        ErrorKind::NotFound => {
            // Go makes the directories above it too.
            let above = element.ancestors().skip(1).find(|above| fs::symlink_metadata(above).is_ok())?;
            let is_made = fs::metadata(above).is_ok_and(|above| above.is_dir()) && !is_refused(above);
            (!is_made).then(|| GopathFault::Missing(element.to_owned()))
        }
        ErrorKind::NotADirectory => Some(GopathFault::NotADirectory(element.to_owned())),
        ErrorKind::PermissionDenied => Some(GopathFault::NotWritable(element.to_owned())),
        _ => None,
    }
}

/// Whether this user may make no files in the directory. What cannot be told counts as allowed.
fn is_refused(directory: &Path) -> bool {
    let refusals = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem];
    process::may_write_into(directory).is_err_and(|error| refusals.contains(&error.kind()))
}

/// What is wrong with a directory that is something else already.
fn misplaced(directory: &Path, found: &Metadata, home: &Home, goroot: Option<&Path>) -> Option<GopathFault> {
    let is = |other: &Path| fs::metadata(other).is_ok_and(|other| same(found, &other));
    let fault = if fs::metadata(directory.join("go.mod")).is_ok_and(|found| !found.is_dir()) {
        GopathFault::ModuleRoot
    } else if goroot.is_some_and(is) {
        GopathFault::Goroot
    } else if directory.starts_with(home.root()) || is(home.root()) || lies_in(directory, home.root()) {
        GopathFault::Home
    } else {
        return None;
    };
    Some(fault(directory.to_owned()))
}

/// Whether the home, spelled otherwise, is above the directory; only what has its name is looked at.
fn lies_in(directory: &Path, home: &Path) -> bool {
    let mut above = directory.ancestors().skip(1);
    above.any(|above| {
        let looks_alike = above.file_name().is_some() && above.file_name() == home.file_name();
        looks_alike
            && fs::metadata(home).is_ok_and(|home| fs::metadata(above).is_ok_and(|above| same(&home, &above)))
    })
}

impl GopathFault {
    /// The element of the list that has the fault.
    pub fn element(&self) -> &Path {
        match self {
            Self::Relative(path)
            | Self::Tilde(path)
            | Self::Missing(path)
            | Self::NotADirectory(path)
            | Self::NotWritable(path)
            | Self::ModuleRoot(path)
            | Self::Goroot(path)
            | Self::Home(path) => path,
        }
    }

    /// What is wrong and what comes of it, to follow the element.
    fn text(&self) -> &'static str {
        match self {
            Self::Relative(_) => "is relative; go fails with \"GOPATH entry is relative\"",
            Self::Tilde(_) => {
                "starts with \"~\", which is not expanded; go fails with \"GOPATH entry cannot start with shell \
                 metacharacter\""
            }
            Self::Missing(_) => {
                "does not exist, and no directory above it is writable; downloads and go install fail or use the wrong place"
            }
            Self::NotADirectory(_) => "is not a directory; downloads and go install fail",
            Self::NotWritable(_) => "is not writable; downloads and go install fail",
            Self::ModuleRoot(_) => {
                "is a module root; Go before 1.22 fails with \"$GOPATH/go.mod exists but should not\", and later versions \
                 ignore that go.mod"
            }
            Self::Goroot(_) => "is the GOROOT; go downloads and installs into the toolchain",
            Self::Home(_) => "is in gvmr's home; go downloads and installs among the toolchains",
        }
    }
}

impl fmt::Display for GopathFault {
    /// To follow the name of the variable and where it is set: `GOPATH (…) "rel" is relative`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\" {}", printable::path(self.element()), self.text())
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            let place = Self(tempfile::tempdir().unwrap());
            for directory in ["home/versions/go1.22.1", "fine", "module", "else"] {
                fs::create_dir_all(place.path(directory)).unwrap();
            }
            for file in ["module/go.mod", "file"] {
                fs::write(place.path(file), "").unwrap();
            }
            place
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        /// The fault of a value in which `@` is the test's directory, by the name of its kind.
        fn fault(&self, value: &str) -> Option<String> {
            let value = value.replace('@', self.0.path().to_str().unwrap());
            let home = Home::at(self.path("home"));
            let fault = fault(OsStr::new(&value), &home, Some(&self.path("home/versions/go1.22.1")));
            fault.map(|fault| format!("{fault:?}").split('(').next().unwrap_or_default().to_owned())
        }
    }

    #[test]
    fn each_fault_is_told_and_a_fit_one_has_none() {
        let place = Place::new();
        symlink(place.path("home"), place.path("else/home")).unwrap();
        symlink(place.path("home/versions/go1.22.1"), place.path("root")).unwrap();
        symlink(place.path("home"), place.path("link")).unwrap();
        symlink("nothing", place.path("dangling")).unwrap();
        let table = [
            ("", None),
            (":", None),
            ("@/fine", None),
            ("@/fine/new", None),
            (":@/fine/:", None),
            ("@/fine:@/nowhere/at/all", None), // the first counts
            ("rel", Some("Relative")),
            ("@/fine:rel/x", Some("Relative")),
            ("./@", Some("Relative")),
            ("~/go", Some("Tilde")),
            ("@/fine:~", Some("Tilde")),
            ("@/fine/a/b", None), // go makes both: direnv's .direnv/go, goenv's ~/go/1.23.4
            ("@/nowhere/at/all", None),
            ("@/dangling/a", Some("Missing")),
            ("@/file", Some("NotADirectory")),
            ("@/file/x", Some("NotADirectory")),
            ("@/module", Some("ModuleRoot")),
            ("@/module/../module", Some("ModuleRoot")),
            ("@/fine:@/module", None),
            ("@/home/versions/go1.22.1", Some("Goroot")),
            ("@/root", Some("Goroot")),
            ("@/home", Some("Home")),
            ("@/link", Some("Home")),
            ("@/home/versions", Some("Home")),
            ("@/else/home/versions", Some("Home")),
            ("@/homely", None),
            ("@/dangling", Some("NotADirectory")),
        ];
        for (value, expected) in table {
            assert_eq!(place.fault(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn gos_own_default_may_be_missing_but_not_something_else() {
        let place = Place::new();
        let home = Home::at(place.path("home"));
        let of = |name: &str| fault_of_default(&place.path(name), &home, Some(&place.path("fine")));
        assert_eq!(of("nowhere/at/all"), None);
        assert_eq!(of("file"), None);
        assert_eq!(of("else"), None);
        assert_eq!(of("module"), Some(GopathFault::ModuleRoot(place.path("module"))));
        assert_eq!(of("fine"), Some(GopathFault::Goroot(place.path("fine"))));
        assert_eq!(of("home/versions"), Some(GopathFault::Home(place.path("home/versions"))));
    }

    #[test]
    fn a_faults_words_move_no_cursor() {
        let text = GopathFault::Relative("a\x1b[2J\nb".into()).to_string();
        assert!(text.starts_with("\"a\\u{1b}[2J\\nb\" is relative"), "{text}");
    }
}
