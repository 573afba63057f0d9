//! The manifest of a release, `dist.json`: its version, its day and the sha256 of each file.

use super::SelfUpdateError;
use super::public_key::SignedBytes;
use crate::net::RedactedUrl;
use semver::Version;
use serde::Deserialize;

/// A manifest that was signed with gvmr's key.
#[derive(Debug)]
pub struct ReleaseManifest {
    content: Content,
    from: RedactedUrl,
}

#[derive(Debug, Deserialize)]
struct Content {
    name: String,
    version: Version,
    date: String,
    files: Vec<PublishedFile>,
}

/// A file of a release.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PublishedFile {
    /// Its name beside the manifest; of a program, the path in its archive behind the archive's name.
    pub(super) name: String,
    /// What it is: `archive`, `program`.
    kind: String,
    /// The processor that it is for, as `uname -m` names it.
    arch: Option<String>,
    /// Bytes.
    pub(super) size: u64,
    /// Lower-case hexadecimal digits.
    pub(super) sha256: String,
}

impl ReleaseManifest {
    /// Reads a signed manifest that came `from` there.
    pub(super) fn read(signed: &SignedBytes, from: RedactedUrl) -> Result<Self, SelfUpdateError> {
        let wrong = |why: String| SelfUpdateError::Manifest { from: from.clone(), why };
        let content: Content =
            serde_json::from_slice(signed.bytes()).map_err(|error| wrong(error.to_string()))?;
        if content.name != "gvmr" {
            return Err(wrong(format!("it is the manifest of \"{}\"", content.name.escape_default())));
        }
        if !content.date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(wrong("its date is not a day".to_owned()));
        }
        Ok(Self { content, from })
    }

    /// The version that it describes.
    pub fn version(&self) -> &Version {
        &self.content.version
    }

    /// The day of the release: `2026-11-30`.
    pub fn date(&self) -> &str {
        &self.content.date
    }

    /// Where it was read.
    pub fn from(&self) -> &RedactedUrl {
        &self.from
    }

    /// The archive for this processor.
    pub(super) fn archive(&self) -> Result<&PublishedFile, SelfUpdateError> {
        let missing = || SelfUpdateError::NoArchive {
            version: self.version().clone(),
            architecture: std::env::consts::ARCH,
        };
        let archive =
            self.content.files.iter().find(|file| file.kind == "archive" && file.is_for_this_processor());
        archive.filter(|file| !file.name.contains('/')).ok_or_else(missing)
    }

    /// The program `name` in that archive.
    pub(super) fn program(&self, name: &str) -> Option<&PublishedFile> {
        let is_it = |file: &&PublishedFile| {
            file.kind == "program"
                && file.is_for_this_processor()
                && file.name.ends_with(&format!("/bin/{name}"))
        };
        self.content.files.iter().find(is_it)
    }
}

impl PublishedFile {
    fn is_for_this_processor(&self) -> bool {
        self.arch.as_deref() == Some(std::env::consts::ARCH)
    }
}
