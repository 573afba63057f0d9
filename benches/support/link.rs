//! The whole bench once more, in a network of its own whose only link is slow.

use std::path::Path;
use std::process::Command;

/// A bucket that empties at `$1` megabits per second; then whatever else was given.
const SLOW: &str = r#"
ip link set lo up && tc qdisc add dev lo root tbf rate "$1"mbit burst 256kb latency 400ms || exit 125
shift
exec "$@""#;

/// Runs this program with the arguments it has and `--inside`, until it ends; or says why that cannot be.
pub(crate) fn repeat_inside(megabits: u32) -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Err("only root may shape a link".to_owned());
    }
    let probe = slow(megabits, Path::new("true")).output().map_err(|error| format!("unshare: {error}"))?;
    if !probe.status.success() {
        return Err(String::from_utf8_lossy(&probe.stderr).trim().to_owned());
    }
    let itself = std::env::current_exe().unwrap();
    let status = slow(megabits, &itself).args(std::env::args_os().skip(1)).arg("--inside").status().unwrap();
    assert!(status.success(), "{status}");
    Ok(())
}

fn slow(megabits: u32, program: &Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", SLOW, "sh", &megabits.to_string()]).arg(program);
    command
}
