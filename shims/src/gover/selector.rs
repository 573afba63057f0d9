//! What a pin or a `+version` argument may say: one exact version, or a prefix that means "the newest of these".
//!
//! Takes a word, gives a [`Selector`]. A selector can only choose among official versions: it is never a path.

use crate::gover::version::Version;
use crate::sys::printable;
use std::fmt;

/// The longest word worth reading as a version; real ones stay below 20 bytes.
const MAX_LENGTH: usize = 64;

/// A choice of version: `1.23.4` and `1.24rc1` are exact, `1.23` and `1` mean the newest release below them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    version: Version,
    exact: bool,
}

/// Why a word is not a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAVersion {
    /// The word as written, cut to a printable length, control characters escaped.
    pub word: String,
}

impl Selector {
    /// Parses `1.23`, `1.23.4`, `go1.23.4` or `1.24rc1`.
    pub fn parse(word: &str) -> Result<Self, NotAVersion> {
        let version = if word.len() <= MAX_LENGTH {
            Version::parse(word.strip_prefix("go").unwrap_or(word))
        } else {
            None
        };
        let version = version.ok_or_else(|| NotAVersion { word: printable::word(word) })?;
        // `1.20` is a prefix although it also names a release: people who write it mean its newest patch.
        let exact = version.spells_patch() || version.is_prerelease();
        Ok(Self { version: version.as_released(), exact })
    }

    /// A selector for exactly this version.
    pub fn exact(version: &Version) -> Self {
        Self { version: version.as_released(), exact: true }
    }

    /// The one version this names, or `None` for a prefix such as `1.23`.
    pub fn as_exact(&self) -> Option<&Version> {
        self.exact.then_some(&self.version)
    }

    /// The version text as it is matched: `1.23`, `1.23.4`.
    pub fn as_str(&self) -> &str {
        self.version.as_str()
    }

    /// Whether `candidate` is what this selector means. A prefix never means a pre-release.
    pub fn matches(&self, candidate: &Version) -> bool {
        if self.exact {
            return *candidate == self.version;
        }
        if candidate.is_prerelease() {
            return false;
        }
        let prefix = self.version.as_str();
        if prefix.contains('.') {
            candidate.language().as_str() == prefix
        } else {
            candidate.as_str().split('.').next() == Some(prefix)
        }
    }

    /// The newest of `candidates` that this selector means.
    pub fn newest<'a>(&self, candidates: impl IntoIterator<Item = &'a Version>) -> Option<&'a Version> {
        candidates.into_iter().filter(|candidate| self.matches(candidate)).max()
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(formatter)
    }
}

impl fmt::Display for NotAVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let example = "1.23, 1.23.4, go1.23.4 or 1.24rc1";
        write!(formatter, "\"{}\" is not a Go version; use {example}", self.word)
    }
}

impl std::error::Error for NotAVersion {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn selector(word: &str) -> Selector {
        Selector::parse(word).unwrap()
    }

    fn newest(word: &str, candidates: &[&str]) -> Option<String> {
        let candidates: Vec<Version> = candidates.iter().map(|text| Version::parse(text).unwrap()).collect();
        selector(word).newest(&candidates).map(Version::to_string)
    }

    #[test]
    fn a_patch_or_a_prerelease_is_exact() {
        for (word, exact) in [
            ("1.23.4", Some("1.23.4")),
            ("go1.23.4", Some("1.23.4")),
            ("1.24rc1", Some("1.24rc1")),
            ("1.20.0", Some("1.20")),
            ("1.21.0", Some("1.21.0")),
            ("1.23", None),
            ("1.20", None),
            ("1", None),
        ] {
            assert_eq!(selector(word).as_exact().map(Version::as_str), exact, "{word}");
        }
        let release = Version::parse("1.20").unwrap();
        assert_eq!(Selector::exact(&release).as_exact().unwrap().as_str(), "1.20");
    }

    #[test]
    fn a_prefix_means_the_newest_release_below_it() {
        let installed = ["1.2", "1.20.14", "1.21rc2", "1.22.9", "1.22.10", "1.23rc1", "2.0"];
        assert_eq!(newest("1.22", &installed).as_deref(), Some("1.22.10"));
        assert_eq!(newest("1.2", &installed).as_deref(), Some("1.2"));
        assert_eq!(newest("1.20", &installed).as_deref(), Some("1.20.14"));
        assert_eq!(newest("1", &installed).as_deref(), Some("1.22.10"));
        assert_eq!(newest("1.23", &installed), None);
        assert_eq!(newest("1.23rc1", &installed).as_deref(), Some("1.23rc1"));
        assert_eq!(newest("1.22.8", &installed), None);
    }

    #[test]
    fn paths_options_and_ranges_are_not_versions() {
        for word in
            ["../../x", "/usr/local/go", "-v", "latest", "1.22.x", ">=1.21", "go", "", "1 22", "1.22\0"]
        {
            assert!(Selector::parse(word).is_err(), "{word:?}");
        }
        assert!(Selector::parse(&format!("1.{}", "9".repeat(63))).is_err());
    }

    #[test]
    fn a_word_is_shown_cut_and_without_control_characters() {
        let wrong = Selector::parse(&format!("\u{1b}[2J{}", "x".repeat(100))).unwrap_err();
        assert!(wrong.to_string().is_ascii() || wrong.word.ends_with('…'));
        assert!(!wrong.word.contains('\u{1b}') && wrong.word.chars().count() < 60, "{}", wrong.word);
    }

    proptest! {
        #[test]
        fn any_word_is_a_selector_or_an_error(word in any::<String>()) {
            match Selector::parse(&word) {
                Ok(selector) => prop_assert_eq!(Selector::parse(selector.as_str()), Ok(selector.clone())),
                Err(wrong) => prop_assert!(!wrong.word.chars().any(char::is_control)),
            }
        }
    }
}
