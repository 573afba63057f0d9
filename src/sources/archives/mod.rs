//! Release archives from mirrors, `BASE/FILE`, with or without an index that names them.
//!
//! The index is read when a question needs it, once. Where it cannot be read, its old copy or the table of known
//! releases answers, and that is said. A mirror that is out of reach is asked once and not again.

mod mirrors;

use super::archive_name::{self, stems};
use super::error::{AttemptOutcome, SourceError, Tried};
use super::fetched::{Fetched, Form, PromisedSum};
use super::index::{Index, IndexError, IndexFile, Naming};
use super::listing::{KnownFrom, Listing};
use super::race::{Lane, Lap, PATIENCE, Race};
use super::reachability::Reachability;
use crate::host::Platform;
use crate::net::{Client, NetError, NetErrorKind, Phase, RedactedUrl, RequestState, Url};
use crate::unpack::Format;
use crate::verify::{known_since, known_sum, known_versions};
use gvmr_core::gover::version::Version;
use mirrors::Opened;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

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

/// The release archives of one platform, as a list of mirrors serves them. Its clones share what they learn.
#[derive(Clone)]
pub struct Archives {
    client: Client,
    platform: Platform,
    settings: Arc<ArchiveSettings>,
    index: Arc<OnceLock<Option<Result<Index, IndexError>>>>,
    /// That the index has not answered yet, and is not waited for any longer.
    silence: Arc<OnceLock<Option<Result<Index, IndexError>>>>,
    is_reading: Arc<AtomicBool>,
    unreachable: Arc<Mutex<BTreeMap<usize, NetError>>>,
    memory: Option<Arc<Reachability>>,
    /// Whether there is no other source.
    is_alone: bool,
}

/// The newest release that was found, and how much that says.
pub(super) struct Found {
    pub(super) version: Version,
    /// Whether it is what the index says now; otherwise a later source may know better.
    pub(super) fresh: bool,
    /// Why the index could not be asked now.
    pub(super) failure: Option<Box<IndexError>>,
    /// Whether the built-in table serves in its place.
    pub(super) is_by_table: bool,
    /// What there is to say about the index: how old it is, what it contradicts.
    pub(super) notes: Vec<String>,
}

impl Archives {
    /// The archives for `platform` that the mirrors of `settings` serve.
    pub fn new(client: &Client, platform: Platform, settings: ArchiveSettings) -> Self {
        let (client, settings) = (client.clone(), Arc::new(settings));
        let (index, silence) = (Arc::default(), Arc::default());
        Self {
            client,
            platform,
            settings,
            index,
            silence,
            is_reading: Arc::default(),
            unreachable: Arc::default(),
            memory: None,
            is_alone: true,
        }
    }

    /// The same, which keeps what it learns of servers in `memory`.
    #[must_use]
    pub fn remembering(self, memory: &Arc<Reachability>) -> Self {
        Self { memory: Some(Arc::clone(memory)), ..self }
    }

    /// The same beside other sources.
    pub(super) fn beside_others(&mut self) {
        self.is_alone = false;
    }

    /// Whether the index is not asked again where nobody listens, since something else can answer.
    fn is_index_hurried(&self) -> bool {
        !self.is_alone || self.settings.mirrors_named
    }

    /// Reads the index, for a later question.
    pub(super) fn prepare(&self) {
        self.index();
    }

    /// The same, which notes in `state` how its requests stand.
    pub(super) fn noting(&self, state: &Arc<RequestState>) -> Self {
        Self { client: self.client.noting(state), ..self.clone() }
    }

    /// Whether the index is being read.
    pub(super) fn is_reading_index(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }

    /// Takes down that the first mirror has been silent for `after`.
    pub(super) fn mirror_is_silent(&self, after: Duration) -> Option<NetError> {
        let url = self.settings.mirrors.first()?;
        self.failed_at(url);
        Some(silence(url, after))
    }

    /// Does without the index, which has been silent for `after`, until it answers.
    pub(super) fn index_is_silent(&self, after: Duration) -> Option<NetError> {
        let url = self.settings.index.as_ref().filter(|_| self.index.get().is_none())?;
        let error = silence(url, after);
        let _ = self.silence.set(Some(Err(IndexError::Net(error.clone()))));
        if let Some(memory) = &self.memory {
            memory.failed(url);
        }
        Some(error)
    }

    /// The index, where something else can answer: it is waited for only as long as it is on its way.
    fn index_in_time(&self) -> Option<&Result<Index, IndexError>> {
        if self.index.get().is_none() && self.silence.get().is_none() {
            let archives = self.clone();
            let work = Box::new(move |lane: Lane| archives.noting(&lane.state).prepare());
            let mut race = Race::new(PATIENCE, [work as _]);
            let is_late = matches!(race.next(Some(Instant::now() + PATIENCE)), Lap::Late);
            if is_late && race.has_answered(0) {
                race.next(None);
            } else if is_late {
                self.index_is_silent(PATIENCE);
            }
        }
        self.index()
    }

    /// Its mirrors.
    pub(super) fn servers(&self) -> Vec<Url> {
        self.settings.mirrors.clone()
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
        let index = if self.settings.musl { self.index() } else { self.index_in_time() };
        match index {
            Some(Ok(index)) => {
                listing.add(index.versions(self.platform.arch()), KnownFrom::Index);
                listing.notes.extend(notes_on(index));
                listing.unread.extend(index.failure().map(unread));
            }
            Some(Err(error)) => listing.unread.push(unread(error)),
            None => {}
        }
        if !self.settings.musl {
            listing.add(known_versions(self.platform.arch()), KnownFrom::Table);
            listing.versions.sort();
            listing.versions.dedup();
        }
        listing
    }

    /// What the index lists, where it was read.
    pub(super) fn indexed(&self) -> Vec<Version> {
        let read = self.index.get().and_then(Option::as_ref).and_then(|index| index.as_ref().ok());
        read.map_or_else(Vec::new, |index| index.versions(self.platform.arch()))
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
        let has_copy = matches!(self.index(), Some(Ok(_)));
        let failure = match self.index() {
            Some(Ok(index)) => index.failure(),
            Some(Err(error)) => Some(error),
            None => None,
        };
        if let Some(version) = listing.versions.into_iter().rfind(|version| wanted(version)) {
            let is_by_table = !fresh && (listing.notes.is_empty() || !listing.unread.is_empty() && !has_copy);
            let (failure, notes) = (failure.cloned().map(Box::new), listing.notes);
            return Ok(Some(Found { version, fresh, failure, is_by_table, notes }));
        }
        failure.map_or(Ok(None), |error| {
            let tried = vec![Tried::at_once(AttemptOutcome::Index(error.clone()))];
            Err(SourceError { wanted: String::new(), tried, ended_early: false })
        })
    }

    /// The archive of `version` from the first mirror that gives it. `logged` says that the log knows the release, so that
    /// no index is needed. `others_left` says that other sources are left to ask.
    pub fn fetch(&self, version: &Version, logged: bool, others_left: bool) -> Result<Fetched, SourceError> {
        let listed = self.index_for(version, logged);
        let file = listed.and_then(|index| index.file(version, self.platform.arch()));
        let sum = listed.and_then(|index| self.promise(index, version, file));
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
        let opened = self.walk(&[gz, others].concat(), others_left)?;
        let Opened { body, file: (stem, format), passed_over, mut notes } = opened;
        let name = format!("{stem}.{}", format.extension());
        notes.extend(listed.map_or_else(Vec::new, notes_on));
        match (listed, self.silence.get()) {
            (None, Some(Some(Err(silence)))) => {
                notes.push(format!("{silence}; to skip it, set GVMR_INDEX=off"));
            }
            (None, _) => notes.extend(self.unreadable_index()),
            (Some(_), _) => {}
        }
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
        let sum = listed.and_then(|index| self.promise(index, version, index.source(version)));
        let stem = name.trim_end_matches(".tar.gz");
        let opened = self.walk(&[(stem, Format::TarGz)], false)?;
        let Opened { body, file: (_, format), passed_over, mut notes } = opened;
        notes.extend(listed.map_or_else(Vec::new, notes_on));
        Ok(Fetched { body, form: Form::Archive { format, name: name.clone(), sum }, passed_over, notes })
    }

    /// The index where it matters for one exact release: one that the user named always, Go's own only for
    /// releases that neither this program nor the log knows.
    fn index_for(&self, version: &Version, logged: bool) -> Option<&Index> {
        let known = archive_name::known(version, &self.platform).is_some() || logged;
        match (known && !self.settings.musl, self.settings.index_named) {
            (true, false) => None,
            (true, true) => self.index_in_time().and_then(|index| index.as_ref().ok()),
            (false, _) => self.fresh_or_old_index(),
        }
    }

    /// What to say about an index that the user named and that cannot be read.
    fn unreadable_index(&self) -> Option<String> {
        let error = self.index.get()?.as_ref()?.as_ref().err().filter(|_| self.settings.index_named)?;
        Some(format!("cannot use the index: {error}; to do without it, set GVMR_INDEX=off"))
    }

    fn fresh_or_old_index(&self) -> Option<&Index> {
        self.index().and_then(|index| index.as_ref().ok())
    }

    /// The sum that the index gives, which must hold where the user named the index, or where index and archives
    /// are both Go's own.
    fn promise(&self, index: &Index, version: &Version, file: Option<&IndexFile>) -> Option<PromisedSum> {
        let binding = self.settings.index_named || !self.settings.mirrors_named;
        let file = file?;
        let sha256 = file.sha256?;
        // A sum that this program knows stays in force, whatever an index says.
        let by_table = known_sum(&file.name) == Some(sha256);
        let remembered = index.remembered(version, file).filter(|_| !by_table);
        Some(PromisedSum { sha256, index: index.url().to_string(), by_table, binding, remembered })
    }

    fn index(&self) -> Option<&Result<Index, IndexError>> {
        if let (None, Some(silence)) = (self.index.get(), self.silence.get()) {
            return silence.as_ref();
        }
        let naming = if self.settings.musl { Naming::Musl } else { Naming::Official };
        let client = if self.is_index_hurried() { self.client.hurried() } else { self.client.clone() };
        let read = |url: &Url| {
            self.is_reading.store(true, Ordering::Relaxed);
            let index = Index::read(&client, url, &self.settings.cache, naming);
            self.is_reading.store(false, Ordering::Relaxed);
            match index.as_ref().map(Index::failure) {
                Ok(None) => self.reached_at(url),
                Ok(Some(IndexError::Net(error))) | Err(IndexError::Net(error)) if error.is_unconnected() => {
                    self.failed_at(url);
                }
                _ => {}
            }
            index
        };
        self.index.get_or_init(|| self.settings.index.as_ref().map(read)).as_ref()
    }
}

fn silence(url: &Url, after: Duration) -> NetError {
    let kind = NetErrorKind::Timeout { phase: Phase::FirstByte, after };
    NetError::new(RedactedUrl::of(url), kind)
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

fn unread(error: &IndexError) -> Tried {
    Tried::at_once(AttemptOutcome::Index(error.clone()))
}

/// What is used where no index can be read.
pub fn by_table() -> String {
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

impl std::fmt::Debug for Archives {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Archives").field("platform", &self.platform).finish_non_exhaustive()
    }
}
