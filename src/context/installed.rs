//! Which installed version a person's words mean.

use super::{Context, ContextError};
use crate::explain::not_installed;
use crate::request;
use crate::store::Toolchain;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::select::resolution::Origin;

impl Context {
    /// The newest installed version that a selector means; `latest` is the newest installed release.
    pub fn newest_installed(
        &self,
        toolchains: &[Toolchain],
        request: &Selector,
    ) -> Result<Version, ContextError> {
        let versions: Vec<Version> = toolchains.iter().map(|toolchain| toolchain.version.clone()).collect();
        request.newest(&versions).cloned().ok_or_else(|| ContextError::NotInstalled {
            next: self.next_step(&format!("install {}", request.argument())),
            request: request.to_string(),
            installed: names(&versions),
        })
    }

    /// The newest installed version that each word means; all that are installed where there is no word.
    pub fn toolchains_named(&self, words: &[String]) -> Result<Vec<Toolchain>, ContextError> {
        let mut toolchains = self.toolchains()?;
        let newest = |word: &String| self.newest_installed(&toolchains, &request::parse(word)?);
        let versions: Vec<Version> = words.iter().map(newest).collect::<Result<_, ContextError>>()?;
        toolchains.retain(|toolchain| words.is_empty() || versions.contains(&toolchain.version));
        Ok(toolchains)
    }

    /// The one installed version that the text means.
    pub fn one_installed(toolchains: &[Toolchain], text: &str) -> Result<Version, ContextError> {
        let selector = request::parse(text)?;
        if selector.written_version().is_none() {
            return Err(ContextError::NotOneVersion { text: text.to_owned() });
        }
        let versions: Vec<Version> = toolchains.iter().map(|toolchain| toolchain.version.clone()).collect();
        let matching: Vec<_> = versions.iter().filter(|version| selector.matches(version)).collect();
        match matching.as_slice() {
            [version] => Ok((*version).clone()),
            [] => Err(ContextError::NotInstalled {
                request: selector.to_string(),
                installed: names(&versions),
                next: "run `gvmr list` to see what is installed".to_owned(),
            }),
            several => {
                let matching = several.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ");
                Err(ContextError::Ambiguous { selector: selector.to_string(), matching })
            }
        }
    }

    /// The failure of a directory that asks for a version that is not installed.
    pub fn missing(&self, wanted: &Selector, reason: &Origin) -> ContextError {
        ContextError::Missing {
            message: not_installed(wanted, reason),
            next: self.next_step(&format!("install {}", wanted.argument())),
        }
    }
}

fn names(versions: &[Version]) -> String {
    if versions.is_empty() {
        return "none".to_owned();
    }
    versions.iter().map(Version::as_str).collect::<Vec<_>>().join(", ")
}
