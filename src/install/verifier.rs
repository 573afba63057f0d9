//! Decides what proves an unpacked tree: the log where it knows the tree, else the table of known releases, else
//! what the user allowed.
//!
//! Takes what the log said before the download, and the tree; gives the [`Verified`] that a commit needs, or the
//! reason why nothing proves it. Never weakens an answer: what the log recorded must be what was unpacked.

use super::error::SumMismatch;
use super::progress::{Event, Progress};
use super::{InstallError, InstallOptions, Installer};
use crate::host::{self, Platform};
use crate::sources::{Form, PromisedSum, Remembered, Source};
use crate::store::StagingDirectory;
use crate::unpack::Staged;
use crate::verify::{self, LogError, LoggedSum, SettingError, Sha256Sum, Verified};
use gvmr_core::gover::version::Version;
use gvmr_core::home::goroot;
use gvmr_core::sys::printable;
use std::error::Error;

/// A tree that was unpacked, and where it came from. It is not proved yet.
pub(super) struct Unpacked<'lock> {
    pub(super) staging: StagingDirectory<'lock>,
    pub(super) staged: Staged,
    pub(super) source: String,
    pub(super) form: Form,
}

/// What the log said.
pub(super) enum LogAnswer {
    /// It recorded the toolchain.
    Logged(LoggedSum),
    /// It could not be asked, or knows nothing of the toolchain; something else may prove it.
    Silent(LogError),
    /// It was not asked: it knows only the builds that Go publishes.
    NotAsked,
}

impl LogAnswer {
    /// Asks the log about `version`. A bad answer ends the install here, before any download, unless
    /// something else may prove what `sources` have.
    pub(super) fn ask(
        installer: &Installer<'_>,
        version: &Version,
        sources: &[Source],
        wishes: InstallOptions,
    ) -> Result<Self, InstallError> {
        if sources.iter().all(Source::is_for_musl) {
            return Ok(Self::NotAsked);
        }
        let platform = installer.sources.platform();
        let error = match installer
            .sources
            .probing(sources, || installer.lookup(&platform.module_version(version)))
        {
            Ok(logged) => return Ok(Self::Logged(logged)),
            Err(error) => error,
        };
        let silent = matches!(
            error,
            LogError::Absent { .. }
                | LogError::Remote { .. }
                | LogError::NotAnAnswer { .. }
                | LogError::Setting(SettingError::Disabled)
        );
        let known = sources.iter().any(|source| source.is_known(version));
        // What is published is proved or refused; the user's word is for what nothing can prove.
        let counts = wishes.allow_unlogged && !is_published(platform, version);
        if silent && (known || counts) {
            return Ok(Self::Silent(error));
        }
        Err(match error {
            LogError::Remote { at, source } => unanswered(sources, at, source),
            error => unlogged(installer, version, error),
        })
    }

    /// What the user should hear although the log answered well, and why it did not answer.
    pub(super) fn warnings(&self) -> Vec<String> {
        match self {
            Self::Logged(logged) => logged.warnings().iter().map(ToString::to_string).collect(),
            Self::Silent(error) => vec![error.to_string()],
            Self::NotAsked => Vec::new(),
        }
    }

    /// Whether the log says what the tree has to be.
    pub(super) fn is_logged(&self) -> bool {
        matches!(self, Self::Logged(_))
    }

    /// The proof of `unpacked`, or why there is none.
    pub(super) fn verify(
        self,
        unpacked: &Unpacked<'_>,
        platform: &Platform,
        version: &Version,
        wishes: InstallOptions,
        watch: &dyn Progress,
    ) -> Result<Verified, InstallError> {
        let manifest = unpacked.staged.manifest();
        let silent = match self {
            Self::Logged(logged) => {
                let proved = verify::prove(manifest, logged);
                unpacked.keep_promise(proved.is_ok())?;
                return match (proved, unpacked.known()) {
                    (Ok(verified), known) => {
                        unpacked.note_repacked(known.is_some(), watch);
                        unpacked.take_new_sum(watch);
                        Ok(verified)
                    }
                    // The log's rule for archives is measured from 1.21 on; before it, the table decides.
                    (Err(_), Some(known)) if !is_reproducible(version) => Ok(known),
                    (Err(mismatch), _) => Err(InstallError::Mismatch {
                        found: unpacked.says_it_is(),
                        source_url: unpacked.source.clone(),
                        mismatch: Box::new(mismatch),
                    }),
                };
            }
            Self::Silent(error) => Some(error),
            Self::NotAsked => None,
        };
        unpacked.keep_promise(false)?;
        if let Some(known) = unpacked.known() {
            return Ok(known);
        }
        let published = silent.is_some() && is_published(platform, version);
        if wishes.allow_unlogged && published && unpacked.is_known_otherwise() {
            return Err(unpacked.is_not_known());
        }
        unpacked.is_version(version)?;
        unpacked.is_for(platform, version)?;
        let subject = platform.module_version(version);
        if let Some(indexed) = unpacked.indexed(&subject).filter(|_| silent.is_none()) {
            return Ok(indexed);
        }
        match silent {
            _ if wishes.allow_unlogged && !published => Ok(verify::accept_unlogged(manifest, &subject)),
            Some(error) => Err(InstallError::Log(error)),
            None => Err(InstallError::Unproved { source_url: unpacked.source.clone() }),
        }
    }
}

impl Unpacked<'_> {
    /// The archive's name and the sha256 that it has.
    fn archive(&self) -> Option<(&str, &Option<PromisedSum>, &[u8; 32])> {
        match &self.form {
            Form::Archive { name, sum, .. } => Some((name, sum, self.staged.archive_sha256()?)),
            Form::Module => None,
        }
    }

    /// An error where an index that must hold gives the archive another sum. Of one that is only remembered it does not
    /// hold against the index as it is now and the log, which `is_logged` says has proved the tree.
    fn keep_promise(&self, is_logged: bool) -> Result<(), InstallError> {
        match self.archive() {
            Some((name, Some(sum), got)) if sum.binding && sum.sha256 != *got => {
                if is_logged && self.new_sum().is_some() {
                    return Ok(());
                }
                let error = self.other_sum(name, sum.authority(), sum.sha256, *got);
                let remembered = sum.remembered.as_ref().map(|memory| memory.copy().to_owned());
                Err(InstallError::Sum(Box::new(SumMismatch { remembered, ..error })))
            }
            _ => Ok(()),
        }
    }

    /// What remembers another sum of the archive than the index lists now and the archive has.
    fn new_sum(&self) -> Option<(&Remembered, &str, [u8; 32])> {
        let (name, sum, got) = self.archive()?;
        let memory = sum.as_ref()?.remembered.as_ref()?;
        (memory.now() == Some(*got)).then_some((memory, name, *got))
    }

    /// Remembers the sum that the index lists now, which the log has proved, and says so.
    fn take_new_sum(&self, watch: &dyn Progress) {
        let Some((memory, name, got)) = self.new_sum() else { return };
        let copy = printable::path(memory.copy());
        let note = match memory.replace(name, got) {
            Ok(()) => format!(
                "the checksum database proves {name} as the index lists it now (sha256 {}); {copy} has the new sum",
                Sha256Sum(got)
            ),
            Err(error) => error,
        };
        watch.event(Event::Note(note));
    }

    /// The proof by the table of known releases.
    pub(super) fn known(&self) -> Option<Verified> {
        let (name, _, got) = self.archive()?;
        verify::prove_known(self.staged.manifest(), name, got)
    }

    /// Whether the table knows an archive of this name, and it is another one.
    fn is_known_otherwise(&self) -> bool {
        self.archive()
            .is_some_and(|(name, _, got)| verify::known_sum(name).is_some_and(|known| known != *got))
    }

    /// The error of an archive that the table knows under its name, and that is another one.
    pub(super) fn is_not_known(&self) -> InstallError {
        let (name, got) = self.archive().map_or(("", [0; 32]), |(name, _, got)| (name, *got));
        let known = verify::known_sum(name).unwrap_or_default();
        InstallError::Sum(Box::new(self.other_sum(name, TABLE.to_owned(), known, got)))
    }

    fn other_sum(&self, archive: &str, authority: String, expected: [u8; 32], got: [u8; 32]) -> SumMismatch {
        SumMismatch {
            archive: archive.to_owned(),
            source_url: self.source.clone(),
            authority,
            expected: Sha256Sum(expected),
            got: Sha256Sum(got),
            remembered: None,
        }
    }

    fn indexed(&self, subject: &str) -> Option<Verified> {
        let (name, sum, got) = self.archive()?;
        let sum = sum.as_ref().filter(|sum| sum.binding)?;
        verify::prove_indexed(self.staged.manifest(), subject, (&sum.index, name), (&sum.sha256, got))
    }

    /// Says so where an archive has another sum than the published one, although every file that is kept is the logged
    /// one.
    fn note_repacked(&self, is_known: bool, watch: &dyn Progress) {
        let Some((name, _, got)) = self.archive() else { return };
        if !is_known && verify::known_sum(name).is_some() {
            let sum = Sha256Sum(*got);
            watch.event(Event::Note(format!(
                "{} is repacked (sha256 {sum}); its files match the checksum database",
                self.source
            )));
        }
    }

    /// What the tree calls itself, where that is printable.
    fn says_it_is(&self) -> Option<String> {
        let line = goroot::version_line(self.staging.path())?;
        let printable = line.len() <= 60 && line.iter().all(u8::is_ascii_graphic) && !line.is_empty();
        printable.then(|| String::from_utf8_lossy(&line).into_owned())
    }

    /// An error where the tree calls itself another version.
    fn is_version(&self, version: &Version) -> Result<(), InstallError> {
        let found = self.says_it_is();
        if found.as_deref() == Some(version.toolchain_name().as_str()) {
            return Ok(());
        }
        Err(InstallError::OtherVersion {
            source_url: self.source.clone(),
            expected: version.toolchain_name(),
            found: found.unwrap_or_else(|| "a tree without a VERSION file".to_owned()),
        })
    }

    /// An error where its go command is built for another platform, as its own header says.
    fn is_for(&self, platform: &Platform, version: &Version) -> Result<(), InstallError> {
        let go = self.staging.path().join("bin/go");
        match host::program_arch(&go) {
            Some(found) if found != platform.arch() => Err(InstallError::OtherVersion {
                source_url: self.source.clone(),
                expected: format!("{} for {platform}", version.toolchain_name()),
                found: format!("one whose bin/go is built for {found}"),
            }),
            _ => Ok(()),
        }
    }
}

/// Whether the table of known releases has the version for this platform.
fn is_published(platform: &Platform, version: &Version) -> bool {
    verify::known_versions(platform.arch()).contains(version)
}

/// What the log recorded for `version`, where nothing else could prove it.
pub(super) fn logged(installer: &Installer<'_>, version: &Version) -> Result<LoggedSum, InstallError> {
    let module_version = installer.sources.platform().module_version(version);
    installer.lookup(&module_version).map_err(|error| unlogged(installer, version, error))
}

/// The error of a log that cannot be asked. Where all sources are directories, its answer is expected in one of them.
fn unanswered(sources: &[Source], at: String, source: Box<dyn Error + Send + Sync>) -> InstallError {
    let directories: Option<Vec<_>> = sources.iter().map(Source::directory).collect();
    match directories.unwrap_or_default().as_slice() {
        [] => InstallError::Log(LogError::Remote { at, source }),
        [directory, ..] => match directory.missing() {
            Some(missing) => InstallError::Source(missing),
            None => InstallError::NoAnswer { missing: directory.path().join("sumdb").join(at), source },
        },
    }
}

/// Why a release that the log does not prove is not proved at all.
fn unlogged(installer: &Installer<'_>, version: &Version, error: LogError) -> InstallError {
    let published = is_published(installer.sources.platform(), version);
    match error {
        LogError::Absent { .. } if !published => installer.unknown(version),
        error => InstallError::Log(error),
    }
}

/// What the built-in table is called in messages.
const TABLE: &str = "the built-in table of known releases";

impl PromisedSum {
    /// Who says so, in words.
    fn authority(&self) -> String {
        match &self.remembered {
            _ if self.by_table => TABLE.to_owned(),
            Some(memory) => {
                format!("the copy of the index {} in {}", self.index, printable::path(memory.copy()))
            }
            None => format!("the index {}", self.index),
        }
    }
}

/// Whether the archives of a release and its module hold the same files for certain.
pub(super) fn is_reproducible(version: &Version) -> bool {
    !version.is_before(21)
}
