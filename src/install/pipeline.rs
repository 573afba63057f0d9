//! From a version to a committed toolchain: which sources suit, the log, the download, the proof, the commit.

use super::error::{InstallError, with_causes};
use super::installer::{InstallOptions, InstallOutcome, Installer};
use super::progress::{Event, LockedProgress, Progress, ProgressReader};
use super::verifier::{LogAnswer, Unpacked};
use crate::host::{Assessment, TreeSize};
use crate::sources::{Fetched, Form, Lane, Lap, MODULE, PATIENCE, Race, Source, SourceError, Tried, Work};
use crate::store::{Committed, Facts, Programs, StoreError, VersionLock};
use crate::unpack::{self, ArchiveLimits};
use crate::verify::Verified;
use gvmr_core::gover::version::Version;
use std::collections::BTreeMap;

impl Installer<'_> {
    /// Runs `work`, unless `version` is there, once it is known that what it commits can be made reachable, and makes it
    /// so: a toolchain without its shim is of no use.
    pub(super) fn published(
        &self,
        version: &Version,
        work: impl FnOnce() -> Result<InstallOutcome, InstallError>,
    ) -> Result<InstallOutcome, InstallError> {
        let programs = Programs::beside_this_one()?;
        let outcome = match self.store.toolchain(version)? {
            Some(present) => InstallOutcome::Present(present),
            None => match work() {
                // It is there, and so must its shim be.
                Err(error @ InstallError::Store(StoreError::Unsynced { .. })) => {
                    let _ = self.store.publish(&programs); // the first error says more
                    return Err(error);
                }
                other => other?,
            },
        };
        match self.store.publish(&programs) {
            // Where nothing can be written nothing was lost either: its shims came with it.
            Err(error) if error.is_unwritable() && matches!(outcome, InstallOutcome::Present(_)) => {}
            published => drop(published?),
        }
        Ok(outcome)
    }

    /// Installs exactly `version`, unless it is there.
    pub fn install(
        &self,
        version: &Version,
        wishes: InstallOptions,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        self.install_from(self.sources.entries(), version, wishes, watch)
    }

    /// The same from these sources alone.
    pub fn install_from(
        &self,
        sources: &[Source],
        version: &Version,
        wishes: InstallOptions,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        self.published(version, || self.obtain(sources, version, wishes, watch))
    }

    fn obtain(
        &self,
        sources: &[Source],
        version: &Version,
        wishes: InstallOptions,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        let sources = self.suitable(sources, version, wishes, watch)?;
        let Some(lock) = self.lock(version, watch)? else {
            return self.present(version);
        };
        let watch: &dyn Progress = &LockedProgress::new(&lock, watch);
        let asks_proxies = sources.iter().any(|source| matches!(source, Source::Goproxy(_)));
        if let Some(forbidden) = self.sources.forbidden(version).filter(|_| asks_proxies) {
            return Err(InstallError::Source(forbidden));
        }
        watch.event(Event::Proving);
        let witness = LogAnswer::ask(self, version, sources, wishes)?;
        let warn = || witness.warnings().into_iter().for_each(|warning| watch.event(Event::Note(warning)));
        if witness.is_logged() {
            warn();
        }
        let unpacked = self.first_unpacked(sources, version, witness.is_logged(), &lock, watch)?;
        // Where no source gives it, why the log did not answer either is of no use.
        if !witness.is_logged() {
            warn();
        }
        let verified = witness.verify(&unpacked, self.sources.platform(), version, wishes, watch)?;
        self.commit(unpacked, verified, watch)
    }

    /// The sources whose build of `version` runs here.
    fn suitable<'s>(
        &'s self,
        sources: &'s [Source],
        version: &Version,
        wishes: InstallOptions,
        watch: &dyn Progress,
    ) -> Result<&'s [Source], InstallError> {
        // What was built for another C library than the official builds is not judged by what those need.
        if sources.iter().all(Source::is_for_musl) {
            return Ok(sources);
        }
        let assessment = self.host.assess(version);
        if !assessment.cannot_run() || wishes.force {
            for reason in &assessment.reasons {
                watch.event(Event::Note(reason.text.clone()));
            }
            return Ok(sources);
        }
        match self.sources.musl() {
            Some(musl) if assessment.build_helps() && self.host.is_musl() => Ok(std::slice::from_ref(musl)),
            _ => Err(self.cannot_run(assessment)),
        }
    }

    pub(super) fn cannot_run(&self, assessment: Assessment) -> InstallError {
        let released = self.sources.known();
        let nearest = self.host.nearest(&assessment.version, &released).cloned();
        InstallError::Host {
            assessment: Box::new(assessment),
            platform: self.sources.platform().to_string(),
            nearest,
        }
    }

    /// The version's lock; `None` where the version is there once it is held.
    pub(super) fn lock(
        &self,
        version: &Version,
        watch: &dyn Progress,
    ) -> Result<Option<VersionLock>, InstallError> {
        self.store.check_file_system()?;
        self.make_room(version)?;
        let lock = self.store.lock(
            version,
            &|holder| watch.event(Event::Waiting { holder: holder.to_string() }),
            &|| watch.cancelled(),
        )?;
        Ok(if self.store.toolchain(version)?.is_some() { None } else { Some(lock) })
    }

    pub(super) fn present(&self, version: &Version) -> Result<InstallOutcome, InstallError> {
        match self.store.toolchain(version)? {
            Some(present) => Ok(InstallOutcome::Present(present)),
            None => Err(InstallError::Cancelled), // removed again between two looks
        }
    }

    /// The tree of the first source that gives a whole one. A source that fails passes on to the next, and one that is silent
    /// is raced by the next; those that could not be connected to lately come last.
    fn first_unpacked<'lock>(
        &self,
        sources: &[Source],
        version: &Version,
        logged: bool,
        lock: &'lock VersionLock,
        watch: &dyn Progress,
    ) -> Result<Unpacked<'lock>, InstallError> {
        let prefix = format!("{MODULE}@{}/", self.sources.platform().module_version(version));
        let mut order: Vec<&Source> = sources.iter().collect();
        order.sort_by_key(|source| source.is_doubtful());
        let work = |source: &&Source| -> Work<Result<Fetched, SourceError>> {
            let (source, version) = ((*source).clone(), version.clone());
            Box::new(move |lane: Lane| source.fetch(&version, logged, &lane))
        };
        let mut race = Race::new(PATIENCE, order.iter().map(work));
        let mut failures = BTreeMap::new();
        loop {
            let (number, fetched) = match race.next(None) {
                Lap::Answer(number, fetched) => (number, fetched),
                Lap::Silent(number) => {
                    let line = order.get(number).and_then(|source| source.is_silent(PATIENCE, &order));
                    if let Some(line) = line {
                        watch.event(Event::Note(line));
                    }
                    continue;
                }
                Lap::Late | Lap::Over => break,
            };
            let unpacked = fetched.map_err(InstallError::Source).and_then(|fetched| {
                fetched.notes().iter().for_each(|note| watch.event(Event::Note(note.clone())));
                note_tried(fetched.passed_over(), watch);
                self.unpack(fetched, &prefix, version, logged, lock, watch)
            });
            match unpacked {
                Ok(unpacked) => {
                    note_failures(failures.values(), watch);
                    return Ok(unpacked);
                }
                Err(error) if error.passes_on() => drop(failures.insert(number, error)),
                Err(error) => return Err(error),
            }
        }
        let wanted = format!("{} for {}", version.toolchain_name(), self.sources.platform());
        Err(joined(wanted, failures.into_values().collect(), watch))
    }

    /// Unpacks what is on its way into a new directory.
    pub(super) fn unpack<'lock>(
        &self,
        fetched: Fetched,
        prefix: &str,
        version: &Version,
        logged: bool,
        lock: &'lock VersionLock,
        watch: &dyn Progress,
    ) -> Result<Unpacked<'lock>, InstallError> {
        let (source, form) = (fetched.source().to_string(), fetched.form().clone());
        let body = fetched.into_body();
        let whole = body.length().is_some();
        watch.event(Event::Fetching { source: source.clone(), length: body.length() });
        let staging = self.store.stage(lock)?;
        let mut body = ProgressReader::new(body, watch);
        let staged = match &form {
            Form::Module => unpack::module_zip(&mut body, prefix, staging.path(), &ArchiveLimits::default()),
            Form::Archive { format, .. } => {
                unpack::archive(&mut body, *format, prefix, staging.path(), &ArchiveLimits::default())
            }
        };
        let failed = |error| InstallError::unpack(error, watch.cancelled(), whole, logged, version, &source);
        let staged = staged.map_err(failed)?;
        Ok(Unpacked { staging, staged, source, form })
    }

    pub(super) fn commit(
        &self,
        unpacked: Unpacked<'_>,
        verified: Verified,
        watch: &dyn Progress,
    ) -> Result<InstallOutcome, InstallError> {
        watch.event(Event::Committing);
        let Unpacked { staging, staged, source, .. } = unpacked;
        let facts = Facts { source, gvmr: env!("CARGO_PKG_VERSION").to_owned() };
        match self.store.commit(staging, staged, verified, facts)? {
            Committed::New(toolchain) => Ok(InstallOutcome::Installed(toolchain)),
            Committed::Existing(toolchain) => Ok(InstallOutcome::Present(toolchain)),
        }
    }

    /// Checks that a toolchain fits, once more after removing what interrupted installs left. That is not done
    /// unasked: on ext4, creating files right after removing many takes seconds longer.
    fn make_room(&self, version: &Version) -> Result<(), InstallError> {
        let TreeSize { bytes, files } = TreeSize::of(version);
        match self.store.check_space(bytes, files) {
            Err(StoreError::NoSpace { .. }) => {
                self.store.sweep()?;
                Ok(self.store.check_space(bytes, files)?)
            }
            result => Ok(result?),
        }
    }
}

/// Says what passed on to a later source.
pub(super) fn note_failures<'a>(failures: impl IntoIterator<Item = &'a InstallError>, watch: &dyn Progress) {
    for failure in failures {
        match failure {
            InstallError::Source(error) => note_tried(&error.tried, watch),
            failure => watch.event(Event::Note(format!("source skipped: {}", with_causes(failure)))),
        }
    }
}

/// One line for each source that was asked in vain, in the same words for every version.
fn note_tried(tried: &[Tried], watch: &dyn Progress) {
    for tried in tried {
        watch.event(Event::Skipped { line: format!("source skipped: {}", tried.outcome), took: tried.took });
    }
}

/// What several sources' failures amount to: a download that broke before a refusal to begin one.
pub(super) fn joined(wanted: String, failures: Vec<InstallError>, watch: &dyn Progress) -> InstallError {
    let (mut sources, mut broken) = (Vec::new(), Vec::new());
    for failure in failures {
        match failure {
            InstallError::Source(error) => sources.push(error),
            other => broken.push(other),
        }
    }
    match broken.pop() {
        None => InstallError::Source(SourceError::joined(wanted, sources)),
        Some(last) => {
            let rest: Vec<_> = sources.into_iter().map(InstallError::Source).chain(broken).collect();
            note_failures(&rest, watch);
            last
        }
    }
}
