//! A directory of archives, or a single one: a USB stick, a shared folder, a download by hand.

use super::archive_name::ArchiveName;
use super::archives::Found;
use super::error::{AttemptOutcome, SourceError, Tried};
use super::fetched::{Fetched, Form};
use super::listing::{KnownFrom, Listing};
use crate::host::Platform;
use crate::net::{Client, NetError, Url};
use crate::unpack::Format;
use gvmr_core::gover::version::Version;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Archives on a file system.
#[derive(Clone, Debug)]
pub struct ArchiveDirectory {
    client: Client,
    platform: Platform,
    /// Whether only builds for musl are taken, or none of them.
    musl: bool,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Directory(PathBuf),
    File(PathBuf),
}

impl ArchiveDirectory {
    /// The archives for `platform` in `directory`.
    pub fn new(client: &Client, platform: Platform, directory: &Path) -> Self {
        let client = client.clone();
        Self { client, platform, musl: false, place: Place::Directory(directory.to_owned()) }
    }

    /// One archive. `name` is what its file name says.
    pub fn file(client: &Client, name: &ArchiveName, file: &Path) -> Self {
        let client = client.clone();
        Self { client, platform: name.platform.clone(), musl: name.musl, place: Place::File(file.to_owned()) }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        let (Place::Directory(path) | Place::File(path)) = &self.place;
        path
    }

    /// Whether it is more than one archive.
    pub(super) fn is_directory(&self) -> bool {
        matches!(self.place, Place::Directory(_))
    }

    /// Whether the module of `version` lies there.
    pub(super) fn has_module(&self, version: &Version) -> bool {
        let is_module =
            |(name, _): &(ArchiveName, PathBuf)| name.version == *version && name.format.is_none();
        self.files().is_ok_and(|files| files.iter().any(is_module))
    }

    /// The error of a directory that is not there.
    pub fn missing(&self) -> Option<SourceError> {
        let outcome = self.files().err()?;
        let wanted = format!("an archive for {}", self.platform);
        Some(SourceError { wanted, tried: vec![Tried::at_once(outcome)], ended_early: false })
    }

    pub(super) fn platform(&self) -> &Platform {
        &self.platform
    }

    pub(super) fn is_for_musl(&self) -> bool {
        self.musl
    }

    /// All releases that lie there.
    pub fn listed(&self) -> Listing {
        let mut listing = Listing::default();
        match self.files() {
            Ok(files) => listing.add(files.into_iter().map(|(name, _)| name.version), KnownFrom::Directory),
            Err(outcome) => listing.failed.push(Tried::at_once(outcome)),
        }
        listing.versions.sort();
        listing.versions.dedup();
        listing
    }

    /// The newest release there among those for which `wanted` is true.
    pub(super) fn newest(&self, wanted: impl Fn(&Version) -> bool) -> Result<Found, SourceError> {
        let Listing { versions, failed: tried, .. } = self.listed();
        if !tried.is_empty() {
            return Err(SourceError { wanted: String::new(), tried, ended_early: false });
        }
        let version = versions.into_iter().rfind(|version| wanted(version)).ok_or_else(|| {
            let tried = vec![Tried::at_once(self.lacking())];
            SourceError { wanted: String::new(), tried, ended_early: false }
        })?;
        Ok(Found { version, fresh: true, failure: None, is_by_table: false, notes: Vec::new() })
    }

    /// The archive of `version`: a module's zip before archives, those in the order tar.gz, tar.xz, zip.
    pub fn fetch(&self, version: &Version) -> Result<Fetched, SourceError> {
        let rank = |format: Option<Format>| match format {
            None => 0,
            Some(Format::TarGz) => 1,
            Some(Format::TarXz) => 2,
            Some(Format::Zip) => 3,
        };
        let wanted = format!("{} for {}", version.toolchain_name(), self.platform);
        let tried = |outcome| SourceError {
            wanted: wanted.clone(),
            tried: vec![Tried::at_once(outcome)],
            ended_early: false,
        };
        let failed = |error| tried(AttemptOutcome::Net(error));
        let files = self.files().map_err(tried)?;
        let found = files
            .into_iter()
            .filter(|(name, _)| name.version == *version)
            .min_by_key(|(name, _)| rank(name.format));
        let Some((name, path)) = found else {
            return Err(tried(self.lacking()));
        };
        let url = Url::from_file_path(&path).map_err(|()| tried(self.lacking()))?;
        let body = self.client.open(&url).map_err(failed)?;
        let form = name.format.map_or(Form::Module, |format| Form::Archive {
            format,
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            sum: None,
        });
        Ok(Fetched { body, form, passed_over: Vec::new(), notes: Vec::new() })
    }

    /// What lies there for the platform.
    fn files(&self) -> Result<Vec<(ArchiveName, PathBuf)>, AttemptOutcome> {
        let paths = match &self.place {
            Place::File(path) => vec![path.clone()],
            Place::Directory(directory) => {
                let listed = std::fs::read_dir(directory);
                let entries = listed.map_err(|error| match error.kind() {
                    ErrorKind::NotFound => AttemptOutcome::NoDirectory { path: directory.clone() },
                    _ => AttemptOutcome::Net(NetError::of_path(directory, &error)),
                })?;
                // A FIFO by such a name must not hide the archives beside it.
                entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect()
            }
        };
        let named = paths.into_iter().filter_map(|path| {
            let name = ArchiveName::parse(path.file_name()?.to_str()?)?;
            Some((name, path))
        });
        Ok(named.filter(|(name, _)| name.platform == self.platform && name.musl == self.musl).collect())
    }

    fn lacking(&self) -> AttemptOutcome {
        AttemptOutcome::Lacking { path: self.path().to_owned() }
    }
}
