//! Notices to the user before a tool runs, each at most once a day.
//!
//! A printed notice leaves a mark: an empty file whose name is a hash of the notice. The shim only looks at marks: the
//! program that it hands over to prints the notice and leaves the mark.

use crate::env::go_env_file::{ForeignGoroot, UncheckedSettings};
use crate::env::gopath::GopathFault;
use crate::env::gvmr_toml::{IgnoredFile, IgnoredReason};
use crate::home::user_dirs::UserDirs;
use crate::sys::fingerprint;
use crate::sys::printable;
use crate::sys::private_file::Exposure;
use crate::sys::process;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long a printed notice is not printed again.
pub const QUIET: Duration = Duration::from_secs(24 * 60 * 60);

/// What to tell the user.
#[derive(Debug)]
pub enum Notice {
    /// A project file has no effect.
    ProjectFile(IgnoredFile),
    /// The GOPATH of the next go is unfit.
    Gopath(UnfitGopath),
    /// A GOROOT in the file that `go env -w` writes is not the toolchain's, and does not count in this run.
    Goroot(ForeignGoroot),
    /// The program is to try whether go fails on these; only then there is anything to tell.
    Settings(UncheckedSettings),
    /// The rules of this `config.toml` do not count, since it is another user's.
    Config {
        /// The file.
        file: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// Credentials are kept in a file that is not used.
    Credentials {
        /// The file.
        file: PathBuf,
        /// Why.
        why: Exposure,
    },
    /// A pin does not count: it is another user's, in a directory that everyone can write to.
    Pin {
        /// The file.
        file: PathBuf,
        /// Its owner.
        owner: u32,
    },
}

/// A GOPATH with a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfitGopath {
    /// Where it is set, in words: the environment, a file and line, the default.
    pub place: String,
    /// Whether a rule sets it.
    pub by_rule: bool,
    /// Its value.
    pub value: OsString,
    /// What is wrong with it.
    pub fault: GopathFault,
    /// The value that a rule puts in its place for this run, and where that is written.
    pub replaced: Option<(OsString, String)>,
}

impl Notice {
    /// The path of its mark.
    pub fn mark(&self, own: &UserDirs) -> PathBuf {
        own.notices().join(format!("{:016x}", fingerprint::of(self.identity().as_bytes())))
    }

    /// The text that the mark's name is a hash of. It must not change: shims and programs of different ages share marks.
    #[allow(clippy::unnecessary_debug_formatting, reason = "it is the form that former builds hashed")]
    fn identity(&self) -> String {
        match self {
            Self::ProjectFile(IgnoredFile { file, why, content }) => {
                let why = match why {
                    IgnoredReason::Untrusted => "Untrusted".to_owned(),
                    IgnoredReason::Changed => "Changed".to_owned(),
                    IgnoredReason::Unread(unreadable) => format!("{unreadable:?}"),
                };
                format!("ProjectFile(PassedOver {{ file: {file:?}, why: {why}, content: {content:?} }})")
            }
            Self::Gopath(unfit) => format!("Gopath({unfit:?})"),
            Self::Goroot(foreign) => foreign.identity(),
            Self::Settings(unchecked) => unchecked.identity(),
            Self::Credentials { file, why } => format!("Credentials {{ file: {file:?}, why: {why:?} }}"),
            Self::Config { file, owner } => format!("Config {{ file: {file:?}, owner: {owner} }}"),
            Self::Pin { file, owner } => format!("Pin {{ file: {file:?}, owner: {owner} }}"),
        }
    }

    /// Whether it was printed during the last day. A mark of the future, as after a snapshot was restored, does not count.
    /// What is only to be tried counts as said where no mark can be left: to try it at each run would cost too much.
    pub fn was_said(&self, own: Option<&UserDirs>) -> bool {
        own.is_some_and(|own| {
            is_recent(&self.mark(own)) || matches!(self, Self::Settings(_)) && !can_be_marked(own)
        })
    }
}

/// Whether a mark can be left, or the directory for it be made.
fn can_be_marked(own: &UserDirs) -> bool {
    let marks = own.notices();
    let there = marks.ancestors().find(|directory| fs::symlink_metadata(directory).is_ok());
    there.is_some_and(|directory| process::may_write_into(directory).is_ok())
}

/// Whether a file of this name is a mark.
pub fn is_mark(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.len() == 16 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether the mark at this path was left during the last day.
pub fn is_recent(mark: &Path) -> bool {
    let left = fs::symlink_metadata(mark).and_then(|mark| mark.modified()).ok();
    left.and_then(|left| SystemTime::now().duration_since(left).ok()).is_some_and(|ago| ago < QUIET)
}

impl fmt::Display for UnfitGopath {
    /// One line: where it is set, what is wrong, and what takes its place.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "GOPATH ({})", self.place)?;
        if self.value != self.fault.element().as_os_str() {
            write!(formatter, " is \"{}\":", shown(&self.value))?;
        }
        write!(formatter, " {}", self.fault)?;
        match &self.replaced {
            Some((value, place)) => {
                write!(formatter, "; this run uses \"{}\" ({place})", shown(value))
            }
            None => Ok(()),
        }
    }
}

fn shown(value: &OsStr) -> String {
    printable::path(Path::new(value))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use crate::env::gvmr_toml::Unreadable;
    use crate::gover::goenv::Written;
    use crate::gover::version::Version;
    use crate::home::paths::Home;
    use crate::sys::bounded::Refusal;

    fn unfit(value: &str, element: &str) -> UnfitGopath {
        let fault = GopathFault::Relative(element.into());
        UnfitGopath {
            place: "the environment".to_owned(),
            by_rule: false,
            value: value.into(),
            fault,
            replaced: None,
        }
    }

    #[test]
    fn a_notice_is_one_line_that_names_place_value_and_fault() {
        let one = unfit("rel", "rel").to_string();
        assert!(one.starts_with("GOPATH (the environment) \"rel\" is relative; go fails"), "{one}");
        let two = UnfitGopath {
            replaced: Some(("/h/go".into(), "/c/config.toml:3".to_owned())),
            ..unfit("/x:rel", "rel")
        };
        let two = two.to_string();
        assert!(two.starts_with("GOPATH (the environment) is \"/x:rel\": \"rel\" is"), "{two}");
        assert!(two.ends_with("; this run uses \"/h/go\" (/c/config.toml:3)"), "{two}");
    }

    #[test]
    fn a_mark_is_of_one_notice_and_of_one_content() {
        let directory = tempfile::tempdir().unwrap();
        let own = UserDirs::of(&Home::at(directory.path()), &Vec::new()).unwrap();
        let file = |content| {
            let file = PathBuf::from("/p/gvmr.toml");
            Notice::ProjectFile(IgnoredFile { file, why: IgnoredReason::Untrusted, content })
        };
        let notices = [
            file(Some(1)),
            file(Some(2)),
            file(None),
            Notice::Gopath(unfit("a", "a")),
            Notice::Gopath(unfit("b", "b")),
        ];
        let mut marks: Vec<_> = notices.iter().map(|notice| notice.mark(&own)).collect();
        assert!(marks.iter().all(|mark| is_mark(mark.file_name().unwrap())));
        marks.sort();
        marks.dedup();
        assert_eq!(marks.len(), notices.len());
        assert_eq!(file(Some(1)).mark(&own), file(Some(1)).mark(&own));
        assert!(!is_mark(OsStr::new("0123456789abcdeF")) && !is_mark(OsStr::new("0123456789abcde")));
    }

    #[test]
    fn marks_of_other_builds_have_the_same_names() {
        let file = PathBuf::from("/p/gvmr.toml");
        let of =
            |why, content| Notice::ProjectFile(IgnoredFile { file: file.clone(), why, content }).identity();
        let head = "ProjectFile(PassedOver { file: \"/p/gvmr.toml\", why: ";
        assert_eq!(of(IgnoredReason::Untrusted, Some(7)), format!("{head}Untrusted, content: Some(7) }})"));
        assert_eq!(of(IgnoredReason::Changed, None), format!("{head}Changed, content: None }})"));
        let foreign = IgnoredReason::Unread(Unreadable::Foreign(7));
        assert_eq!(of(foreign, None), format!("{head}Foreign(7), content: None }})"));
        let refused = IgnoredReason::Unread(Unreadable::Refused(Refusal::NotAFile("a FIFO")));
        assert_eq!(of(refused, None), format!("{head}Refused(NotAFile(\"a FIFO\")), content: None }})"));
        assert_eq!(
            Notice::Gopath(unfit("a:b", "b")).identity(),
            "Gopath(UnfitGopath { place: \"the environment\", by_rule: false, value: \"a:b\", \
             fault: Relative(\"b\"), replaced: None })"
        );
        let config = Notice::Config { file: "/c".into(), owner: 7 };
        assert_eq!(config.identity(), "Config { file: \"/c\", owner: 7 }");
        let credentials = Notice::Credentials { file: "/c".into(), why: Exposure::Mode(0o644) };
        assert_eq!(credentials.identity(), "Credentials { file: \"/c\", why: Mode(420) }");
    }

    #[test]
    fn what_is_only_to_be_tried_is_left_where_no_mark_can_be() {
        let written = Written { value: "-v".into(), file: "/e".into(), line: 1 };
        let version = Version::parse("1.24.1").unwrap();
        let settings = Notice::Settings(UncheckedSettings { lines: vec![("GOFLAGS", written)], version });
        let directory = tempfile::tempdir().unwrap();
        let at = |home: &Path| UserDirs::of(&Home::at(home), &Vec::new()).unwrap();
        assert!(!settings.was_said(Some(&at(&directory.path().join("not/there/yet")))));
        let nowhere = at(Path::new("/dev/null/home"));
        assert!(settings.was_said(Some(&nowhere)));
        assert!(!Notice::Gopath(unfit("a", "a")).was_said(Some(&nowhere)));
    }

    #[test]
    fn a_mark_counts_for_a_day_and_one_of_the_future_does_not() {
        let directory = tempfile::tempdir().unwrap();
        let mark = directory.path().join("0123456789abcdef");
        assert!(!is_recent(&mark));
        let file = fs::File::create(&mark).unwrap();
        let now = SystemTime::now();
        let hour = Duration::from_secs(3600);
        for (time, counts) in
            [(now, true), (now - QUIET + hour, true), (now - QUIET, false), (now + hour, false)]
        {
            file.set_modified(time).unwrap();
            assert_eq!(is_recent(&mark), counts);
        }
    }
}
