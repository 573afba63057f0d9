//! Why no source gave what was asked for: what each of them said.

use super::index::IndexError;
use crate::net::{NetError, NetErrorKind, Phase, RedactedUrl, Url};
use gvmr_core::sys::printable;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No entry of the list gave it. Holds what every entry that was asked said, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// What was asked for, such as `golang.org/toolchain@v0.0.1-go1.23.4.linux-amd64`.
    pub wanted: String,
    /// Each entry's answer.
    pub tried: Vec<Tried>,
    /// Whether entries were left unasked because the last answer does not pass a comma.
    pub ended_early: bool,
}

/// One entry's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What it said.
    pub outcome: AttemptOutcome,
    /// Whether it was asked, or is known from a moment ago to be out of reach.
    pub asked: bool,
    /// How long that took.
    pub took: Duration,
}

/// What an entry said instead of giving it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// Reading failed.
    Net(NetError),
    /// The index of releases could not be used.
    Index(IndexError),
    /// A directory has no archive of it.
    Lacking {
        /// The directory or file.
        path: PathBuf,
    },
    /// A directory that is to be a source does not exist.
    NoDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// The list says `off`.
    Off,
    /// Its list names no release for the platform.
    Unlisted {
        /// The list, without credentials.
        url: RedactedUrl,
        /// The platform.
        platform: String,
    },
    /// It answered for another version.
    OtherVersion {
        /// Where, without credentials.
        url: RedactedUrl,
        /// The version it spoke of, cut and printable.
        got: String,
    },
}

/// What the answers amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceErrorKind {
    /// A source says that it does not exist, and none refused.
    Absent,
    /// A source refuses it (401 or 403): it may exist.
    Refused,
    /// No source could be reached.
    Network,
    /// The list forbids asking.
    Off,
}

impl SourceError {
    /// What several sources said about one thing.
    pub fn joined(wanted: String, mut errors: Vec<Self>) -> Self {
        if let [only] = errors.as_slice()
            && !only.wanted.is_empty()
        {
            return errors.remove(0);
        }
        let ended_early = errors.iter().any(|error| error.ended_early);
        Self { wanted, tried: errors.into_iter().flat_map(|error| error.tried).collect(), ended_early }
    }

    /// What the answers amount to.
    pub fn kind(&self) -> SourceErrorKind {
        let some =
            |wanted: fn(&AttemptOutcome) -> bool| self.tried.iter().any(|tried| wanted(&tried.outcome));
        if some(|outcome| {
            matches!(outcome, AttemptOutcome::Net(NetError { kind: NetErrorKind::Refused { .. }, .. }))
        }) {
            SourceErrorKind::Refused
        } else if some(|outcome| matches!(outcome, AttemptOutcome::NoDirectory { .. })) {
            SourceErrorKind::Network // what it should hold, nobody can say
        } else if some(AttemptOutcome::is_absent) {
            SourceErrorKind::Absent
        } else if some(|outcome| !matches!(outcome, AttemptOutcome::Off)) {
            SourceErrorKind::Network
        } else if self.tried.is_empty() {
            SourceErrorKind::Absent
        } else {
            SourceErrorKind::Off
        }
    }
}

impl SourceError {
    /// One next step; where the network failed, the last failure's.
    pub fn hint(&self) -> Option<String> {
        let hint = match self.kind() {
            SourceErrorKind::Absent => match self.only_directory() {
                Some(directory) => {
                    return Some(format!(
                        "put its archive into {}, or add another source to `sources` (GVMR_SOURCES)",
                        printable::path(directory)
                    ));
                }
                None => "add a source that has it (GVMR_SOURCES, GVMR_MIRROR, GOPROXY)",
            },
            SourceErrorKind::Refused if !self.tried.iter().any(Tried::may_take_a_login) => {
                "use its https address: logins are sent over https only; or add another source (GVMR_MIRROR, GOPROXY)"
            }
            SourceErrorKind::Refused => {
                "run `gvmr auth set HOST --user NAME`, or add another source (GVMR_MIRROR, or GOPROXY behind a |)"
            }
            SourceErrorKind::Off => "GOPROXY=off forbids downloads; name a source in GOPROXY",
            SourceErrorKind::Network if self.tried.iter().any(Tried::lacks_directory) => {
                "create the directory, or correct the setting `sources` (GVMR_SOURCES)"
            }
            SourceErrorKind::Network => {
                let last = self.tried.iter().rev().find_map(|tried| match &tried.outcome {
                    AttemptOutcome::Net(error) => Some(error),
                    _ => None,
                });
                return last.map_or_else(
                    || Some("check GVMR_SOURCES, GVMR_MIRROR and GOPROXY".to_owned()),
                    NetError::hint,
                );
            }
        };
        Some(hint.to_owned())
    }
}

impl SourceError {
    /// The first directory that lacks it, where nothing but directories was asked: no setting of a server helps there.
    pub(super) fn only_directory(&self) -> Option<&Path> {
        let mut directories = self.tried.iter().map(|tried| match &tried.outcome {
            AttemptOutcome::Lacking { path } => Some(path.as_path()),
            _ => None,
        });
        let first = directories.next()??;
        directories.all(|directory| directory.is_some()).then_some(first)
    }
}

impl Tried {
    /// The answer of an entry that was asked at `began`.
    pub(super) fn since(began: Instant, outcome: AttemptOutcome) -> Self {
        Self { outcome, asked: true, took: began.elapsed() }
    }

    /// The same of an entry whose answer took no time worth a word.
    pub(super) fn at_once(outcome: AttemptOutcome) -> Self {
        Self { outcome, asked: true, took: Duration::ZERO }
    }

    /// An entry at this address that has said nothing for `after`.
    pub(super) fn silent(url: &Url, after: Duration) -> Self {
        let kind = NetErrorKind::Timeout { phase: Phase::FirstByte, after };
        Self::at_once(AttemptOutcome::Net(NetError::new(RedactedUrl::of(url), kind)))
    }

    /// An entry that was not asked, since it failed a moment ago.
    pub(super) fn unasked(outcome: AttemptOutcome) -> Self {
        Self { outcome, asked: false, took: Duration::ZERO }
    }

    /// Whether the entry says that there is no such thing.
    pub fn is_absent(&self) -> bool {
        self.outcome.is_absent()
    }

    /// Whether the entry, or a proxy on the way, refuses the login.
    pub(super) fn is_refused(&self) -> bool {
        let kind = match &self.outcome {
            AttemptOutcome::Net(error) => &error.kind,
            _ => return false,
        };
        matches!(kind, NetErrorKind::Refused { .. } | NetErrorKind::ProxyAuthentication)
    }

    /// Whether a login may be sent to the server that refuses.
    fn may_take_a_login(&self) -> bool {
        let AttemptOutcome::Net(error) = &self.outcome else { return false };
        matches!(error.kind, NetErrorKind::Refused { .. }) && !error.is_over_plain_http()
    }

    fn lacks_directory(&self) -> bool {
        matches!(self.outcome, AttemptOutcome::NoDirectory { .. })
    }
}

impl AttemptOutcome {
    /// Whether this says that there is no such thing.
    fn is_absent(&self) -> bool {
        match self {
            Self::Net(error) => error.is_absent(),
            Self::Lacking { .. } => true,
            _ => false,
        }
    }

    /// Whether this passes a comma: "not found", and `off`, which says nothing.
    pub(super) fn passes_comma(&self) -> bool {
        match self {
            Self::Net(error) => error.is_absent(),
            Self::Off => true,
            Self::OtherVersion { .. }
            | Self::Index(_)
            | Self::Unlisted { .. }
            | Self::Lacking { .. }
            | Self::NoDirectory { .. } => false,
        }
    }
}

impl fmt::Display for AttemptOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(error) => error.fmt(formatter),
            Self::Index(error) => error.fmt(formatter),
            Self::Lacking { path } => write!(formatter, "{} has no archive of it", printable::path(path)),
            Self::NoDirectory { path } => {
                write!(formatter, "the directory {} does not exist", printable::path(path))
            }
            Self::Unlisted { url, platform } => write!(formatter, "{url}: lists no release for {platform}"),
            Self::Off => formatter.write_str("GOPROXY ends with \"off\""),
            Self::OtherVersion { url, got } => write!(formatter, "{url}: answered with version \"{got}\""),
        }
    }
}

/// What entries said, in order; the addresses that failed for one reason stand together, before that reason.
pub fn in_words(tried: &[Tried]) -> String {
    let mut groups: Vec<Group> = Vec::new();
    for tried in tried {
        let (subject, reason) = match &tried.outcome {
            AttemptOutcome::Net(error) | AttemptOutcome::Index(IndexError::Net(error)) => {
                let (subject, reason) = error.parts();
                (subject, Some(reason))
            }
            other => (other.to_string(), None),
        };
        let same = groups.iter_mut().find(|group| group.reason.is_some() && group.reason == reason);
        match same {
            Some(group) => {
                group.was_asked |= tried.asked;
                if !group.subjects.contains(&subject) {
                    group.subjects.push(subject);
                }
            }
            None => groups.push(Group { subjects: vec![subject], reason, was_asked: tried.asked }),
        }
    }
    groups.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Entries that failed for one reason.
struct Group {
    subjects: Vec<String>,
    reason: Option<String>,
    was_asked: bool,
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.subjects.join(", "))?;
        if let Some(reason) = &self.reason {
            write!(formatter, ": {reason}")?;
        }
        formatter.write_str(if self.was_asked { "" } else { UNASKED })
    }
}

/// What follows the answer of an entry that was not asked again.
const UNASKED: &str = " (failed a moment ago, not retried)";

impl fmt::Display for Tried {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(formatter)?;
        formatter.write_str(if self.asked { "" } else { UNASKED })
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.wanted)?;
        formatter.write_str(match self.kind() {
            SourceErrorKind::Absent => "was not found",
            SourceErrorKind::Refused => "was refused",
            SourceErrorKind::Network => "could not be fetched",
            SourceErrorKind::Off => "may not be fetched",
        })?;
        if !self.tried.is_empty() {
            write!(formatter, ": {}", in_words(&self.tried))?;
        }
        if self.ended_early {
            formatter.write_str(
                "; the next GOPROXY entry was not tried: a comma falls back only after 404 or 410",
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for SourceError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Url;

    #[test]
    fn one_reason_of_several_addresses_is_said_once() {
        let failed = |address: &str, reason: &str, asked| {
            let url = RedactedUrl::of(&Url::parse(address).unwrap());
            let error = NetError::new(url, NetErrorKind::Connect { reason: reason.to_owned() });
            Tried { outcome: AttemptOutcome::Net(error), asked, took: Duration::ZERO }
        };
        for (tried, expected) in [
            (vec![failed("http://a/x", "gone", true)], "http://a/x: cannot connect: gone"),
            (
                vec![
                    failed("http://a/x", "gone", true),
                    failed("http://b/", "lost", false),
                    failed("http://c/y", "gone", false),
                    failed("http://a/x", "gone", true),
                ],
                "http://a/x, http://c/y: cannot connect: gone; http://b/: cannot connect: lost (failed a moment ago, \
                 not retried)",
            ),
            (
                vec![Tried::at_once(AttemptOutcome::Off); 2],
                "GOPROXY ends with \"off\"; GOPROXY ends with \"off\"",
            ),
        ] {
            assert_eq!(in_words(&tried), expected);
        }
    }
}
