//! The one pipeline: a version goes in, a committed toolchain comes out.
//!
//! Takes a version that someone asked for; guarantees that what is committed was proved by the log before, and that
//! a failure at any point leaves the home's versions as they were. Never speaks to a terminal.

mod choose;
mod error;
mod nearest;
mod watch;

pub use choose::{choose, released};
pub use error::InstallError;
pub use watch::{Event, Watch};

use crate::host::Platform;
use crate::sources::{Goproxy, SourceError};
use crate::store::{Commit, Store, Toolchain};
use crate::unpack::{self, Limits};
use crate::verify;
use gvmr_shims::version::Version;
use watch::Watched;

/// The module that every toolchain is a version of.
pub const MODULE: &str = "golang.org/toolchain";

/// Room for the tree and its manifest, in bytes: the largest known toolchain unpacks to 444 MB.
const SPACE: u64 = 512 << 20;

/// All that installing needs, borrowed from its owners.
pub struct Installer<'a> {
    /// Where toolchains are committed.
    pub store: &'a Store,
    /// What they must run on.
    pub platform: &'a Platform,
    /// Where their bytes come from.
    pub goproxy: &'a Goproxy<'a>,
    /// What proves them.
    pub log: &'a verify::Client<'a>,
}

/// How an install ended well.
#[derive(Debug)]
pub enum Outcome {
    /// It was fetched, proved and committed now.
    Installed(Toolchain),
    /// It was there already, or another process has just committed it.
    Present(Toolchain),
}

impl Outcome {
    /// The toolchain, whoever installed it.
    pub fn toolchain(&self) -> &Toolchain {
        let (Self::Installed(toolchain) | Self::Present(toolchain)) = self;
        toolchain
    }
}

impl Installer<'_> {
    /// Installs exactly `version`, unless it is there.
    pub fn install(&self, version: &Version, watch: &dyn Watch) -> Result<Outcome, InstallError> {
        let lock = self.store.lock(
            version,
            &|holder| watch.event(Event::Waiting { pid: holder.pid }),
            &|| watch.cancelled(),
        )?;
        if let Some(present) = self.store.toolchain(version)? {
            return Ok(Outcome::Present(present));
        }
        self.store.require_space(SPACE)?;
        let module_version = module_version(version, self.platform);

        watch.event(Event::Proving);
        let logged = self.log.lookup(MODULE, &module_version).map_err(|error| self.unknown(version, error))?;

        let fetched = self.goproxy.fetch(version).map_err(|error| self.absent(version, error))?;
        for note in fetched.notes() {
            watch.event(Event::Note(note.clone()));
        }
        let source = fetched.source().to_owned();
        watch.event(Event::Fetching { source: source.clone(), length: fetched.length() });

        let staging = self.store.stage(&lock)?;
        let prefix = format!("{MODULE}@{module_version}/");
        let mut body = Watched::new(fetched, watch);
        let staged = unpack::module_zip(&mut body, &prefix, staging.path(), &Limits::default())
            .map_err(|error| InstallError::unpack(error, watch.cancelled(), version, &source))?;

        watch.event(Event::Committing);
        let verified = verify::prove(staged.manifest(), logged)
            .map_err(|mismatch| InstallError::Mismatch { source: source.clone(), mismatch })?;
        let facts = Commit { source, platform: self.platform.to_string() };
        Ok(Outcome::Installed(self.store.commit(&lock, staging, staged, verified, facts)?))
    }

    /// A version the log does not have is an unknown version; everything else stays what it is.
    fn unknown(&self, version: &Version, error: verify::LogError) -> InstallError {
        if error.is_absent() { self.unknown_version(version) } else { InstallError::Log(error) }
    }

    fn absent(&self, version: &Version, error: SourceError) -> InstallError {
        if error.is_absent() { self.unknown_version(version) } else { InstallError::Source(error) }
    }

    fn unknown_version(&self, version: &Version) -> InstallError {
        let listing = self.goproxy.listed();
        let nearest = nearest::nearest(version, &listing.versions);
        InstallError::Unknown { wanted: version.to_string(), platform: self.platform.to_string(), nearest }
    }
}

/// The version of [`MODULE`] that holds a release: `v0.0.1-go1.22.10.linux-amd64`.
pub fn module_version(version: &Version, platform: &Platform) -> String {
    format!("v0.0.1-{}.{platform}", version.toolchain_name())
}
