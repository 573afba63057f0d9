//! Toolchain modules from a list of module proxies: what is listed, what is there, and the bytes.
//!
//! That a version does not exist is never concluded from a list: it is asked for by name. An entry that is
//! out of reach is asked once and not again.

use super::error::{AttemptOutcome, SourceError, Tried};
use super::fetched::{Fetched, Form};
use super::listing::{KnownFrom, Listing};
use super::proxies::{MODULE, ProxyList, ProxyTarget, below};
use super::reachability::Reachability;
use crate::host::Platform;
use crate::net::{
    Client, NetError, NetErrorKind, Phase, RedactedUrl, RequestState, Url, without_credentials_in_text,
};
use gvmr_core::gover::version::Version;
use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What cmd/go allows a module zip.
const MAX_ZIP_BYTES: u64 = 500 << 20;
const MAX_LIST_BYTES: u64 = 8 << 20;
const MAX_INFO_BYTES: u64 = 64 << 10;
/// How long an answered list waits for the other entries' lists.
const GRACE: Duration = Duration::from_secs(3);

/// The toolchains of one platform, as a GOPROXY list serves them. Its clones share what they learn.
#[derive(Clone)]
pub struct Goproxy {
    client: Client,
    list: ProxyList,
    platform: Platform,
    unreachable: Arc<Mutex<BTreeMap<usize, Unreachable>>>,
    memory: Option<Arc<Reachability>>,
}

/// Why an entry is not asked again.
#[derive(Clone)]
struct Unreachable {
    error: NetError,
    /// Whether it was given the full time. If not, it is still asked for bytes, though no longer for answers.
    certain: bool,
}

/// Whether a version is there.
#[derive(Clone, Debug)]
pub enum Presence {
    /// This source has it.
    Present(RedactedUrl),
    /// It does not exist, as far as anybody could say.
    Absent(SourceError),
    /// A source refuses it; it may exist.
    Refused(SourceError),
}

impl Goproxy {
    /// The toolchains for `platform` that `list` serves.
    pub fn new(client: &Client, list: &ProxyList, platform: Platform) -> Self {
        let (client, list) = (client.clone(), list.clone());
        Self { client, list, platform, unreachable: Arc::default(), memory: None }
    }

    /// The same, which keeps what it learns of servers in `memory`.
    #[must_use]
    pub fn remembering(self, memory: &Arc<Reachability>) -> Self {
        Self { memory: Some(Arc::clone(memory)), ..self }
    }

    /// The same, which notes in `state` how its requests stand.
    pub(super) fn noting(&self, state: &Arc<RequestState>) -> Self {
        Self { client: self.client.noting(state), ..self.clone() }
    }

    /// The same for when other sources are left to ask. Within the list nothing changes.
    pub(super) fn hurried(&self) -> Self {
        Self { client: self.client.hurried(), ..self.clone() }
    }

    /// Whom it may ask in the end.
    pub(super) fn servers(&self) -> Vec<Url> {
        let first = self.list.entries().iter().filter_map(|entry| entry.place.url().cloned()).take(1);
        first.chain(self.list.after(0)).collect()
    }

    /// Whether none of its servers could be connected to a few minutes ago.
    pub(super) fn is_doubtful(&self) -> bool {
        let mut urls = self.list.entries().iter().filter_map(|entry| entry.place.url()).peekable();
        let memory = self.memory.as_ref().filter(|_| urls.peek().is_some());
        memory.is_some_and(|memory| urls.all(|url| memory.is_doubtful(url)))
    }

    /// Takes down that its first server has been silent for `after`: it is still asked for bytes, though last.
    pub(super) fn is_silent(&self, after: Duration) -> Option<NetError> {
        let mut first = self.list.entries().iter().enumerate();
        let (index, url) = first.find_map(|(index, entry)| Some((index, entry.place.url()?)))?;
        let kind = NetErrorKind::Timeout { phase: Phase::FirstByte, after };
        let error = NetError::new(RedactedUrl::of(url), kind);
        self.remember(index, &error, false);
        if let Some(memory) = &self.memory {
            memory.failed(url);
        }
        Some(error)
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What directories list, and the first proxy that gives a list. The next proxy is asked where the one before
    /// gives none, or is silent for three seconds; the rest are not bothered.
    pub fn listed(&self) -> Listing {
        let mut listing = Listing::default();
        let list_of = |base: &Url| below(base, &format!("{MODULE}/@v/list"));
        let places = self.list.entries().iter().enumerate();
        let places = places.filter_map(|(index, entry)| Some((index, list_of(entry.place.url()?))));
        let (directories, proxies): (Vec<_>, Vec<_>) = places.partition(|(_, url)| url.scheme() == "file");
        for (index, url) in directories {
            self.take(index, self.client.read(&url, MAX_LIST_BYTES), &mut listing);
        }
        let (sender, answers) = channel();
        let mut silent: BTreeMap<usize, Url> = BTreeMap::new();
        let mut proxies = proxies.into_iter();
        loop {
            let next = proxies.next();
            let last = next.is_none();
            if let Some((index, url)) = next {
                if let Some(known) = self.known(index).filter(|known| known.certain) {
                    listing.failed.push(Tried::unasked(AttemptOutcome::Net(known.error)));
                    continue;
                }
                let (client, sender) = (self.client.clone(), sender.clone());
                silent.insert(index, url.clone());
                // Not joined: one that hangs may outlive the answer.
                std::thread::spawn(move || sender.send((index, client.read(&url, MAX_LIST_BYTES))));
            }
            // The last one has as long as the client gives it.
            let answer = match (silent.is_empty(), last) {
                (true, _) => break,
                (false, true) => answers.recv().map_err(|_| RecvTimeoutError::Disconnected),
                (false, false) => answers.recv_timeout(GRACE),
            };
            if let Ok((index, answer)) = answer {
                silent.remove(&index);
                if self.take(index, answer, &mut listing) {
                    break;
                }
            }
        }
        for (index, url) in silent {
            let kind = NetErrorKind::Timeout { phase: Phase::FirstByte, after: GRACE };
            let error = NetError::new(RedactedUrl::of(&url), kind);
            self.remember(index, &error, false);
            listing.failed.push(Tried::at_once(AttemptOutcome::Net(error)));
        }
        listing.versions.sort();
        listing.versions.dedup();
        listing
    }

    /// Adds an entry's answer; whether it named a version for the platform.
    fn take(&self, index: usize, answer: Result<Vec<u8>, NetError>, listing: &mut Listing) -> bool {
        let before = listing.versions.len();
        match answer {
            Ok(data) => {
                self.has_answered(index);
                let text = String::from_utf8_lossy(&data);
                let words = text.lines().filter_map(|line| line.split_whitespace().next());
                listing.add(words.filter_map(|word| self.platform.version_in(word)), KnownFrom::Proxy);
                if let Some(base) = self.url(index).filter(|_| listing.versions.len() == before) {
                    let url = RedactedUrl::of(&below(base, &format!("{MODULE}/@v/list")));
                    let outcome = AttemptOutcome::Unlisted { url, platform: self.platform.to_string() };
                    listing.empty.push(Tried::at_once(outcome));
                }
            }
            Err(error) => {
                self.remember(index, &error, true);
                listing.failed.push(Tried::at_once(AttemptOutcome::Net(error)));
            }
        }
        listing.versions.len() > before
    }

    /// Whether `version` is there, asked by name through the whole list. An error means that no proxy could
    /// be asked.
    pub fn presence(&self, version: &Version) -> Result<Presence, SourceError> {
        use super::error::SourceErrorKind::{Absent, Refused};
        let found = self.walk(version, false, |index, base| self.info(index, base, version));
        match found {
            Ok((source, _)) => Ok(Presence::Present(source)),
            Err(error) => match error.kind() {
                Absent => Ok(Presence::Absent(error)),
                Refused => Ok(Presence::Refused(error)),
                _ => Err(error),
            },
        }
    }

    /// The error of a list that is only `off`: nothing may be fetched, not even from the log.
    pub fn forbidden(&self, version: &Version) -> Option<SourceError> {
        if self.list.entries().iter().any(|entry| entry.place != ProxyTarget::Off) {
            return None;
        }
        self.walk(version, true, |_, _| Err::<(), _>(AttemptOutcome::Off)).err()
    }

    /// The module zip of `version` from the first entry that gives it.
    pub fn fetch(&self, version: &Version) -> Result<Fetched, SourceError> {
        let module_version = self.platform.module_version(version);
        let (body, passed_over) = self.walk(version, true, |index, base| {
            let url = below(base, &format!("{MODULE}/@v/{module_version}.zip"));
            let client = self.client(index);
            self.ask(index, || client.open(&url)?.limited(MAX_ZIP_BYTES)).map_err(AttemptOutcome::Net)
        })?;
        Ok(Fetched { body, form: Form::Module, passed_over, notes: Vec::new() })
    }

    /// Asks one entry after the other, by the rules of the list.
    fn walk<T>(
        &self,
        version: &Version,
        for_bytes: bool,
        ask: impl Fn(usize, &Url) -> Result<T, AttemptOutcome>,
    ) -> Result<(T, Vec<Tried>), SourceError> {
        let mut tried = Vec::new();
        let mut ended_early = false;
        for (index, entry) in self.list.entries().iter().enumerate() {
            let known = self.known(index).filter(|known| known.certain || !for_bytes);
            let (asked, began) = (known.is_none(), Instant::now());
            let outcome = match (entry.place.url(), known) {
                (None, _) => AttemptOutcome::Off,
                (_, Some(known)) => AttemptOutcome::Net(known.error),
                (Some(base), None) => {
                    match self.client.probing(self.list.after(index), || ask(index, base)) {
                        Ok(found) => return Ok((found, tried)),
                        Err(outcome) => outcome,
                    }
                }
            };
            let goes_on = entry.any_error_passes || outcome.passes_comma();
            tried.push(if asked { Tried::since(began, outcome) } else { Tried::unasked(outcome) });
            if !goes_on {
                let rest = self.list.entries().get(index + 1);
                ended_early = rest.is_some_and(|next| next.place != ProxyTarget::Off);
                break;
            }
        }
        let wanted = format!("{MODULE}@{}", self.platform.module_version(version));
        Err(SourceError { wanted, tried, ended_early })
    }

    /// What an entry's `.info` says. A directory may hold a zip without one, as the module cache does.
    fn info(&self, index: usize, base: &Url, version: &Version) -> Result<RedactedUrl, AttemptOutcome> {
        let module_version = self.platform.module_version(version);
        let file = |end: &str| below(base, &format!("{MODULE}/@v/{module_version}.{end}"));
        let client = self.client(index);
        let info = match self.ask(index, || client.read(&file("info"), MAX_INFO_BYTES)) {
            Ok(info) => info,
            Err(error) if base.scheme() == "file" && error.is_absent() => {
                let zip = self.client.open(&file("zip")).map_err(AttemptOutcome::Net)?;
                return Ok(zip.url().clone());
            }
            Err(error) => return Err(AttemptOutcome::Net(error)),
        };
        let said = serde_json::from_slice::<Info>(&info).map(|info| info.version).unwrap_or_default();
        if said == module_version {
            return Ok(RedactedUrl::of(base));
        }
        let got = without_credentials_in_text(&said).chars().take(60).flat_map(char::escape_debug).collect();
        Err(AttemptOutcome::OtherVersion { url: RedactedUrl::of(&file("info")), got })
    }

    /// The client for an entry: where any error passes on to another one, it is not asked again and again.
    fn client(&self, index: usize) -> Client {
        let entries = self.list.entries();
        let passes = entries.get(index).is_some_and(|entry| entry.any_error_passes);
        let is_left = entries.get(index + 1).is_some_and(|next| next.place != ProxyTarget::Off);
        if passes && is_left { self.client.hurried() } else { self.client.clone() }
    }

    fn ask<T>(&self, index: usize, read: impl Fn() -> Result<T, NetError>) -> Result<T, NetError> {
        read().inspect(|_| self.has_answered(index)).inspect_err(|error| self.remember(index, error, true))
    }

    fn has_answered(&self, index: usize) {
        if let (Some(memory), Some(url)) = (&self.memory, self.url(index)) {
            memory.reached(url);
        }
    }

    fn url(&self, index: usize) -> Option<&Url> {
        self.list.entries().get(index)?.place.url()
    }

    fn remember(&self, index: usize, error: &NetError, certain: bool) {
        if error.is_unreachable() {
            let mut unreachable = self.unreachable.lock().unwrap_or_else(PoisonError::into_inner);
            unreachable.insert(index, Unreachable { error: error.clone(), certain });
        }
        if let (Some(memory), Some(url)) = (&self.memory, self.url(index)) {
            if error.is_unconnected() {
                memory.failed(url);
            } else if error.is_answer() {
                memory.reached(url);
            }
        }
    }

    fn known(&self, index: usize) -> Option<Unreachable> {
        self.unreachable.lock().unwrap_or_else(PoisonError::into_inner).get(&index).cloned()
    }
}

/// The part of a `.info` file that matters.
#[derive(serde::Deserialize)]
struct Info {
    #[serde(rename = "Version")]
    version: String,
}

impl std::fmt::Debug for Goproxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Goproxy").field("list", &self.list).finish_non_exhaustive()
    }
}
