//! The grammar of a version word, wherever one is written: `.go-version`, `.tool-versions`, mise.toml, gvmr.toml,
//! `GVMR_VERSION`, `go +1.22` and the command line.
//!
//! Takes a word, gives a [`Selector`] or, where the Go outside gvmr may be meant too, a [`RequestedGo`]. What it writes
//! parses back as the same. A selector can only choose among official versions: it is never a path.

use crate::gover::range::{self, Range};
use crate::gover::version::Version;
use crate::sys::printable;
use std::fmt;

/// The longest word worth reading as a version or a range, in bytes; real ones stay below 40.
const MAX_LENGTH: usize = 64;

/// A choice of version. All but an exact one mean the newest of what is there to choose from: of the installed
/// versions for the shim, of the released ones for `gvmr install`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `1.23.4`, `1.24rc1`: this version alone, in the text that means no other; [`Selector::exact`] makes it.
    Exact(Version),
    /// `1.23`, `1.23.x`, `1`: the newest release below it.
    Prefix(Version),
    /// `latest` or `stable`: the newest release.
    Latest,
    /// `oldstable`: the newest release of the minor version before the newest.
    OldStable,
    /// `>=1.21 <1.24`, `~1.22`: the newest release in a range.
    Range(Range),
}

/// A version word where the Go outside gvmr may be meant too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedGo {
    /// A version that gvmr installs.
    Version(Selector),
    /// `system`: the Go outside gvmr.
    System,
}

/// Why a word is not a version word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAVersion {
    /// The word as written, cut to a printable length, control characters escaped.
    pub word: String,
    /// What is wrong with it.
    pub kind: NotAVersionKind,
}

/// What is wrong with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAVersionKind {
    /// It is none of the forms.
    Unknown,
    /// `1.21,1.22`: several versions, where one is meant.
    Several,
    /// asdf's and mise's `ref:` and `path:`, which name no release.
    Unsupported(&'static str),
}

impl Selector {
    /// Parses `1.23`, `1.23.4`, `go1.23.4`, `v1.23.4`, `1.24rc1`, `1.23.x`, `1.x`, `latest:1.23`, `latest`, `stable`,
    /// `oldstable`, `>=1.21 <1.24` or `~1.22`.
    pub fn parse(word: &str) -> Result<Self, NotAVersion> {
        let parsed = if word.len() <= MAX_LENGTH { Self::parse_short(word) } else { None };
        parsed.ok_or_else(|| NotAVersion { word: printable::typed(word), kind: NotAVersionKind::of(word) })
    }

    fn parse_short(word: &str) -> Option<Self> {
        if let Some(version) = Version::parse_word(word) {
            return Self::plain(version);
        }
        match word {
            "latest" | "stable" | "*" => return Some(Self::Latest),
            "oldstable" => return Some(Self::OldStable),
            _ => {}
        }
        if let Some(prefix) = word.strip_prefix("latest:").or_else(|| word.strip_prefix("prefix:")) {
            return Self::plain(Version::parse(prefix)?);
        }
        if let Some(prefix) = range::without_wildcard(word) {
            let selector = Version::parse_word(prefix).and_then(Self::plain);
            return selector.filter(|selector| matches!(selector, Self::Prefix(_)));
        }
        Range::parse(word).map(Self::Range)
    }

    /// `1.20` is a prefix although it also names a release: people who write it mean its newest patch.
    fn plain(version: Version) -> Option<Self> {
        if version.spells_patch() {
            return Some(Self::Exact(version));
        }
        if !version.is_prerelease() {
            return Some(Self::Prefix(version));
        }
        version.is_named_by_go().then(|| Self::exact(&version))
    }

    /// A selector for exactly this version.
    pub fn exact(version: &Version) -> Self {
        Self::Exact(version.exact())
    }

    /// A selector for the releases of this version's minor version: `1.23` for `1.23.4`.
    pub fn minor(version: &Version) -> Self {
        Self::Prefix(version.language())
    }

    /// The one version this names; `None` for all that moves, such as `1.23` and `latest`.
    pub fn as_exact(&self) -> Option<&Version> {
        match self {
            Self::Exact(version) => Some(version),
            _ => None,
        }
    }

    /// The version that is written in it: `1.23.4` or `1.23`; `None` for words and ranges.
    pub fn written_version(&self) -> Option<&Version> {
        match self {
            Self::Exact(version) | Self::Prefix(version) => Some(version),
            _ => None,
        }
    }

    /// The word as an argument in a shell, where `>` and `~` of a range mean something else.
    pub fn argument(&self) -> String {
        match self {
            Self::Range(range) => format!("'{range}'"), // it holds no quote
            word => word.to_string(),
        }
    }

    /// Whether `candidate` can be what this selector means: for `latest` and `oldstable`, any release.
    /// Only an exact word and a range that names one of the same minor mean a pre-release.
    pub fn matches(&self, candidate: &Version) -> bool {
        match self {
            Self::Exact(version) => candidate == version,
            Self::Prefix(_) if candidate.is_prerelease() => false,
            Self::Prefix(prefix) if prefix.as_str().contains('.') => {
                candidate.language().as_str() == prefix.as_str()
            }
            Self::Prefix(prefix) => candidate.as_str().split('.').next() == Some(prefix.as_str()),
            Self::Latest | Self::OldStable => !candidate.is_prerelease(),
            Self::Range(range) => range.contains(candidate),
        }
    }

    /// The newest of `candidates` that this selector means.
    pub fn newest<'a>(&self, candidates: impl IntoIterator<Item = &'a Version>) -> Option<&'a Version> {
        let matching = candidates.into_iter().filter(|candidate| self.matches(candidate));
        if *self != Self::OldStable {
            return matching.max();
        }
        let released: Vec<_> = matching.collect();
        let newest = released.iter().max()?.language();
        released.into_iter().filter(|version| version.language() < newest).max()
    }
}

impl RequestedGo {
    /// Parses what [`Selector::parse`] does, and `system`.
    pub fn parse(word: &str) -> Result<Self, NotAVersion> {
        if word == "system" { Ok(Self::System) } else { Selector::parse(word).map(Self::Version) }
    }

    /// The version word; `None` for `system`.
    pub fn selector(&self) -> Option<&Selector> {
        match self {
            Self::Version(selector) => Some(selector),
            Self::System => None,
        }
    }
}

impl NotAVersionKind {
    fn of(word: &str) -> Self {
        for kind in ["ref:", "path:"] {
            if word.starts_with(kind) {
                return Self::Unsupported(kind);
            }
        }
        let mut parts = word.split(',');
        if word.contains(',') && parts.all(|part| Version::parse_word(part.trim()).is_some()) {
            return Self::Several;
        }
        Self::Unknown
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(version) | Self::Prefix(version) => version.fmt(formatter),
            Self::Latest => formatter.write_str("latest"),
            Self::OldStable => formatter.write_str("oldstable"),
            Self::Range(range) => range.fmt(formatter),
        }
    }
}

impl fmt::Display for RequestedGo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(selector) => selector.fmt(formatter),
            Self::System => formatter.write_str("system"),
        }
    }
}

impl fmt::Display for NotAVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = &self.word;
        match self.kind {
            NotAVersionKind::Unknown => write!(
                formatter,
                "\"{word}\" is not a Go version; use 1.23, 1.23.4, 1.24rc1, latest, oldstable or \
                 \">=1.21 <1.24\""
            ),
            NotAVersionKind::Several => {
                write!(formatter, "\"{word}\" is several versions, where one is expected")
            }
            NotAVersionKind::Unsupported(kind) => {
                write!(formatter, "\"{kind}\" versions are not supported; name a release such as 1.23.4")
            }
        }
    }
}

impl std::error::Error for NotAVersion {}

#[cfg(test)]
mod tests;
