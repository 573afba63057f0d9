//! A machine of a test's own: a test of this program as process 1, with mounts, processes and a network that nothing else has.

use super::skip;
use super::world::{gvmr, shim};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

const NAMESPACES: [&str; 6] = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];

/// Whether there can be such machines here; says why not. Builds what they need, since they have no network.
pub(crate) fn are_there() -> bool {
    if !rustix::process::geteuid().is_root() {
        skip("a machine of its own needs root");
        return false;
    }
    let probe = Command::new("unshare").args(NAMESPACES).args(["ip", "link"]).stdout(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        skip("no private mounts, processes and network here, or no ip");
        return false;
    }
    let (_, _) = (gvmr(), shim());
    true
}

/// Runs the test with this path on such a machine, with an empty stdin. What it leaves in the directory for temporary files goes
/// with it: process 1 ends before all else does. The error is what a test that failed said.
pub(crate) fn run(test: &str, prepare: impl FnOnce(&mut Command)) -> Result<(), String> {
    let scratch = tempfile::tempdir().unwrap();
    fs::set_permissions(&scratch, Permissions::from_mode(0o755)).unwrap(); // for its other users
    let mut command = Command::new("unshare");
    command.args(NAMESPACES).arg(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env("TMPDIR", scratch.path()).stdin(Stdio::null());
    prepare(&mut command);
    let output = command.output().unwrap();
    let words = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if output.status.success() { Ok(()) } else { Err(words.concat()) }
}
