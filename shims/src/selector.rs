//! What a pin or a `+version` argument may say: one exact version, or a prefix that means "the newest of these".
//!
//! Takes a word, gives a [`Selector`]. A selector can only choose among official versions: it is never a path.

use crate::version::Version;
use std::fmt;

/// The longest word worth reading as a version; real ones stay below 20 bytes.
const LONGEST: usize = 64;

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
        let version = if word.len() <= LONGEST {
            Version::parse(word.strip_prefix("go").unwrap_or(word))
        } else {
            None
        };
        let version = version.ok_or_else(|| NotAVersion { word: printable(word) })?;
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
        write!(formatter, "\"{}\" is not a Go version; allowed are {example}", self.word)
    }
}

impl std::error::Error for NotAVersion {}

/// At most 40 characters of `word` with everything that could move a terminal's cursor escaped.
fn printable(word: &str) -> String {
    let mut text: String = word.chars().take(40).flat_map(char::escape_debug).collect();
    if word.chars().nth(40).is_some() {
        text.push('…');
    }
    text
}
