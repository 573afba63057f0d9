//! Where releases of gvmr are: the URLs of a manifest, its signature and the files that it names.

use super::{PublicKey, ReleaseManifest, SelfUpdateError};
use crate::net::{Client, RedactedUrl, Url};
use crate::sources::below;
use semver::Version;

/// Where releases are published.
pub const DEFAULT_DIST: &str = "https://github.com/gvmr/gvmr/releases";
/// The largest manifest.
const MAX_MANIFEST: u64 = 1 << 20;
/// The largest signature.
const MAX_SIGNATURE: u64 = 8 << 10;

/// A place with releases.
#[derive(Clone, Debug)]
pub enum ReleaseLocation {
    /// One directory with the files of all releases: `dist.json` describes the newest one, `dist-VERSION.json` each.
    Directory(Url),
    /// A directory for each release below this one, as GitHub has them.
    PerRelease(Url),
}

impl ReleaseLocation {
    /// The directory at this URL, else where releases are published.
    pub fn of(dist: Option<&Url>) -> Option<Self> {
        match dist {
            Some(dist) => Some(Self::Directory(dist.clone())),
            None => Url::parse(DEFAULT_DIST).ok().map(Self::PerRelease),
        }
    }

    /// The signed manifest of `version`, else of the newest release.
    pub(super) fn manifest(
        &self,
        client: &Client,
        key: &PublicKey,
        version: Option<&Version>,
    ) -> Result<ReleaseManifest, SelfUpdateError> {
        let url = self.manifest_url(version);
        let from = RedactedUrl::of(&url);
        let bytes = client.read(&url, MAX_MANIFEST).map_err(|error| match version {
            Some(version) if error.is_absent() => {
                SelfUpdateError::NoRelease { version: version.clone(), from: from.clone() }
            }
            _ => error.into(),
        })?;
        let mut signature = url.clone();
        signature.set_path(&format!("{}.minisig", url.path()));
        let signature = client.read(&signature, MAX_SIGNATURE).map_err(|error| {
            if error.is_absent() { SelfUpdateError::Unsigned { from: from.clone() } } else { error.into() }
        })?;
        let signed = key.check(bytes, &signature, &from)?;
        let manifest = ReleaseManifest::read(&signed, from)?;
        match version {
            // Signed once, and given again under another name.
            Some(version) if manifest.version() != version => Err(SelfUpdateError::OtherVersion {
                wanted: version.clone(),
                found: manifest.version().clone(),
                from: manifest.from().clone(),
            }),
            _ => Ok(manifest),
        }
    }

    fn manifest_url(&self, version: Option<&Version>) -> Url {
        match (self, version) {
            (Self::Directory(base), None) => below(base, "dist.json"),
            (Self::Directory(base), Some(version)) => below(base, &format!("dist-{version}.json")),
            (Self::PerRelease(base), None) => below(base, "latest/download/dist.json"),
            (Self::PerRelease(base), Some(version)) => below(base, &format!("download/v{version}/dist.json")),
        }
    }

    /// The URL of a file of this release.
    pub(super) fn file_url(&self, version: &Version, name: &str) -> Url {
        match self {
            Self::Directory(base) => below(base, name),
            Self::PerRelease(base) => below(base, &format!("download/v{version}/{name}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_directory_holds_all_releases_and_github_one_for_each() {
        let url = |location: &ReleaseLocation, version: Option<&str>| {
            let version = version.map(|version| Version::parse(version).unwrap());
            location.manifest_url(version.as_ref()).to_string()
        };
        let base = Url::parse("http://user:secret@mirror.example/gvmr/?token=1").unwrap();
        let directory = ReleaseLocation::of(Some(&base)).unwrap();
        assert_eq!(url(&directory, None), "http://user:secret@mirror.example/gvmr/dist.json?token=1");
        assert_eq!(
            url(&directory, Some("0.2.0")),
            "http://user:secret@mirror.example/gvmr/dist-0.2.0.json?token=1"
        );
        let published = ReleaseLocation::of(None).unwrap();
        assert_eq!(url(&published, None), format!("{DEFAULT_DIST}/latest/download/dist.json"));
        assert_eq!(url(&published, Some("0.2.0")), format!("{DEFAULT_DIST}/download/v0.2.0/dist.json"));
        let file = published.file_url(&Version::new(0, 2, 0), "a.tar.gz");
        assert_eq!(file.as_str(), format!("{DEFAULT_DIST}/download/v0.2.0/a.tar.gz"));
    }
}
