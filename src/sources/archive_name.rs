//! What a release archive is called: `go1.23.4.linux-amd64.tar.gz`, and what such a name says.
//!
//! Takes names and versions, reads nothing else. A name chooses what to compare an archive with, and proves nothing.

use crate::host::Platform;
use crate::unpack::Format;
use crate::verify::known_sum;
use gvmr_core::gover::version::Version;

/// Marks builds that run on a C library called musl.
const MUSL: &str = "-musl";

/// What the name of a local file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveName {
    /// The release.
    pub version: Version,
    /// What it runs on.
    pub platform: Platform,
    /// Whether it is a build for musl, which Go itself does not publish.
    pub musl: bool,
    /// How it is packed; `None` for the zip of a toolchain module (`v0.0.1-go1.23.4.linux-amd64.zip`).
    pub format: Option<Format>,
}

impl ArchiveName {
    /// Reads a file name without directories.
    pub fn parse(name: &str) -> Option<Self> {
        let format = Format::of_name(name)?;
        let stem = name.strip_suffix(format.extension())?.strip_suffix('.')?;
        let (stem, format) = match stem.strip_prefix("v0.0.1-") {
            Some(stem) if format == Format::Zip => (stem, None),
            Some(_) => return None,
            None => (stem, Some(format)),
        };
        let (release, platform) = stem.rsplit_once('.')?;
        let version =
            Version::from_toolchain(release).filter(|version| version.toolchain_name() == release)?;
        let (platform, musl) =
            platform.strip_suffix(MUSL).map_or((platform, false), |platform| (platform, true));
        let (os, arch) = platform.split_once('-')?;
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let known = word(os) && word(arch);
        known.then(|| Self { version, platform: Platform::new(os, arch), musl, format })
    }
}

/// The stems under which archives of a release for a platform may lie, the usual one first: 32-bit ARM has had
/// three names.
pub(super) fn stems(version: &Version, platform: &Platform, musl: bool) -> Vec<String> {
    let architectures: &[&str] =
        if platform.arch() == "arm" { &["armv6l", "arm", "arm6"] } else { &[platform.arch()] };
    let name = version.toolchain_name();
    let end = if musl { MUSL } else { "" };
    let stem = |architecture: &&str| format!("{name}.{}-{architecture}{end}", platform.os());
    let mut stems: Vec<_> = architectures.iter().map(stem).collect();
    // A release that this program knows lies under the name that it knows, and no other.
    let known = stems.iter().position(|stem| known_sum(&format!("{stem}.tar.gz")).is_some());
    if let Some(place) = known {
        stems = vec![stems.swap_remove(place)];
    }
    stems
}

/// The name of a release's archive, where this program has known its sha256 since it was built.
pub(super) fn known(version: &Version, platform: &Platform) -> Option<String> {
    let mut names = stems(version, platform, false).into_iter().map(|stem| format!("{stem}.tar.gz"));
    names.find(|name| known_sum(name).is_some())
}

/// The name of a release's source archive.
pub(super) fn source(version: &Version) -> String {
    format!("{}.src.tar.gz", version.toolchain_name())
}

#[cfg(test)]
mod tests;
