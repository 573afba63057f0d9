//! A machine of a test's own: a test of this program as process 1, with mounts, processes and a network that nothing else has.

use super::skip;
use super::world::{gvmr, shim};
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

/// What runs the test with this path on such a machine; its stdin is empty.
pub(crate) fn running(test: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(NAMESPACES).arg(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).stdin(Stdio::null());
    command
}
