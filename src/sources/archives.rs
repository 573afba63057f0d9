//! Release archives from mirrors, `BASE/FILE`, with or without an index that names them.
//!
//! The index is read when a question needs it, once. Where it cannot be read, its old copy or the table of known
//! releases answers, and that is said. A mirror that is out of reach is asked once and not again.

use super::archive_name::{self, stems};
use super::error::{AttemptOutcome, SourceError, Tried};
use super::fetched::{Fetched, Form, PromisedSum};
use super::goproxy::Listing;
use super::index::{Index, IndexError, IndexFile, Naming};
use super::proxies::below;
use crate::host::Platform;
use crate::net::{Body, Client, NetError, Url};
use crate::unpack::Format;
use crate::verify::{known_since, known_sum, known_versions};
use gvmr_core::gover::version::Version;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// More than any archive: the largest so far has 151 MB.
const MAX_BYTES: u64 = 500 << 20;

/// The settings of a group of mirrors.
#[derive(Clone, Debug)]
pub struct ArchiveSettings {
    /// Where the archives lie.
    pub mirrors: Vec<Url>,
    /// Whether the user named those.
    pub mirrors_named: bool,
    /// What lists them, if anything does.
    pub index: Option<Url>,
    /// Whether the user named that one.
    pub index_named: bool,
    /// Whether these are builds for musl.
    pub musl: bool,
    /// Where copies of the index are kept.
    pub cache: PathBuf,
}

/// The release archives of one platform, as a list of mirrors serves them.
pub struct Archives<'c> {
    client: &'c Client,
    platform: Platform,
    settings: ArchiveSettings,
    index: OnceLock<Option<Result<Index, IndexError>>>,
    unreachable: Mutex<BTreeMap<usize, NetError>>,
}

/// The newest release that was found, and how much that says.
pub(super) struct Found {
    pub(super) version: Version,
    /// Whether it is what the index says now; otherwise a later source may know better.
    pub(super) fresh: bool,
    /// What there is to say about the index: how old it is, what it contradicts.
    pub(super) notes: Vec<String>,
}

/// A body, the stem and format of its file, and what was asked before.
type Opened<'s> = (Body, (&'s str, Format), Vec<Tried>);

impl<'c> Archives<'c> {
    /// The archives for `platform` that the mirrors of `settings` serve.
    pub fn new(client: &'c Client, platform: Platform, settings: ArchiveSettings) -> Self {
        Self { client, platform, settings, index: OnceLock::new(), unreachable: Mutex::default() }
    }

    pub(super) fn platform(&self) -> &Platform {
        &self.platform
    }

    pub(super) fn is_for_musl(&self) -> bool {
        self.settings.musl
    }

    /// All releases that the index lists, else those that this program knows; and what there is to say about it.
    pub fn listed(&self) -> Listing {
        let mut listing = Listing::default();
        match self.index() {
            Some(Ok(index)) => {
                listing.versions = index.versions(self.platform.arch());
                listing.notes.extend(notes_on(index));
            }
            Some(Err(error)) => listing.notes.push(format!("{error}; {}", by_table())),
            None => {}
        }
        if !self.settings.musl {
            listing.versions.extend(known_versions(self.platform.arch()));
            listing.versions.sort();
            listing.versions.dedup();
        }
        listing
    }

    /// Whether the index was read just now.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self.index(), Some(Ok(index)) if index.failure().is_none())
    }

    /// The newest release among those for which `wanted` is true. Where there is none, and the index could not be asked,
    /// that is the error.
    ///
    /// A release that the index has withdrawn counts where `exists` says so, who is asked about no other.
    pub(super) fn newest(
        &self,
        wanted: impl Fn(&Version) -> bool,
        exists: &dyn Fn(&Version) -> bool,
    ) -> Result<Option<Found>, SourceError> {
        let withdrawn =
            |version: &Version| matches!(self.index(), Some(Ok(index)) if index.has_withdrawn(version));
        let wanted = |version: &Version| wanted(version) && (!withdrawn(version) || exists(version));
        let listing = self.listed();
        let fresh = self.is_fresh();
        if let Some(version) = listing.versions.into_iter().rfind(|version| wanted(version)) {
            let by_table = Some(by_table()).filter(|_| listing.notes.is_empty() && !fresh);
            let notes = listing.notes.into_iter().chain(by_table).collect();
            return Ok(Some(Found { version, fresh, notes }));
        }
        let failure = match self.index() {
            Some(Ok(index)) => index.failure(),
            Some(Err(error)) => Some(error),
            None => None,
        };
        failure.map_or(Ok(None), |error| {
            let tried = vec![Tried { outcome: AttemptOutcome::Index(error.clone()), asked: true }];
            Err(SourceError { wanted: String::new(), tried, ended_early: false })
        })
    }

    /// The archive of `version` from the first mirror that gives it.
    pub fn fetch(&self, version: &Version) -> Result<Fetched, SourceError> {
        let listed = self.index_for(version);
        let file = listed.and_then(|index| index.file(version, self.platform.arch()));
        let sum = listed.and_then(|index| self.promise(index, file));
        let stems = match file {
            Some(file) => vec![file.name.trim_end_matches(".tar.gz").to_owned()],
            None => stems(version, &self.platform, self.settings.musl),
        };
        let gz: Vec<_> = stems.iter().map(|stem| (stem.as_str(), Format::TarGz)).collect();
        // Go's own place never has them packed in another way; a mirror may.
        let others = [Format::TarXz, Format::Zip]
            .iter()
            .flat_map(|format| stems.iter().map(|stem| (stem.as_str(), *format)));
        let others: Vec<_> = others.filter(|_| self.settings.mirrors_named || self.settings.musl).collect();
        let (body, (stem, format), passed_over) = self.walk(&[gz, others].concat())?;
        let name = format!("{stem}.{}", format.extension());
        let mut notes = listed.map_or_else(Vec::new, notes_on);
        if format != Format::TarGz
            && let Some(sum) = &sum
        {
            notes.push(format!("{} does not list {name}; its files need another proof", sum.index));
        }
        let sum = sum.filter(|_| format == Format::TarGz);
        Ok(Fetched { body, form: Form::Archive { format, name, sum }, passed_over, notes })
    }

    /// The source archive of `version`.
    pub fn fetch_source(&self, version: &Version) -> Result<Fetched, SourceError> {
        let name = archive_name::source(version);
        let listed = if known_sum(&name).is_some() { None } else { self.fresh_or_old_index() };
        let sum = listed.and_then(|index| self.promise(index, index.source(version)));
        let stem = name.trim_end_matches(".tar.gz");
        let (body, (_, format), passed_over) = self.walk(&[(stem, Format::TarGz)])?;
        let notes = listed.map_or_else(Vec::new, notes_on);
        Ok(Fetched { body, form: Form::Archive { format, name: name.clone(), sum }, passed_over, notes })
    }

    /// Asks each mirror for the first of these files that it has.
    fn walk<'s>(&self, files: &[(&'s str, Format)]) -> Result<Opened<'s>, SourceError> {
        let mut tried = Vec::new();
        for (place, base) in self.settings.mirrors.iter().enumerate() {
            if let Some(error) = self.known(place) {
                tried.push(Tried { outcome: AttemptOutcome::Net(error), asked: false });
                continue;
            }
            for &(stem, format) in files {
                let url = below(base, &format!("{stem}.{}", format.extension()));
                match self.client.open(&url).and_then(|body| body.limited(MAX_BYTES)) {
                    Ok(body) => return Ok((body, (stem, format), tried)),
                    Err(error) => {
                        let absent = error.is_absent();
                        self.remember(place, &error);
                        // Of several names that are not there, the usual one is worth a word.
                        if !absent || (stem, format) == files[0] {
                            tried.push(Tried { outcome: AttemptOutcome::Net(error), asked: true });
                        }
                        if !absent {
                            break;
                        }
                    }
                }
            }
        }
        let wanted =
            files.first().map_or(String::new(), |(stem, format)| format!("{stem}.{}", format.extension()));
        Err(SourceError { wanted, tried, ended_early: false })
    }

    /// The index where it matters for one exact release: one that the user named always, Go's own only for
    /// releases that this program does not know yet.
    fn index_for(&self, version: &Version) -> Option<&Index> {
        let known = !self.settings.musl && archive_name::known(version, &self.platform).is_some();
        if known && !self.settings.index_named { None } else { self.fresh_or_old_index() }
    }

    fn fresh_or_old_index(&self) -> Option<&Index> {
        self.index().and_then(|index| index.as_ref().ok())
    }

    /// The sum that the index gives, which must hold where the user named the index, or where index and archives
    /// are both Go's own.
    fn promise(&self, index: &Index, file: Option<&IndexFile>) -> Option<PromisedSum> {
        let binding = self.settings.index_named || !self.settings.mirrors_named;
        let file = file?;
        let sha256 = file.sha256?;
        // A sum that this program knows stays in force, whatever an index says.
        let by_table = known_sum(&file.name) == Some(sha256);
        Some(PromisedSum { sha256, index: index.url().to_string(), by_table, binding })
    }

    fn index(&self) -> Option<&Result<Index, IndexError>> {
        let naming = if self.settings.musl { Naming::Musl } else { Naming::Official };
        let read = |url: &Url| Index::read(self.client, url, &self.settings.cache, naming);
        self.index.get_or_init(|| self.settings.index.as_ref().map(read)).as_ref()
    }

    fn remember(&self, place: usize, error: &NetError) {
        if error.is_unreachable() {
            self.unreachable.lock().unwrap_or_else(PoisonError::into_inner).insert(place, error.clone());
        }
    }

    /// Why a mirror is not asked: it, or the index on the same host, was out of reach a moment ago.
    fn known(&self, place: usize) -> Option<NetError> {
        let own = self.unreachable.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        let base = self.settings.mirrors.get(place)?;
        own.or_else(|| {
            let index = self.settings.index.as_ref().filter(|index| index.origin() == base.origin())?;
            let failed = match self.index.get()?.as_ref()? {
                Ok(index) => index.failure()?,
                Err(error) => error,
            };
            let IndexError::Net(failed) = failed else { return None };
            Some(failed).filter(|error| error.is_unreachable() && index.scheme() != "file").cloned()
        })
    }
}

/// All that there is to say about an index.
fn notes_on(index: &Index) -> Vec<String> {
    index.notes().iter().cloned().chain(stale(index)).collect()
}

/// What to say about an index that could not be read again.
fn stale(index: &Index) -> Option<String> {
    let failure = index.failure()?;
    let age =
        index.age().map_or_else(|| "of unknown age".to_owned(), |age| format!("from {} ago", in_words(age)));
    Some(format!("using a copy of the index {} {age}: {failure}", index.url()))
}

fn by_table() -> String {
    format!("using the built-in table of releases instead, which ends at {}", known_since())
}

/// An age, cut to its largest unit: `3 days`.
fn in_words(age: Duration) -> String {
    let seconds = age.as_secs();
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

impl std::fmt::Debug for Archives<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Archives").field("platform", &self.platform).finish_non_exhaustive()
    }
}
