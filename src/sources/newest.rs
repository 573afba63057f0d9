//! The newest release of a minor version, or of all: from the lists, and then by asking for what comes next.
//!
//! A proxy may list fewer versions than it serves and refuse some, so the versions after the newest listed
//! one are asked for by name, a few at a time, until two in a row are not to be had.

use super::archives::{Found, by_table};
use super::error::{AttemptOutcome, SourceError, Tried, in_words};
use super::goproxy::{Goproxy, Presence};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use std::time::{Duration, Instant};

/// So many in a row that are not to be had end the search.
const MISSES: usize = 2;
/// How many are asked for at once where nothing is known yet.
const BLIND: u64 = 4;
/// A minor or patch number beyond this is not searched for, whatever a server claims.
const HIGHEST: u64 = 200;
/// A search takes a few round trips; one that takes longer than this is led by the nose.
const PATIENCE: Duration = Duration::from_secs(60);
/// The oldest minor version that is of use as a place to start from: the first with toolchain switching.
const FIRST_MINOR: u64 = 21;

/// The newest version, and how it was found.
#[derive(Clone, Debug)]
pub struct Newest {
    /// The version.
    pub version: Version,
    /// Whether a list names it; otherwise it was found by asking.
    pub listed: bool,
    /// Newer versions that a source refused (401 or 403): they may or may not exist.
    pub refused: Vec<Version>,
    /// Where no source answered, and what is known here was taken: why not.
    pub stale: Option<SourceError>,
    /// Entries that gave no list, and a question that no source could answer: one line each, without credentials.
    pub notes: Vec<String>,
}

impl Newest {
    /// A version that an index or a directory lists, with what other sources said instead.
    pub(super) fn found(found: Found, failures: &[SourceError]) -> Self {
        let tried = failures.iter().flat_map(|failure| failure.tried.clone());
        let index = found.failure.map(|error| Tried::at_once(AttemptOutcome::Index(*error)));
        let tried: Vec<_> = tried.chain(index).collect();
        let notes = if found.is_by_table {
            let said = Some(in_words(&tried)).filter(|said| !said.is_empty());
            let by_table = said.map_or_else(by_table, |said| format!("{said}; {}", by_table()));
            found.notes.into_iter().chain([by_table]).collect()
        } else {
            failures.iter().map(ToString::to_string).chain(found.notes).collect()
        };
        let wanted = format!("the newest release, {} or later,", found.version);
        let stale = SourceError { wanted, tried, ended_early: false };
        let stale = Some(stale).filter(|stale| !found.fresh && !stale.tried.is_empty());
        Self { version: found.version, listed: true, refused: Vec::new(), stale, notes }
    }

    /// The same where these said nothing, and what is known here was taken in their place.
    pub(super) fn without(mut self, silence: Vec<Tried>) -> Self {
        if self.stale.is_none() && !silence.is_empty() {
            let wanted = format!("the newest release, {} or later,", self.version);
            self.stale = Some(SourceError { wanted, tried: silence, ended_early: false });
        }
        self
    }
}

/// One search: what was noted on the way, and the last question that no source could answer.
struct Search<'a> {
    goproxy: &'a Goproxy,
    refused: Vec<Version>,
    notes: Vec<String>,
    failure: Option<SourceError>,
    until: Instant,
}

impl Goproxy {
    /// The newest release that `selector` means; without one, the newest of all. Pre-releases count only
    /// where they are asked for exactly.
    pub fn newest(&self, selector: Option<&Selector>) -> Result<Newest, SourceError> {
        let (refused, notes, until) = (Vec::new(), Vec::new(), Instant::now() + PATIENCE);
        let mut search = Search { goproxy: self, refused, notes, failure: None, until };
        if let Some(version) = selector.and_then(Selector::as_exact) {
            return match self.presence(version)? {
                Presence::Present(_) => Ok(search.found(version.clone(), false)),
                Presence::Absent(error) | Presence::Refused(error) => Err(error),
            };
        }
        let listing = self.listed();
        search.notes = listing.notes();
        let minor = selector.and_then(minor_of);
        // Without any list "the newest of all" would be whatever a source lets us find: an old one, if it likes.
        let unlisted = listing.versions.is_empty() && listing.failed.iter().any(|tried| !tried.is_absent());
        if unlisted && minor.is_none() {
            return Err(search.nothing(selector, listing.failed));
        }
        let stable = listing.versions.iter().filter(|version| !version.is_prerelease());
        let listed = stable.filter(|version| selector.is_none_or(|selector| selector.matches(version))).max();
        let beyond = match minor {
            Some(minor) => search.beyond(minor, listed),
            None => search.beyond_all(listed),
        };
        let beyond = beyond.filter(|version| selector.is_none_or(|selector| selector.matches(version)));
        match (beyond, listed) {
            (Some(version), _) => Ok(search.found(version, false)),
            (None, Some(version)) => Ok(search.found(version.clone(), true)),
            (None, None) if unlisted => {
                Err(Search { failure: None, ..search }.nothing(selector, listing.failed))
            }
            (None, None) => Err(search.nothing(selector, listing.failed)),
        }
    }
}

/// The minor version that a selector such as `1.23` names; `None` for `1`.
fn minor_of(selector: &Selector) -> Option<u64> {
    let Selector::Prefix(prefix) = selector else { return None };
    prefix.as_str().split_once('.')?.1.parse().ok()
}

fn release(minor: u64, patch: u64) -> Option<Version> {
    Version::parse(&format!("1.{minor}.{patch}"))
}

impl Search<'_> {
    /// The newest patch of `minor` that is newer than `listed`.
    fn beyond(&mut self, minor: u64, listed: Option<&Version>) -> Option<Version> {
        let patch = listed.and_then(Version::numbers).map(|(_, _, patch)| patch);
        let batch = if patch.is_some() { MISSES as u64 } else { BLIND };
        let first = patch.map_or(0, |patch| patch.saturating_add(1));
        self.climb(first, batch, |patch| release(minor, patch))
    }

    /// The newest release of all that is newer than `listed`: later minor versions first, then patches.
    fn beyond_all(&mut self, listed: Option<&Version>) -> Option<Version> {
        let known = listed.and_then(Version::numbers).map(|(_, minor, _)| minor);
        let batch = if known.is_some() { MISSES as u64 } else { BLIND };
        let first = known.map_or(FIRST_MINOR, |minor| minor.saturating_add(1));
        let later = self.climb(first, batch, |minor| release(minor, 0));
        let start = later.as_ref().or(listed)?;
        let (_, minor, _) = start.numbers()?;
        self.beyond(minor, Some(start)).or(later)
    }

    /// Asks for `make(first)`, `make(first + 1)` and so on; gives the last one that is there.
    fn climb(&mut self, first: u64, batch: u64, make: impl Fn(u64) -> Option<Version>) -> Option<Version> {
        let mut newest = None;
        let mut misses = 0;
        let mut next = first;
        while next < HIGHEST && Instant::now() < self.until {
            let versions: Vec<Version> = (next..next + batch).filter_map(&make).collect();
            for (version, answer) in versions.iter().zip(self.ask(&versions)) {
                match self.note(version, answer) {
                    Some(true) => (newest, misses) = (Some(version.clone()), 0),
                    Some(false) if misses + 1 < MISSES => misses += 1,
                    _ => return newest,
                }
            }
            next += batch;
        }
        newest
    }

    fn ask(&self, versions: &[Version]) -> Vec<Result<Presence, SourceError>> {
        let goproxy = self.goproxy;
        std::thread::scope(|scope| {
            let asked: Vec<_> =
                versions.iter().map(|version| scope.spawn(move || goproxy.presence(version))).collect();
            asked.into_iter().filter_map(|answer| answer.join().ok()).collect()
        })
    }

    /// Whether a version is there, `None` if no source could say; with a note where there is more to tell.
    fn note(&mut self, version: &Version, answer: Result<Presence, SourceError>) -> Option<bool> {
        match answer {
            Ok(Presence::Present(_)) => return Some(true),
            Ok(Presence::Absent(error)) => self.failure = Some(error),
            Ok(Presence::Refused(error)) => {
                self.refused.push(version.clone());
                self.failure = Some(error);
            }
            Err(error) => {
                self.notes.push(format!("cannot check for newer versions than those listed: {error}"));
                self.failure = Some(error);
                return None;
            }
        }
        Some(false)
    }

    fn found(self, version: Version, listed: bool) -> Newest {
        let mut refused = self.refused;
        refused.retain(|other| *other > version);
        Newest { version, listed, refused, stale: None, notes: self.notes }
    }

    fn nothing(self, selector: Option<&Selector>, failed: Vec<Tried>) -> SourceError {
        let named = selector
            .map_or_else(|| "any release".to_owned(), |selector| format!("any release of {selector}"));
        let wanted = format!("{named} for {}", self.goproxy.platform());
        match self.failure {
            Some(error) => SourceError { wanted, ..error },
            None => SourceError { wanted, tried: failed, ended_early: false },
        }
    }
}
