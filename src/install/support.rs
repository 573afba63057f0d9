//! Which releases Go still supports, by its rule: a minor version gets fixes until two newer ones are out.
//!
//! Takes a version and the newest release that is known, gives the state. Holds no dates and no table, which would go
//! stale. Pure.

use gvmr_core::gover::version::Version;
use serde::Serialize;
use std::collections::BTreeMap;

/// Minor versions that Go supports at a time.
const SUPPORTED_MINORS: u64 = 2;

/// Whether Go still fixes a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupportState {
    /// One of the two newest minor versions.
    Supported,
    /// Two newer minor versions are out.
    EndOfLife,
    /// A beta or a release candidate.
    Prerelease,
}

impl SupportState {
    /// The state of `version` where `newest` is the newest release.
    pub fn of(version: &Version, newest: &Version) -> Self {
        if version.is_prerelease() {
            return Self::Prerelease;
        }
        let is_supported = match (version.numbers(), newest.numbers()) {
            (Some((major, minor, _)), Some((newest_major, newest_minor, _))) => {
                (major, minor.saturating_add(SUPPORTED_MINORS)) > (newest_major, newest_minor)
            }
            _ => true, // beyond 64 bits: newer than anything known
        };
        if is_supported { Self::Supported } else { Self::EndOfLife }
    }

    /// The same where `newest` is the newest release that is proved to exist; `None` for one of a later minor version.
    pub fn known(version: &Version, newest: &Version) -> Option<Self> {
        let is_later = version.language() > newest.language() && !version.is_prerelease();
        (!is_later).then(|| Self::of(version, newest))
    }

    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::EndOfLife => "end of life",
            Self::Prerelease => "pre-release",
        }
    }
}

/// The oldest minor version that Go supports where `newest` is the newest release: `1.26` for `1.27.4`.
pub fn oldest_supported(newest: &Version) -> Option<Version> {
    let (major, minor, _) = newest.numbers()?;
    Version::parse(&format!("{major}.{}", minor.checked_sub(SUPPORTED_MINORS - 1)?))
}

/// The newest release of each minor version; a pre-release where there is nothing else.
pub fn newest_of_minors(released: &[Version]) -> BTreeMap<Version, &Version> {
    let mut newest: BTreeMap<Version, &Version> = BTreeMap::new();
    for version in released {
        let lead = newest.entry(version.language()).or_insert(version);
        *lead = version.max(lead); // a pre-release sorts before its release
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_newest_minors_are_supported_whatever_they_are() {
        let version = |text: &str| Version::parse(text).unwrap();
        for (text, newest, expected) in [
            ("1.27.4", "1.27.4", SupportState::Supported),
            ("1.26.0", "1.27.4", SupportState::Supported),
            ("1.25.14", "1.27.4", SupportState::EndOfLife),
            ("1.25.14", "1.26.11", SupportState::Supported),
            ("1.20", "1.27.4", SupportState::EndOfLife),
            ("1.28rc1", "1.27.4", SupportState::Prerelease),
            ("1.28.0", "1.27.4", SupportState::Supported),
            ("1.98.1", "1.99.2", SupportState::Supported),
        ] {
            assert_eq!(SupportState::of(&version(text), &version(newest)), expected, "{text} of {newest}");
        }
        assert_eq!(oldest_supported(&version("1.27.4")), Some(version("1.26")));
        assert_eq!(oldest_supported(&version("1.0.3")), None);
    }
}
