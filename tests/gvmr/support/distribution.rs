//! Releases as `.ci/dist` makes them: of this checkout, and of the version after it, for this machine's architecture.
//!
//! Built once, fast rather than well, where `GVMR_TEST_DISTS` names none that are ready.

use super::sources::root;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Names a directory that has `current/`, `next/` and `key` already.
const READY: &str = "GVMR_TEST_DISTS";

/// The directory of a release of this checkout.
pub(crate) fn current() -> PathBuf {
    releases().join("current")
}

/// The same with the patch version after it.
pub(crate) fn next() -> PathBuf {
    releases().join("next")
}

/// The minisign secret key that signs both; the public key is beside it, in `key.pub`.
pub(crate) fn key() -> PathBuf {
    releases().join("key")
}

fn releases() -> &'static Path {
    static RELEASES: OnceLock<PathBuf> = OnceLock::new();
    RELEASES.get_or_init(|| std::env::var_os(READY).map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let directory = root().join("target/test-dists");
    let output = Command::new(root().join(".ci/test-dists")).arg(&directory).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    directory
}
