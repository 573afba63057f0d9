//! gvmr's own releases: from a signed manifest to newer programs in place of these.
//!
//! Takes a base URL and the public key that this gvmr was built with; gives which release is offered, and puts its programs in place.
//! Guarantees that nothing of a release is used before the manifest's signature is checked, that an older release comes only
//! where it was asked for by its number, and that gvmr works after every failure. Trusts no server.

mod archive;
mod error;
mod known;
mod location;
mod manifest;
mod public_key;

pub use error::SelfUpdateError;
pub use location::{DEFAULT_DIST, ReleaseLocation};
pub use manifest::ReleaseManifest;
pub use public_key::PublicKey;

use crate::hexadecimal;
use crate::installation::{Installation, InstallationError, NewFiles};
use crate::net::Client;
use crate::store::RELEASE;
use known::KnownRelease;
use semver::Version;
use sha2::{Digest as _, Sha256};
use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

/// What an update works with.
#[derive(Debug)]
pub struct SelfUpdate<'a> {
    /// The network.
    pub client: &'a Client,
    /// Where releases are.
    pub location: ReleaseLocation,
    /// Whose signature counts.
    pub key: PublicKey,
    /// This gvmr.
    pub installation: &'a Installation,
    /// Where the newest release that was ever offered is noted.
    pub cache: &'a Path,
}

/// What an update would do.
#[derive(Debug)]
pub struct Offer {
    /// The signed manifest of the release.
    pub manifest: ReleaseManifest,
    /// What it means for this gvmr.
    pub step: UpdateStep,
}

/// From this gvmr to an offered release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStep {
    /// Both programs are of that release already.
    UpToDate,
    /// The release is newer, or the one that was asked for.
    Change,
    /// It is this release, but a program is not as it was published: an update was interrupted, or it was built elsewhere.
    Repair,
}

impl SelfUpdate<'_> {
    /// The release to update to: `version`, else the newest that is offered.
    ///
    /// [`SelfUpdateError::Older`] where what is offered is older than this gvmr and was not asked for.
    /// [`SelfUpdateError::Replayed`] where a newer one was offered before.
    pub fn offer(&self, version: Option<&Version>) -> Result<Offer, SelfUpdateError> {
        let manifest = self.location.manifest(self.client, &self.key, version)?;
        let known = KnownRelease::at(self.cache);
        let own = Version::parse(RELEASE).map_err(|_| SelfUpdateError::OwnVersion)?;
        if version.is_none() && *manifest.version() != own {
            known.refuse_older(&manifest)?;
        }
        if version.is_none() {
            known.note(&manifest);
        }
        let step = match manifest.version().cmp(&own) {
            Ordering::Equal if self.is_as_published(&manifest) => UpdateStep::UpToDate,
            Ordering::Equal => UpdateStep::Repair,
            Ordering::Less if version.is_none() => {
                return Err(SelfUpdateError::Older {
                    offered: manifest.version().clone(),
                    from: manifest.from().clone(),
                });
            }
            Ordering::Less | Ordering::Greater => UpdateStep::Change,
        };
        Ok(Offer { manifest, step })
    }

    /// Fetches the release and puts it in place; gives the paths of the files. `progress` gets the bytes that have come, and says
    /// whether to go on.
    pub fn apply(
        &self,
        offer: &Offer,
        progress: &dyn Fn(u64) -> bool,
    ) -> Result<Vec<PathBuf>, SelfUpdateError> {
        let replacement = self.installation.replacement()?; // what cannot be replaced is not fetched
        let manifest = &offer.manifest;
        let extras = self.installation.extras();
        let new: NewFiles = archive::fetch(self.client, &self.location, manifest, &extras, progress)?;
        let is_cancelled = || !progress(0);
        Ok(replacement.put(&new, &manifest.version().to_string(), &is_cancelled)?)
    }

    /// Refuses what an update could not replace, before anything is asked for.
    pub fn check_installation(&self) -> Result<(), InstallationError> {
        self.installation.replacement().map(drop)
    }

    fn is_as_published(&self, manifest: &ReleaseManifest) -> bool {
        let programs = &self.installation.programs;
        [("gvmr", &programs.program), ("gvmr-shim", &programs.shim)].into_iter().all(|(name, path)| {
            let published = manifest.program(name).map(|file| file.sha256.clone());
            let found = fs::read(path).ok().map(|bytes| hexadecimal::digits(&Sha256::digest(bytes)));
            published.is_some() && published == found
        })
    }
}
