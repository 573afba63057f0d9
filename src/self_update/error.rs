//! Why gvmr was not updated.

use crate::installation::InstallationError;
use crate::net::{NetError, RedactedUrl};
use crate::store::RELEASE;
use semver::Version;

/// What went wrong. The gvmr that was there still works.
#[derive(Debug, thiserror::Error)]
pub enum SelfUpdateError {
    /// This gvmr was built without a public key.
    #[error("this gvmr was built without a release key, so it cannot verify an update")]
    NoKey,
    /// The public key that this gvmr was built with is not one.
    #[error("the release key that this gvmr was built with is malformed")]
    Key,
    /// This gvmr's own version is not one.
    #[error("gvmr's own version is malformed")]
    OwnVersion,
    /// The files of this gvmr.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// The network.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The manifest has no signature.
    #[error("{from} is not signed: there is no {from}.minisig")]
    Unsigned {
        /// The manifest.
        from: RedactedUrl,
    },
    /// The signature is not this key's, or not of these bytes.
    #[error("the signature of {from} does not match gvmr's release key")]
    Signature {
        /// The manifest.
        from: RedactedUrl,
    },
    /// A signed manifest that does not say what a manifest says.
    #[error("cannot read the manifest {from}: {why}")]
    Manifest {
        /// The manifest.
        from: RedactedUrl,
        /// What is wrong.
        why: String,
    },
    /// The manifest of another release than its name says.
    #[error("{from} describes gvmr {found}, not {wanted}")]
    OtherVersion {
        /// What was asked for.
        wanted: Version,
        /// What came.
        found: Version,
        /// The manifest.
        from: RedactedUrl,
    },
    /// There is no such release.
    #[error("there is no gvmr {version} at {from}")]
    NoRelease {
        /// What was asked for.
        version: Version,
        /// The manifest that is missing.
        from: RedactedUrl,
    },
    /// The newest release there is older than this gvmr.
    #[error("{from} offers gvmr {offered}, which is older than this gvmr {RELEASE}")]
    Older {
        /// What it offers.
        offered: Version,
        /// The manifest.
        from: RedactedUrl,
    },
    /// A newer release was seen before.
    #[error(
        "{from} offers gvmr {offered}, but gvmr {seen} was offered before: the server is out of date, or replays an old manifest"
    )]
    Replayed {
        /// What it offers.
        offered: Version,
        /// What was seen, and its day.
        seen: String,
        /// The manifest.
        from: RedactedUrl,
    },
    /// The release has nothing for this machine.
    #[error("gvmr {version} has no archive for linux-{architecture}")]
    NoArchive {
        /// The release.
        version: Version,
        /// This machine's processor.
        architecture: &'static str,
    },
    /// The archive is not what was published.
    #[error("{from} is not the published file: sha256 expected {expected}, got {found}")]
    Sum {
        /// The archive.
        from: RedactedUrl,
        /// What the signed manifest says.
        expected: String,
        /// What came.
        found: String,
    },
    /// The archive cannot be read.
    #[error("cannot read {from}: {why}")]
    Archive {
        /// The archive.
        from: RedactedUrl,
        /// What is wrong.
        why: String,
    },
}

impl SelfUpdateError {
    /// The next step.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoKey => "install a newer gvmr the way you installed this one",
            Self::Key | Self::OwnVersion => "install gvmr again from a release",
            Self::Installation(error) => return error.hint("self update"),
            Self::Net(_) => "check the network, and GVMR_DIST or `dist` in config.toml",
            Self::Unsigned { .. }
            | Self::Signature { .. }
            | Self::Manifest { .. }
            | Self::OtherVersion { .. } => {
                "nothing was replaced; check GVMR_DIST, or ask who keeps that server"
            }
            Self::Sum { .. } | Self::Archive { .. } => {
                "nothing was replaced; run it again, or set GVMR_DIST to another mirror"
            }
            Self::NoRelease { .. } => "run `gvmr self update --dry-run` to see the newest release",
            Self::Older { offered, .. } | Self::Replayed { offered, .. } => {
                return Some(format!("run `gvmr self update {offered}` if you want that release"));
            }
            Self::NoArchive { .. } => "build it from source, as the README says",
        };
        Some(text.to_owned())
    }
}
