//! The mirrors of release archives: one after the other, until one has a file.
//!
//! Takes names of files, gives a body on its way. A mirror that is out of reach is asked once and not again, one that could
//! not be connected to lately is asked last, and one that is silent is raced by the next.

use super::Archives;
use crate::net::{Body, NetError, RedactedUrl, Url};
use crate::sources::error::{AttemptOutcome, SourceError, Tried};
use crate::sources::index::IndexError;
use crate::sources::proxies::below;
use crate::sources::race::{Lane, Lap, PATIENCE, Race};
use crate::unpack::Format;
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Instant;

/// More than any archive: the largest so far has 151 MB.
const MAX_BYTES: u64 = 500 << 20;

/// A body, the stem and format of its file, what was asked before, and what there is to say about that.
pub(super) struct Opened {
    pub(super) body: Body,
    pub(super) file: (String, Format),
    pub(super) passed_over: Vec<Tried>,
    pub(super) notes: Vec<String>,
}

impl Archives {
    /// Whether none of its mirrors could be connected to a few minutes ago.
    pub(in crate::sources) fn is_doubtful(&self) -> bool {
        let mirrors = &self.settings.mirrors;
        !mirrors.is_empty() && (0..mirrors.len()).all(|place| self.is_doubtful_at(place))
    }

    fn is_doubtful_at(&self, place: usize) -> bool {
        let url = self.settings.mirrors.get(place);
        url.zip(self.memory.as_ref()).is_some_and(|(url, memory)| memory.is_doubtful(url))
    }

    /// Asks each mirror for the first of these files that it has; those that could not be connected to lately come last,
    /// and one that is silent is raced by the next.
    pub(super) fn walk(&self, files: &[(&str, Format)], others_left: bool) -> Result<Opened, SourceError> {
        let mut places: Vec<usize> = (0..self.settings.mirrors.len()).collect();
        places.sort_by_key(|place| self.is_doubtful_at(*place));
        let owned: Vec<_> = files.iter().map(|(stem, format)| ((*stem).to_owned(), *format)).collect();
        let work = |place: &usize| {
            let (archives, place, files) = (self.clone(), *place, owned.clone());
            Box::new(move |lane: Lane| {
                let others_left = lane.others_left || others_left;
                archives.noting(&lane.state).open(place, &files, others_left)
            }) as Box<_>
        };
        let mut race = Race::new(PATIENCE, places.iter().map(work));
        let mut tried: BTreeMap<usize, Vec<Tried>> = BTreeMap::new();
        let mut notes = Vec::new();
        let wanted = || {
            let first = files.first();
            first.map_or(String::new(), |(stem, format)| format!("{stem}.{}", format.extension()))
        };
        loop {
            match race.next(None) {
                Lap::Answer(number, Ok((body, file))) => {
                    let silent =
                        race.running().filter_map(|silent| self.settings.mirrors.get(*places.get(silent)?));
                    silent.for_each(|url| self.failed_at(url));
                    let passed_over = tried.into_iter().filter(|(before, _)| *before != number);
                    let passed_over = passed_over.flat_map(|(_, tried)| tried).collect();
                    return Ok(Opened { body, file, passed_over, notes });
                }
                Lap::Answer(number, Err(answers)) => drop(tried.insert(number, answers)),
                Lap::Silent(number) => {
                    let url = places.get(number).and_then(|place| self.settings.mirrors.get(*place));
                    notes.extend(url.map(|url| {
                        format!(
                            "{} is silent; asking the next mirror too; change GVMR_MIRROR to skip it",
                            RedactedUrl::of(url)
                        )
                    }));
                }
                Lap::Late | Lap::Over => break,
            }
        }
        Err(SourceError {
            wanted: wanted(),
            tried: tried.into_values().flatten().collect(),
            ended_early: false,
        })
    }

    /// Asks one mirror for the first of these files that it has.
    fn open(
        &self,
        place: usize,
        files: &[(String, Format)],
        others_left: bool,
    ) -> Result<(Body, (String, Format)), Vec<Tried>> {
        let Some(base) = self.settings.mirrors.get(place) else { return Err(Vec::new()) };
        if let Some(error) = self.known(place, others_left) {
            return Err(vec![Tried::unasked(AttemptOutcome::Net(error))]);
        }
        let client = if others_left { self.client.hurried() } else { self.client.clone() };
        let mut tried = Vec::new();
        for (number, (stem, format)) in files.iter().enumerate() {
            let url = below(base, &format!("{stem}.{}", format.extension()));
            let began = Instant::now();
            match client.open(&url).and_then(|body| body.limited(MAX_BYTES)) {
                Ok(body) => {
                    self.reached_at(base);
                    return Ok((body, (stem.clone(), *format)));
                }
                Err(error) => {
                    let absent = error.is_absent();
                    self.remember(place, &error, others_left);
                    // Of several names that are not there, the usual one is worth a word.
                    if !absent || number == 0 {
                        tried.push(Tried::since(began, AttemptOutcome::Net(error)));
                    }
                    if !absent {
                        break;
                    }
                }
            }
        }
        Err(tried)
    }

    fn remember(&self, place: usize, error: &NetError, others_left: bool) {
        if error.is_unreachable() && !others_left {
            self.unreachable.lock().unwrap_or_else(PoisonError::into_inner).insert(place, error.clone());
        }
        let Some(url) = self.settings.mirrors.get(place) else { return };
        if error.is_unconnected() {
            self.failed_at(url);
        } else if error.is_answer() {
            self.reached_at(url);
        }
    }

    pub(super) fn failed_at(&self, url: &Url) {
        if let Some(memory) = &self.memory {
            memory.failed(url);
        }
    }

    pub(super) fn reached_at(&self, url: &Url) {
        if let Some(memory) = &self.memory {
            memory.reached(url);
        }
    }

    /// Why a mirror is not asked: it, or the index on the same host, was out of reach a moment ago.
    fn known(&self, place: usize, others_left: bool) -> Option<NetError> {
        let own = self.unreachable.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        let base = self.settings.mirrors.get(place)?;
        own.or_else(|| {
            let index = self.settings.index.as_ref().filter(|index| index.origin() == base.origin())?;
            // Where it was asked in a hurry, and nobody else is left, it is asked again.
            if !others_left && self.is_index_hurried() {
                return None;
            }
            let failed = match self.index.get()?.as_ref()? {
                Ok(index) => index.failure()?,
                Err(error) => error,
            };
            let IndexError::Net(failed) = failed else { return None };
            Some(failed).filter(|error| error.is_unreachable() && index.scheme() != "file").cloned()
        })
    }
}
