//! The one pipeline: a version goes in, a committed toolchain comes out.
//!
//! Takes a version that someone asked for; guarantees that what is committed was proved by the log before, and that
//! a failure at any point leaves the home's versions as they were. Never speaks to a terminal.

mod audit;
mod choose;
mod error;
mod log;
mod nearest;
mod watch;

pub use audit::{Audit, Verdict, audit};
pub use choose::{choose, released};
pub use error::InstallError;
pub use log::Log;
pub use watch::{Event, Watch};

use crate::request::Request;
use crate::sources::{Goproxy, MODULE};
use crate::store::{Committed, Facts, Store, StoreError, Toolchain};
use crate::unpack::{self, Limits};
use crate::verify::{self, LogError};
use gvmr_shims::selector::Selector;
use gvmr_shims::version::Version;
use watch::Watched;

/// Room that a toolchain needs, in bytes and files: the largest known one has 444 MB in 8,710 files.
const SPACE: (u64, u64) = (512 << 20, 16_384);

/// All that installing needs, borrowed from its owners.
pub struct Installer<'a> {
    /// Where toolchains are committed.
    pub store: &'a Store,
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
        if let Some(present) = self.store.toolchain(version)? {
            return Ok(Outcome::Present(present));
        }
        self.make_room()?;
        let lock = self.store.lock(
            version,
            &|holder| watch.event(Event::Waiting { holder: holder.to_string() }),
            &|| watch.cancelled(),
        )?;
        if let Some(present) = self.store.toolchain(version)? {
            return Ok(Outcome::Present(present));
        }
        if let Some(forbidden) = self.goproxy.forbidden(version) {
            return Err(InstallError::Source(forbidden));
        }

        watch.event(Event::Proving);
        let module_version = self.goproxy.platform().module_version(version);
        let logged =
            self.log.lookup(MODULE, &module_version).map_err(|error| self.unlogged(version, error))?;
        for warning in logged.warnings() {
            watch.event(Event::Note(warning.to_string()));
        }

        let fetched = self.goproxy.fetch(version)?;
        for tried in fetched.passed_over() {
            watch.event(Event::Note(format!("passed over: {tried}")));
        }
        let source = fetched.source().to_string();
        let body = fetched.into_body();
        let whole = body.length().is_some();
        watch.event(Event::Fetching { source: source.clone(), length: body.length() });

        let staging = self.store.stage(&lock)?;
        let prefix = format!("{MODULE}@{module_version}/");
        let mut body = Watched::new(body, watch);
        let staged = unpack::module_zip(&mut body, &prefix, staging.path(), &Limits::default())
            .map_err(|error| InstallError::unpack(error, watch.cancelled(), whole, version, &source))?;
        let verified = verify::prove(staged.manifest(), logged).map_err(|mismatch| {
            InstallError::Mismatch { source_url: source.clone(), mismatch: Box::new(mismatch) }
        })?;

        watch.event(Event::Committing);
        let facts = Facts { source, gvmr: env!("CARGO_PKG_VERSION").to_owned() };
        match self.store.commit(staging, staged, verified, facts)? {
            Committed::New(toolchain) => Ok(Outcome::Installed(toolchain)),
            Committed::Existing(toolchain) => Ok(Outcome::Present(toolchain)),
        }
    }

    /// Checks that a toolchain fits, once more after removing what interrupted installs left. That is not done
    /// unasked: on ext4, creating files right after removing many takes seconds longer.
    fn make_room(&self) -> Result<(), InstallError> {
        match self.store.check_space(SPACE.0, SPACE.1) {
            Err(StoreError::NoSpace { .. }) => {
                self.store.sweep()?;
                Ok(self.store.check_space(SPACE.0, SPACE.1)?)
            }
            result => Ok(result?),
        }
    }

    /// A version that the log does not have is an unknown version; everything else stays what it is.
    fn unlogged(&self, version: &Version, error: LogError) -> InstallError {
        if matches!(error, LogError::Absent { .. }) {
            self.unknown(version)
        } else {
            InstallError::Log(error)
        }
    }

    fn unknown(&self, version: &Version) -> InstallError {
        choose::unknown(&Request::Selector(Selector::exact(version)), self)
    }
}
