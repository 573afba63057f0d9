//! The sources in the user's order: one after the other, until one has what is asked for.
//!
//! A source that fails passes on to the next, and what it said is kept. An answer that is known to be old counts only
//! where no later source gives a fresh one.

use super::archive_name::{self, ArchiveName};
use super::archives::Archives;
use super::directory::ArchiveDirectory;
use super::error::SourceError;
use super::fetched::Fetched;
use super::goproxy::Goproxy;
use super::listing::Listing;
use super::race::Lane;
use crate::host::Platform;
use crate::net::{Client, NetError, Url};
use crate::verify::known_versions;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use std::path::Path;
use std::time::Duration;

/// One source.
#[derive(Clone, Debug)]
pub enum Source {
    /// Release archives from mirrors.
    Archives(Box<Archives>),
    /// Toolchain modules through a list of module proxies.
    Goproxy(Goproxy),
    /// Archives on a file system.
    Directory(ArchiveDirectory),
}

/// All sources for one platform.
#[derive(Debug)]
pub struct Sources {
    pub(super) client: Client,
    platform: Platform,
    pub(super) entries: Vec<Source>,
    musl: Option<Source>,
}

impl Sources {
    /// Sources in the order in which they are asked. `musl` has builds for musl, for releases whose official build
    /// needs another C library.
    pub fn new(client: &Client, platform: Platform, mut entries: Vec<Source>, musl: Option<Source>) -> Self {
        if entries.len() > 1 {
            for source in &mut entries {
                if let Source::Archives(archives) = source {
                    archives.beside_others();
                }
            }
        }
        Self { client: client.clone(), platform, entries, musl }
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The sources, in order.
    pub fn entries(&self) -> &[Source] {
        &self.entries
    }

    /// What `ask` gives, while the servers of `next` are tried where that takes long.
    pub fn probing<T>(&self, next: &[Source], ask: impl FnOnce() -> T) -> T {
        self.client.probing(next.iter().flat_map(Source::servers).collect(), ask)
    }

    /// One archive on this machine as a source.
    pub fn file(&self, name: &ArchiveName, file: &Path) -> ArchiveDirectory {
        ArchiveDirectory::file(&self.client, name, file)
    }

    /// The source of builds for musl, where the user named one.
    pub fn musl(&self) -> Option<&Source> {
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

    /// The releases that an index lists which was read in this run.
    pub fn indexed(&self) -> Vec<Version> {
        let archives = self.entries.iter().filter_map(|source| match source {
            Source::Archives(archives) => Some(archives.indexed()),
            Source::Goproxy(_) | Source::Directory(_) => None,
        });
        archives.flatten().collect()
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

    pub(super) fn describe(&self, selector: Option<&Selector>) -> String {
        let named = selector
            .map_or_else(|| "any release".to_owned(), |selector| format!("any release of {selector}"));
        format!("{named} for {}", self.platform)
    }
}

impl Source {
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
            // The table knows no modules, and of both kinds the module is taken.
            Self::Directory(directory) if directory.has_module(version) => return false,
            Self::Directory(directory) => directory.platform(),
            Self::Goproxy(_) => return false,
        };
        archive_name::known(version, platform).is_some()
    }

    /// The directory that it is.
    pub fn directory(&self) -> Option<&ArchiveDirectory> {
        match self {
            Self::Directory(directory) => Some(directory).filter(|directory| directory.is_directory()),
            Self::Archives(_) | Self::Goproxy(_) => None,
        }
    }

    /// Whom it asks.
    pub fn servers(&self) -> Vec<Url> {
        match self {
            Self::Archives(archives) => archives.servers(),
            Self::Goproxy(goproxy) => goproxy.servers(),
            Self::Directory(_) => Vec::new(),
        }
    }

    /// Whether it could not be connected to a few minutes ago: then it is asked last.
    pub fn is_doubtful(&self) -> bool {
        match self {
            Self::Archives(archives) => archives.is_doubtful(),
            Self::Goproxy(goproxy) => goproxy.is_doubtful(),
            Self::Directory(_) => false,
        }
    }

    /// Takes down that it has been silent for `after`, and gives a line about it that names the setting to change; `all` are the
    /// sources that the user has. `None` where it is not known whom it asks.
    pub fn is_silent(&self, after: Duration, all: &[&Self]) -> Option<String> {
        let (error, setting) = match self {
            Self::Archives(archives) if archives.is_reading_index() => {
                return self.index_is_silent(after, all);
            }
            Self::Archives(archives) => (archives.mirror_is_silent(after)?, "GVMR_MIRROR"),
            Self::Goproxy(goproxy) => (goproxy.is_silent(after)?, "GOPROXY"),
            Self::Directory(_) => return None,
        };
        Some(self.silence(&error, after, setting, all))
    }

    /// The same of a moving word, for which archives need their index alone.
    pub(super) fn index_is_silent(&self, after: Duration, all: &[&Self]) -> Option<String> {
        match self {
            Self::Archives(archives) => {
                let error = archives.index_is_silent(after)?;
                Some(self.silence(&error, after, "GVMR_INDEX=off", all))
            }
            _ => self.is_silent(after, all),
        }
    }

    /// `https://go.dev/dl did not answer within 3 s; to skip it, set GVMR_SOURCES=goproxy or GVMR_MIRROR`, of which the first is
    /// named only where that source asks another host.
    fn silence(&self, error: &NetError, after: Duration, setting: &str, all: &[&Self]) -> String {
        let silent = host(error.url.as_str());
        let asks_another = |source: &&&Self| source.servers().iter().any(|url| host(url.as_str()) != silent);
        let alone = all.iter().filter(asks_another).find_map(|source| match (self, source) {
            (Self::Archives(_), Self::Goproxy(_)) => Some("GVMR_SOURCES=goproxy or "),
            (Self::Goproxy(_), Self::Archives(_)) => Some("GVMR_SOURCES=archive or "),
            _ => None,
        });
        let (seconds, alone) = (after.as_secs(), alone.unwrap_or_default());
        format!("{} did not answer within {seconds} s; to skip it, set {alone}{setting}", error.url)
    }

    /// The toolchain of `version`, on its way, in a race of sources. `logged` says that the log knows it.
    pub fn fetch(&self, version: &Version, logged: bool, lane: &Lane) -> Result<Fetched, SourceError> {
        match self {
            Self::Archives(archives) => archives.noting(&lane.state).fetch(version, logged, lane.others_left),
            Self::Goproxy(goproxy) => {
                let goproxy = goproxy.noting(&lane.state);
                if lane.others_left { goproxy.hurried().fetch(version) } else { goproxy.fetch(version) }
            }
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

/// The host and port of an address.
fn host(address: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(address).ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()))
}
