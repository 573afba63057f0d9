//! The sources in the user's order: one after the other, until one has what is asked for.
//!
//! A source that fails passes on to the next, and what it said is kept. An answer that is known to be old counts only
//! where no later source gives a fresh one.

use super::archive_name::{self, ArchiveName};
use super::archives::{Archives, Found};
use super::directory::ArchiveDirectory;
use super::error::SourceError;
use super::fetched::Fetched;
use super::goproxy::{Goproxy, Listing};
use super::newest::Newest;
use crate::host::Platform;
use crate::net::Client;
use crate::verify::known_versions;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use std::path::Path;

/// One source.
#[derive(Debug)]
pub enum Source<'c> {
    /// Release archives from mirrors.
    Archives(Box<Archives<'c>>),
    /// Toolchain modules through a list of module proxies.
    Goproxy(Goproxy<'c>),
    /// Archives on a file system.
    Directory(ArchiveDirectory<'c>),
}

/// All sources for one platform.
#[derive(Debug)]
pub struct Sources<'c> {
    client: &'c Client,
    platform: Platform,
    entries: Vec<Source<'c>>,
    musl: Option<Source<'c>>,
}

impl<'c> Sources<'c> {
    /// Sources in the order in which they are asked. `musl` has builds for musl, for releases whose official build
    /// needs another C library.
    pub fn new(
        client: &'c Client,
        platform: Platform,
        entries: Vec<Source<'c>>,
        musl: Option<Source<'c>>,
    ) -> Self {
        Self { client, platform, entries, musl }
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The sources, in order.
    pub fn entries(&self) -> &[Source<'c>] {
        &self.entries
    }

    /// One archive on this machine as a source.
    pub fn file(&self, name: &ArchiveName, file: &Path) -> ArchiveDirectory<'c> {
        ArchiveDirectory::file(self.client, name, file)
    }

    /// The source of builds for musl, where the user named one.
    pub fn musl(&self) -> Option<&Source<'c>> {
        self.musl.as_ref()
    }

    /// What the sources list together. Once a fresh index has been read no further proxy is asked.
    pub fn listed(&self) -> Listing {
        let mut listing = Listing::default();
        let mut fresh = false;
        for source in &self.entries {
            match source {
                Source::Archives(archives) => {
                    listing.join(archives.listed());
                    fresh = archives.is_fresh();
                }
                Source::Goproxy(_) if fresh => {}
                Source::Goproxy(goproxy) => listing.join(goproxy.listed()),
                Source::Directory(directory) => listing.join(directory.listed()),
            }
        }
        listing
    }

    /// The releases that are known without asking anybody.
    pub fn known(&self) -> Vec<Version> {
        known_versions(self.platform.arch())
    }

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
        let mut old: Option<Found> = None;
        let mut failures = Vec::new();
        for source in &self.entries {
            let found = match source {
                Source::Goproxy(goproxy) => match goproxy.newest(selector) {
                    Ok(newest) => return Ok(newest),
                    Err(error) => Err(error),
                },
                Source::Archives(archives) => archives.newest(wanted, exists),
                Source::Directory(directory) => Ok(directory.newest(wanted)),
            };
            match found {
                Ok(Some(found)) if found.fresh => return Ok(Newest::found(found, &[])),
                Ok(found) => old = old.or(found),
                Err(error) => failures.push(error),
            }
        }
        match old {
            Some(found) => Ok(Newest::found(found, &failures)),
            None => Err(SourceError::joined(self.describe(selector), failures)),
        }
    }

    /// The error of sources that all forbid asking for anything, the log included.
    pub fn forbidden(&self, version: &Version) -> Option<SourceError> {
        let mut forbidden = None;
        for source in &self.entries {
            match source {
                Source::Goproxy(goproxy) => forbidden = Some(goproxy.forbidden(version)?),
                Source::Archives(_) | Source::Directory(_) => return None,
            }
        }
        forbidden
    }

    fn describe(&self, selector: Option<&Selector>) -> String {
        let named = selector
            .map_or_else(|| "any release".to_owned(), |selector| format!("any release of {selector}"));
        format!("{named} for {}", self.platform)
    }
}

impl Source<'_> {
    /// Whether all it has are builds for musl.
    pub fn is_for_musl(&self) -> bool {
        match self {
            Self::Archives(archives) => archives.is_for_musl(),
            Self::Goproxy(_) => false,
            Self::Directory(directory) => directory.is_for_musl(),
        }
    }

    /// Whether it may have an archive of `version` whose sha256 this program has known since it was built.
    pub fn is_known(&self, version: &Version) -> bool {
        let platform = match self {
            Self::Archives(archives) => archives.platform(),
            Self::Directory(directory) => directory.platform(),
            Self::Goproxy(_) => return false,
        };
        archive_name::known(version, platform).is_some()
    }

    /// The toolchain of `version`, on its way.
    pub fn fetch(&self, version: &Version) -> Result<Fetched, SourceError> {
        match self {
            Self::Archives(archives) => archives.fetch(version),
            Self::Goproxy(goproxy) => goproxy.fetch(version),
            Self::Directory(directory) => directory.fetch(version),
        }
    }

    /// The sources of `version` on their way: a source archive, or a module, which holds them too. A directory is not
    /// searched for them.
    pub fn fetch_source(&self, version: &Version) -> Option<Result<Fetched, SourceError>> {
        match self {
            Self::Archives(archives) => Some(archives.fetch_source(version)),
            Self::Goproxy(goproxy) => Some(goproxy.fetch(version)),
            Self::Directory(_) => None,
        }
    }
}
