//! What a person may ask to install: a version, a prefix, a range, or a word such as `latest`.
//!
//! Takes text, gives a [`Request`]; never checks that such a release exists.

use gvmr_core::gover::selector::{NotAVersion, Selector};
use gvmr_core::gover::version::Version;
use semver::VersionReq;
use std::fmt;

/// A parsed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `1.23.4`, `1.24rc1` (exact) or `1.23`, `1` (the newest release below it).
    Selector(Selector),
    /// `latest` or `stable`: the newest release.
    Latest,
    /// `oldstable`: the newest release of the minor version before the newest.
    OldStable,
    /// `>=1.21, <1.24`, `~1.22`: the newest release in a range.
    Range(Range),
}

/// A range of releases, kept with the text it was written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    written: String,
    requirement: VersionReq,
}

/// Why a word is not a request, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}, a range such as \">=1.21, <1.24\" or \"~1.22\", latest, stable or oldstable")]
pub struct NotARequest {
    reason: NotAVersion,
    /// A spelling that would be allowed, where one is near: `1.23.4` for `v1.23.4`.
    pub suggestion: Option<String>,
}

impl NotARequest {
    /// What to write or run instead.
    pub fn hint(&self) -> Option<String> {
        let word = self.reason.word.trim().to_ascii_lowercase();
        Some(match (word.as_str(), &self.suggestion) {
            ("tip" | "gotip" | "master" | "main" | "head" | "devel", _) => {
                "gvmr installs releases only; for tip, run `go install golang.org/dl/gotip@latest`".to_owned()
            }
            ("lts", _) => "Go has no LTS releases; `oldstable` is the older supported one".to_owned(),
            ("unstable" | "beta" | "rc" | "pre" | "prerelease", _) => {
                "run `gvmr ls-remote --prereleases` to list betas and release candidates".to_owned()
            }
            (_, Some(meant)) => format!("write {meant}"),
            (_, None) => "run `gvmr ls-remote` to list versions".to_owned(),
        })
    }
}

impl Request {
    /// Parses what follows `gvmr install`.
    pub fn parse(text: &str) -> Result<Self, NotARequest> {
        let text = text.trim();
        match text {
            "latest" | "stable" => return Ok(Self::Latest),
            "oldstable" => return Ok(Self::OldStable),
            _ => {}
        }
        if let Some(range) = Range::parse(text) {
            return Ok(Self::Range(range));
        }
        let unfit = |reason| NotARequest { reason, suggestion: nearest_spelling(text) };
        let selector = Selector::parse(text).map_err(unfit)?;
        match selector.as_exact() {
            // Go's grammar takes any word for a pre-release's kind; its releases have had three.
            Some(version) if version.is_prerelease() && !is_released_kind(version) => {
                Err(unfit(NotAVersion { word: text.to_owned() }))
            }
            _ => Ok(Self::Selector(selector)),
        }
    }

    /// The newest of `candidates` that this request means. What `latest` means to a source is the source's to say;
    /// here it is the newest release among the candidates.
    pub fn newest<'a>(&self, candidates: impl IntoIterator<Item = &'a Version>) -> Option<&'a Version> {
        match self {
            Self::Selector(selector) => selector.newest(candidates),
            Self::Range(range) => candidates.into_iter().filter(|version| range.matches(version)).max(),
            Self::Latest => candidates.into_iter().filter(|version| !version.is_prerelease()).max(),
            Self::OldStable => {
                let released: Vec<_> =
                    candidates.into_iter().filter(|version| !version.is_prerelease()).collect();
                let newest = released.iter().max()?.language();
                released.into_iter().filter(|version| version.language() < newest).max()
            }
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(selector) => selector.fmt(formatter),
            Self::Latest => formatter.write_str("latest"),
            Self::OldStable => formatter.write_str("oldstable"),
            Self::Range(range) => formatter.write_str(&range.written),
        }
    }
}

impl Range {
    /// Parses text that uses a range's operators; `None` for plain versions and for malformed ranges.
    fn parse(text: &str) -> Option<Self> {
        if !text.contains(['>', '<', '=', '~', '^', '*', ',']) {
            return None;
        }
        let comparators: Option<Vec<String>> = text.split(',').map(comparator_as_semver).collect();
        let requirement = VersionReq::parse(&comparators?.join(",")).ok()?;
        Some(Self { written: text.to_owned(), requirement })
    }

    /// Whether `version` lies in the range. A pre-release does only where the range names one of the same minor.
    pub fn matches(&self, version: &Version) -> bool {
        as_semver(version).is_some_and(|version| self.requirement.matches(&version))
    }
}

/// `>=go1.22rc1` becomes `>=1.22.0-rc.1`; text without a pre-release stays as it is.
fn comparator_as_semver(text: &str) -> Option<String> {
    let text = text.trim();
    let start = text.find(|character: char| character.is_ascii_alphanumeric() || character == '*')?;
    let (operator, version) = text.split_at(start);
    let version = version.strip_prefix("go").unwrap_or(version);
    match Version::parse(version) {
        Some(parsed) if parsed.is_prerelease() => Some(format!("{operator}{}", as_semver(&parsed)?)),
        _ => Some(format!("{operator}{version}")),
    }
}

/// Go's `1.22rc1` as semver's `1.22.0-rc.1`; `None` for numbers beyond 64 bits.
fn as_semver(version: &Version) -> Option<semver::Version> {
    let (major, minor, patch) = version.numbers()?;
    let mut semantic = semver::Version::new(major, minor, patch);
    let prerelease = version.prerelease();
    let digits = prerelease.find(|character: char| character.is_ascii_digit()).unwrap_or(prerelease.len());
    let (kind, number) = prerelease.split_at(digits);
    let dotted = if number.is_empty() { kind.to_owned() } else { format!("{kind}.{number}") };
    semantic.pre = semver::Prerelease::new(&dotted).ok()?;
    Some(semantic)
}

/// Whether a pre-release is called as Go calls them: `rc1`, `beta2`, `alpha1`.
fn is_released_kind(version: &Version) -> bool {
    let kinds = ["alpha", "beta", "rc"].into_iter();
    let mut numbers = kinds.filter_map(|kind| version.prerelease().strip_prefix(kind));
    numbers.any(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Drops what people add by habit: `v1.23.4`, `Go 1.23`, `1.23.x`, `golang1.23`, `1.22@latest`, `go1.22.1.linux-amd64`.
fn nearest_spelling(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find(|character: char| character.is_ascii_digit())?;
    let candidate = lower.get(start..)?.split('@').next()?;
    let platform =
        [".linux", ".darwin", ".windows", ".src"].into_iter().find_map(|name| candidate.find(name));
    let candidate = candidate.get(..platform.unwrap_or(candidate.len()))?;
    let candidate = candidate.trim_end_matches(".x").trim_end_matches('.');
    let candidate =
        candidate.replace("-rc", "rc").replace("-beta", "beta").replace("rc.", "rc").replace("beta.", "beta");
    let version = Version::parse(&candidate)?;
    let plausible = !version.is_prerelease() || is_released_kind(&version);
    plausible.then(|| version.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn words_versions_and_ranges_are_told_apart() {
        assert_eq!(Request::parse("latest").unwrap(), Request::Latest);
        assert_eq!(Request::parse("stable").unwrap(), Request::Latest);
        assert_eq!(Request::parse("oldstable").unwrap(), Request::OldStable);
        for text in ["1.23", "1.23.4", "go1.23.4", "1.24rc1", "1"] {
            assert!(matches!(Request::parse(text).unwrap(), Request::Selector(_)), "{text}");
        }
        for text in [">=1.21, <1.24", "~1.22", "^1.20", "1.22.*", ">= go1.22rc1", "=1.22.3"] {
            assert!(matches!(Request::parse(text).unwrap(), Request::Range(_)), "{text}");
        }
    }

    #[test]
    fn ranges_choose_the_newest_release_and_pre_releases_only_when_named() {
        let released = ["1.20.14", "1.21.0", "1.21.13", "1.22rc1", "1.22.0", "1.22.12", "1.23.4", "1.24rc2"]
            .map(version);
        let newest = |text: &str| Request::parse(text).unwrap().newest(&released).map(Version::to_string);
        assert_eq!(newest(">=1.21, <1.23").as_deref(), Some("1.22.12"));
        assert_eq!(newest("~1.21").as_deref(), Some("1.21.13"));
        assert_eq!(newest("^1.20").as_deref(), Some("1.23.4"));
        assert_eq!(newest("<1.22").as_deref(), Some("1.21.13"));
        assert_eq!(newest(">=1.24rc1").as_deref(), Some("1.24rc2"));
        assert_eq!(newest(">1.30").as_deref(), None);
        assert_eq!(newest("1.22.*").as_deref(), Some("1.22.12"));
        assert_eq!(newest("latest").as_deref(), Some("1.23.4"));
        assert_eq!(newest("oldstable").as_deref(), Some("1.22.12"));
    }

    #[test]
    fn a_rejected_spelling_says_what_is_allowed_and_what_was_meant() {
        for (text, meant) in [
            ("v1.23.4", Some("1.23.4")),
            ("1.23.x", Some("1.23")),
            ("golang-1.22", Some("1.22")),
            ("1.24-rc1", Some("1.24rc1")),
            ("1.22@latest", Some("1.22")),
            ("go@1.22", Some("1.22")),
            ("go1.22.12.linux-amd64", Some("1.22.12")),
            ("tip", None),
            ("lts", None),
            ("1.9.2rc2", None),
            ("1.2x", None),
            ("1.22rc", None),
            ("01.2", None),
            ("../../etc", None),
            ("", None),
        ] {
            let error = Request::parse(text).unwrap_err();
            assert_eq!(error.suggestion.as_deref(), meant, "{text}");
            assert!(error.to_string().contains("latest, stable or oldstable"), "{error}");
        }
    }

    #[test]
    fn a_word_of_another_tool_gets_a_pointer() {
        for (text, hint) in [
            ("v1.23.4", "write 1.23.4"),
            ("tip", "gotip@latest"),
            ("lts", "oldstable"),
            ("unstable", "--prereleases"),
            ("garbage", "gvmr ls-remote"),
        ] {
            let error = Request::parse(text).unwrap_err();
            let shown = error.hint().unwrap();
            assert!(shown.contains(hint), "{text}: {shown}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}") {
            if let Ok(request) = Request::parse(&text) {
                let _ = request.to_string();
            }
        }
    }
}
