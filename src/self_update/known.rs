//! The newest release that this home has ever seen a signed manifest of.
//!
//! A server that shows an old manifest keeps a machine at an old release. So what was seen is noted, and what is older is refused. The
//! note may be lost; then the next manifest counts again.

use super::{ReleaseManifest, SelfUpdateError};
use crate::store;
use gvmr_core::sys::bounded::{self, PIN_LIMIT};
use semver::Version;
use std::path::{Path, PathBuf};

/// The note's name in the cache.
const NAME: &str = "gvmr-release";

/// The note.
pub(super) struct KnownRelease {
    file: PathBuf,
    newest: Option<(Version, String)>,
}

impl KnownRelease {
    /// What the cache says. A note that cannot be read counts as none.
    pub(super) fn at(cache: &Path) -> Self {
        let file = cache.join(NAME);
        let text =
            bounded::read(&file, PIN_LIMIT).ok().flatten().and_then(|text| String::from_utf8(text).ok());
        let newest = text.as_deref().and_then(|text| {
            let (version, date) = text.trim_end().split_once(' ')?;
            Some((Version::parse(version).ok()?, date.to_owned()))
        });
        Self { file, newest }
    }

    /// [`SelfUpdateError::Replayed`] where a newer release than this one was seen.
    pub(super) fn refuse_older(&self, manifest: &ReleaseManifest) -> Result<(), SelfUpdateError> {
        match &self.newest {
            Some((newest, date)) if newest > manifest.version() => Err(SelfUpdateError::Replayed {
                offered: manifest.version().clone(),
                seen: format!("{newest} of {date}"),
                from: manifest.from().clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Notes a release that is newer. Without a cache it is not noted.
    pub(super) fn note(&self, manifest: &ReleaseManifest) {
        if self.newest.as_ref().is_none_or(|(newest, _)| newest < manifest.version())
            && self.file.parent().is_some_and(Path::is_dir)
        {
            let line = format!("{} {}\n", manifest.version(), manifest.date());
            let _ = store::replace(&self.file, line.as_bytes(), 0o644);
        }
    }
}
