//! A version word as a person types it: what it asks for, or what was probably meant.
//!
//! Takes text, gives the [`Selector`] of the core library's one grammar; never checks that such a release exists.

use gvmr_core::gover::selector::{NotAVersion, NotAVersionKind, RequestedGo, Selector};
use gvmr_core::gover::version::Version;
use std::fmt;

/// Why a word is no request, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotARequest {
    reason: NotAVersion,
    /// A spelling that would be allowed, where one is near: `1.22` for `go@1.22`.
    pub suggestion: Option<String>,
}

/// Parses a word that asks for a version that gvmr installs.
pub fn parse(text: &str) -> Result<Selector, NotARequest> {
    let text = text.trim();
    Selector::parse(text).map_err(|reason| NotARequest { reason, suggestion: nearest_spelling(text) })
}

/// Parses a word where `system`, the Go outside gvmr, may be meant too.
pub fn parse_any(text: &str) -> Result<RequestedGo, NotARequest> {
    let text = text.trim();
    RequestedGo::parse(text).map_err(|reason| NotARequest { reason, suggestion: nearest_spelling(text) })
}

impl fmt::Display for NotARequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_system() {
            return formatter
                .write_str("system is the Go outside gvmr, which gvmr neither installs nor removes");
        }
        self.reason.fmt(formatter)
    }
}

impl std::error::Error for NotARequest {}

impl NotARequest {
    fn is_system(&self) -> bool {
        self.reason.word.trim() == "system"
    }

    /// What to write or run instead.
    pub fn hint(&self) -> Option<String> {
        let word = self.reason.word.trim().to_ascii_lowercase();
        Some(match (word.as_str(), &self.suggestion) {
            (_, _) if self.reason.kind == NotAVersionKind::Several => {
                "name one version; install, uninstall and each take several, separated by spaces".to_owned()
            }
            ("tip" | "gotip" | "master" | "main" | "head" | "devel", _) => {
                "gvmr installs releases only; for tip, run `go install golang.org/dl/gotip@latest`".to_owned()
            }
            ("lts", _) => "Go has no LTS releases; `oldstable` is the older supported one".to_owned(),
            ("unstable" | "beta" | "rc" | "pre" | "prerelease", _) => {
                "run `gvmr ls-remote --prereleases` to list betas and release candidates".to_owned()
            }
            _ if self.is_system() => "run `gvmr use system` to select it".to_owned(),
            (_, Some(meant)) => format!("write {meant}"),
            (_, None) => "run `gvmr ls-remote` to list versions".to_owned(),
        })
    }
}

/// Drops what people add by habit: `Go 1.23`, `golang1.23`, `1.22@latest`, `go1.22.1.linux-amd64`.
fn nearest_spelling(text: &str) -> Option<String> {
    if text.contains(['!', '|']) {
        return None; // the version in it may be the one that is not meant
    }
    let lower = text.to_ascii_lowercase();
    let start = lower.find(|character: char| character.is_ascii_digit())?;
    let candidate = lower.get(start..)?.split('@').next()?;
    let platform =
        [".linux", ".darwin", ".windows", ".src"].into_iter().find_map(|name| candidate.find(name));
    let candidate = candidate.get(..platform.unwrap_or(candidate.len()))?;
    let candidate = candidate.trim_end_matches(".x").trim_end_matches('.');
    let candidate =
        candidate.replace("-rc", "rc").replace("-beta", "beta").replace("rc.", "rc").replace("beta.", "beta");
    Version::parse(&candidate).filter(Version::is_named_by_go).map(|version| version.to_string())
}

#[cfg(test)]
mod tests;
