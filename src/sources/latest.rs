//! The newest release of all that the sources say: the first fresh answer in the user's order, and where a source is silent,
//! the newest of what the others say in time and of what this program knows.
//!
//! Takes a selector, gives a version and who was silent. Never waits long for one source while another has answered.

use super::archives::Found;
use super::error::{SourceError, Tried};
use super::goproxy::Presence;
use super::newest::Newest;
use super::order::{Source, Sources};
use super::race::{Lane, Lap, PATIENCE, Race, Work};
use crate::verify::known_versions;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long the first source may be silent before the next is asked too.
const HEAD_START: Duration = Duration::from_secs(1);

/// What a source was asked for, once it has it.
enum Prepared {
    /// The archives' index, or a directory: the rest needs no network.
    Ready,
    /// A proxy's answer.
    Proxy(Result<Newest, SourceError>),
}

/// What came so far.
struct Answers {
    fresh: Vec<(usize, Newest)>,
    old: Vec<(usize, Found)>,
    failures: Vec<(usize, SourceError)>,
}

impl Sources {
    /// The newest release that `selector` means; without one, the newest of all. Pre-releases count only where they
    /// are asked for exactly.
    /// `exists` is asked about releases that an index has taken back.
    pub fn newest(
        &self,
        selector: Option<&Selector>,
        exists: &dyn Fn(&Version) -> bool,
    ) -> Result<Newest, SourceError> {
        let wanted = |version: &Version| match selector {
            Some(selector) => {
                selector.matches(version)
                    && (!version.is_prerelease() || selector.as_exact() == Some(version))
            }
            None => !version.is_prerelease(),
        };
        let order = self.in_order();
        let mut race = Race::new(HEAD_START, order.iter().map(|source| work(source, selector)));
        let deadline = Instant::now() + PATIENCE;
        let mut answers = Answers { fresh: Vec::new(), old: Vec::new(), failures: Vec::new() };
        // A proxy says nothing by the table: nobody answers in its place.
        let knows = order.iter().any(|source| matches!(source, Source::Archives(_))) && self.knows(&wanted);
        let mut until = Some(deadline).filter(|_| order.len() > 1 || knows);
        loop {
            match race.next(until) {
                Lap::Answer(number, prepared) => {
                    let Some(source) = order.get(number) else { continue };
                    answers.take(number, judge(source, prepared, &wanted, exists));
                    // As long as nobody is silent, the first fresh answer in the user's order counts.
                    if !answers.fresh.is_empty() && race.running().next().is_none() {
                        break;
                    }
                }
                Lap::Silent(_) => {}
                Lap::Late => {
                    let some = !answers.fresh.is_empty();
                    if some || knows && !race.running().any(|number| race.has_answered(number)) {
                        break;
                    }
                    until = None; // nothing else can answer
                }
                Lap::Over => break,
            }
        }
        let silent: BTreeSet<usize> = race.running().collect();
        let (mut notes, mut silence) = (Vec::new(), Vec::new());
        for (number, source) in order.iter().enumerate().filter(|(number, _)| silent.contains(number)) {
            notes.extend(source.index_is_silent(PATIENCE, &order));
            silence.extend(source.servers().first().map(|server| Tried::silent(server, PATIENCE)));
            if !matches!(source, Source::Goproxy(_)) {
                answers.take(number, judge(source, Prepared::Ready, &wanted, exists));
            }
        }
        let found = answers.best(silent.is_empty(), silence, &order, &wanted);
        found.map_or_else(
            |failures| Err(SourceError::joined(self.describe(selector), failures)),
            |newest| Ok(Newest { notes: notes.into_iter().chain(newest.notes).collect(), ..newest }),
        )
    }

    /// The sources in the user's order, but those that could not be connected to lately last.
    pub fn in_order(&self) -> Vec<&Source> {
        let mut order: Vec<&Source> = self.entries.iter().collect();
        order.sort_by_key(|source| source.is_doubtful());
        order
    }

    /// Whether the built-in table has a release that is wanted, and its archives or modules may be had.
    fn knows(&self, wanted: &dyn Fn(&Version) -> bool) -> bool {
        self.known().iter().any(wanted)
    }
}

fn work(source: &Source, selector: Option<&Selector>) -> Work<Prepared> {
    let (source, selector) = (source.clone(), selector.cloned());
    Box::new(move |lane: Lane| match source {
        Source::Archives(archives) => {
            archives.noting(&lane.state).prepare();
            Prepared::Ready
        }
        Source::Goproxy(goproxy) => {
            let goproxy = goproxy.noting(&lane.state);
            let goproxy = if lane.others_left { goproxy.hurried() } else { goproxy };
            Prepared::Proxy(goproxy.newest(selector.as_ref()))
        }
        Source::Directory(_) => Prepared::Ready,
    })
}

/// What an answer amounts to: `Ok(Err(…))` is one that is known to be old.
type Judged = Result<Option<Result<Newest, Found>>, SourceError>;

fn judge(
    source: &Source,
    prepared: Prepared,
    wanted: &dyn Fn(&Version) -> bool,
    exists: &dyn Fn(&Version) -> bool,
) -> Judged {
    let found = match (source, prepared) {
        (_, Prepared::Proxy(newest)) => return newest.map(|newest| Some(Ok(newest))),
        (Source::Archives(archives), Prepared::Ready) => archives.newest(wanted, exists)?,
        (Source::Directory(directory), Prepared::Ready) => Some(directory.newest(wanted)?),
        (Source::Goproxy(_), Prepared::Ready) => None,
    };
    Ok(found.map(|found| if found.fresh { Ok(Newest::found(found, &[])) } else { Err(found) }))
}

impl Answers {
    fn take(&mut self, number: usize, judged: Judged) {
        match judged {
            Ok(None) => {}
            Ok(Some(Ok(newest))) => self.fresh.push((number, newest)),
            Ok(Some(Err(old))) => self.old.push((number, old)),
            Err(error) => self.failures.push((number, error)),
        }
    }

    /// The answer that counts, else all failures. Where a source was silent, a proxy that has a newer release that this program
    /// knows is believed to have it.
    fn best(
        mut self,
        all_answered: bool,
        silence: Vec<Tried>,
        order: &[&Source],
        wanted: &dyn Fn(&Version) -> bool,
    ) -> Result<Newest, Vec<SourceError>> {
        self.fresh.sort_by_key(|(number, _)| *number);
        self.old.sort_by_key(|(number, _)| *number);
        self.failures.sort_by_key(|(number, _)| *number);
        let failures: Vec<SourceError> = self.failures.into_iter().map(|(_, error)| error).collect();
        if all_answered {
            if let Some((_, newest)) = self.fresh.into_iter().next() {
                return Ok(newest);
            }
        } else if let Some((number, newest)) =
            self.fresh.into_iter().max_by(|(_, one), (_, other)| one.version.cmp(&other.version))
        {
            let proxy = order.get(number).and_then(|source| match source {
                Source::Goproxy(goproxy) => Some(goproxy),
                Source::Archives(_) | Source::Directory(_) => None,
            });
            let newer = proxy.and_then(|goproxy| {
                let known =
                    known_versions(goproxy.platform().arch()).into_iter().rfind(|version| wanted(version))?;
                let is_there =
                    known > newest.version && matches!(goproxy.presence(&known), Ok(Presence::Present(_)));
                is_there.then_some(known)
            });
            return Ok(match newer {
                Some(version) => Newest { version, listed: false, ..newest },
                None => newest,
            });
        }
        match self.old.into_iter().next() {
            Some((_, found)) => {
                // That a directory does not have it says nothing.
                let said: Vec<_> =
                    failures.into_iter().filter(|failure| failure.only_directory().is_none()).collect();
                Ok(Newest::found(found, &said).without(silence))
            }
            None => Err(failures),
        }
    }
}
