//! The machine's own Go, as an outside judge.

use crate::support;
use std::process::Command;

use gvmr_core::gover::version::Version;

/// Whether a Go that is at least `least` is on PATH. If not, says that `case` is skipped, or fails where
/// nothing may be skipped.
pub(crate) fn is_here(least: &str, case: &str) -> bool {
    let output = Command::new("go").args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local").output();
    let found = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let version = found.as_deref().and_then(|name| Version::from_toolchain(name.trim()));
    if version.is_some_and(|version| version >= Version::parse(least).unwrap()) {
        return true;
    }
    skip(case, &format!("needs Go {least} or newer on PATH, found {found:?}"));
    false
}

/// Prints why `case` is not tested here, or fails where nothing may be skipped.
pub(crate) fn skip(case: &str, reason: &str) {
    support::skip(&format!("{case}: {reason}"));
}

/// The first line that `go env NAME` prints.
pub(crate) fn env(name: &str) -> String {
    let output = Command::new("go").args(["env", name]).env("GOTOOLCHAIN", "local").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
