//! The archive of a release: fetched, compared with the signed manifest, and read.
//!
//! Its bytes are those that were published, or none of them is read.

use super::{ReleaseLocation, ReleaseManifest, SelfUpdateError};
use crate::hexadecimal;
use crate::installation::{InstallationError, NewFiles};
use crate::net::{Client, NetError, RedactedUrl};
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read};
use tar::Archive;

/// The largest archive, and the largest file in it.
const MAX_BYTES: u64 = 256 << 20;
/// Bytes that are read at once.
const WINDOW: usize = 64 << 10;

/// Fetches the archive for this machine; gives both programs, and of the `extras` those that it holds.
pub(super) fn fetch(
    client: &Client,
    location: &ReleaseLocation,
    manifest: &ReleaseManifest,
    extras: &[String],
    progress: &dyn Fn(u64) -> bool,
) -> Result<NewFiles, SelfUpdateError> {
    let published = manifest.archive()?;
    let url = location.file_url(manifest.version(), &published.name);
    let from = RedactedUrl::of(&url);
    let mut body = client.open(&url)?.limited(published.size.min(MAX_BYTES))?;
    let (mut bytes, mut window) = (Vec::new(), vec![0; WINDOW]);
    loop {
        let read = body.read(&mut window).map_err(|error| cut(&error, &from))?;
        let Some(new) = window.get(..read).filter(|new| !new.is_empty()) else { break };
        bytes.extend_from_slice(new);
        if !progress(new.len() as u64) {
            return Err(InstallationError::Cancelled.into());
        }
    }
    let sha256 = hexadecimal::digits(&Sha256::digest(&bytes));
    if bytes.len() as u64 != published.size || sha256 != published.sha256 {
        return Err(SelfUpdateError::Sum { from, expected: published.sha256.clone(), found: sha256 });
    }
    let root = published.name.trim_end_matches(".tar.gz");
    let wanted: Vec<&str> =
        ["bin/gvmr", "bin/gvmr-shim"].into_iter().chain(extras.iter().map(String::as_str)).collect();
    let damaged = |why: String| SelfUpdateError::Archive { from: from.clone(), why };
    let mut found = files(&bytes, root, &wanted).map_err(|error| damaged(error.to_string()))?;
    let mut program = |name: &str| {
        let bytes =
            found.remove(&format!("bin/{name}")).ok_or_else(|| damaged(format!("it has no bin/{name}")))?;
        let published = manifest.program(name).map(|file| file.sha256.as_str());
        if published != Some(&hexadecimal::digits(&Sha256::digest(&bytes))) {
            return Err(damaged(format!("its bin/{name} is not the published one")));
        }
        Ok(bytes)
    };
    let (program, shim) = (program("gvmr")?, program("gvmr-shim")?);
    Ok(NewFiles { program, shim, extras: found.into_iter().collect() })
}

/// The regular files with these names below `root`.
fn files(archive: &[u8], root: &str, wanted: &[&str]) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in Archive::new(GzDecoder::new(archive)).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let name = path.strip_prefix(root).ok().and_then(|name| name.to_str());
        let Some(name) = name.filter(|name| wanted.contains(name) && entry.header().entry_type().is_file())
        else {
            continue;
        };
        let mut content = Vec::new();
        entry.by_ref().take(MAX_BYTES).read_to_end(&mut content)?;
        found.insert(name.to_owned(), content);
    }
    Ok(found)
}

fn cut(error: &io::Error, from: &RedactedUrl) -> SelfUpdateError {
    match NetError::of_io(error) {
        Some(error) => error.clone().into(),
        None => SelfUpdateError::Archive { from: from.clone(), why: error.to_string() },
    }
}
