//! What a person can do about an install that did not happen.

use super::InstallError;
use crate::net::NetError;
use crate::store::storage_hint;
use crate::unpack::UnpackError;
use crate::verify::{LogError, TAMPERED};
use std::path::Path;

impl InstallError {
    /// One next step. The home's and a build's own errors know theirs.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Source(error) => return error.hint(),
            Self::Truncated { .. } => "copy or download it again",
            Self::NoAnswer { missing, .. } => return Some(bring(missing)),
            Self::Log(LogError::Remote { source, .. }) => {
                let error: Option<&NetError> = source.downcast_ref();
                return error.map_or_else(|| network_hint(None), NetError::log_hint);
            }
            Self::Log(error) => return error.hint(),
            Self::Store(_) | Self::Build(_) => return None,
            Self::Unpack { error, .. } => match &**error {
                UnpackError::Read(source) => return network_hint(NetError::of_io(source)),
                UnpackError::Write { source, .. } => storage_hint(source),
                error => return error.hint(),
            },
            Self::Unknown { .. } => "run `gvmr ls-remote` to list the releases",
            Self::Mismatch { found: Some(found), mismatch, .. }
                if !mismatch.module.contains(&format!("-{found}.")) =>
            {
                "it holds another release than its name says; use the right archive, or rename it"
            }
            Self::Mismatch { source_url, .. } | Self::Archive { source_url, .. }
                if source_url.starts_with("file:") =>
            {
                "do not use this file; download it again from https://go.dev/dl/ or another source"
            }
            Self::Mismatch { .. } | Self::Archive { .. } => TAMPERED,
            Self::Sum(mismatch) if mismatch.remembered.is_some() => {
                "run `gvmr prune --indexes` to forget what indexes listed before, if you trust the archive's new sum"
            }
            Self::Sum(_) => {
                "do not use this file; if the mirror repacks archives, set GVMR_INDEX=off to rely on the checksum database"
            }
            Self::Unproved { .. } => {
                "name an index that lists its sha256 in GVMR_MUSL_INDEX, or pass --allow-unlogged"
            }
            Self::OtherVersion { .. } => "check where the file comes from; its name is wrong",
            Self::Host { assessment, nearest, .. } => {
                return Some(assessment.hint(nearest.as_ref()));
            }
            Self::NoBootstrap { .. } => {
                "install a Go that can build it, or what is missing, then run it again"
            }
            Self::Changed { version, .. } => {
                return Some(format!(
                    "run `gvmr install {version}` to download Go's own; the tree stays as it is"
                ));
            }
            Self::Unreadable { source, .. } => storage_hint(source),
            Self::Cut { .. } | Self::Cancelled => "run it again",
        };
        Some(hint.to_owned())
    }
}

/// Where the answers come from that lie beside an archive.
fn bring(missing: &Path) -> String {
    let name = missing.file_name().unwrap_or_default().to_string_lossy();
    let module = if name.contains('@') { name } else { "toolchain@VERSION".into() };
    format!(
        "on a machine with a network run `go mod download golang.org/{module}`, then copy \
         $(go env GOMODCACHE)/cache/download/sumdb to the directory of the archive or tree"
    )
}

/// What the network's own error says; a read that failed otherwise may do better next time.
fn network_hint(error: Option<&NetError>) -> Option<String> {
    error.map_or_else(|| Some("run it again".to_owned()), NetError::hint)
}
