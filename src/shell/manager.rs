//! The service manager of a user, which starts programs without a shell.

use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Streams};
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::program;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long it may take to answer.
const LIMIT: Duration = Duration::from_secs(5);
/// The most bytes of its environment.
const MAX_BYTES: usize = 1 << 20;

/// Tells the manager of the user `uid`, if one runs, to read `environment.d` again; whether it did. Running programs keep
/// the environment it has.
pub fn reload_user_manager(uid: u32) -> Option<bool> {
    let runtime = Path::new("/run/user").join(uid.to_string());
    if !runtime.join("systemd/private").exists() {
        return None;
    }
    let mut command = Command::new(program::find_in_system("systemctl", &Process)?);
    command.args(["--user", "daemon-reload"]).env("XDG_RUNTIME_DIR", &runtime);
    Some(ends_well(command, LIMIT))
}

/// The PATH that the manager of the user `uid` gives to what it starts; `None` where none runs, or none answers.
pub fn path_of_user_manager(uid: u32) -> Option<Vec<u8>> {
    let runtime = Path::new("/run/user").join(uid.to_string());
    if !runtime.join("systemd/private").exists() {
        return None;
    }
    let mut command = Command::new(program::find_in_system("systemctl", &Process)?);
    command.args(["--user", "show-environment"]).env("XDG_RUNTIME_DIR", &runtime).stdin(Stdio::null());
    let limits = OutputLimits { time: LIMIT, kept: KeptOutput::First(MAX_BYTES), is_answer: |_| false };
    let output = process::output(command, Streams::Apart, Scope::Group, limits).ok()?;
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(b"PATH="))
        .map(<[u8]>::to_vec)
}

/// Whether it ends with success, and in time.
fn ends_well(mut command: Command, time: Duration) -> bool {
    command.stdin(Stdio::null());
    let limits = OutputLimits { time, kept: KeptOutput::First(0), is_answer: |_| true };
    let output = process::output(command, Streams::Both, Scope::Group, limits);
    output.is_ok_and(|output| matches!(output.ending, Ending::Exited(status) if status.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_manager_runs_none_is_asked() {
        assert_eq!(reload_user_manager(u32::MAX), None);
    }

    #[test]
    fn who_fails_or_hangs_has_not_done_it() {
        for (words, expected) in [("true", true), ("exit 3", false), ("exec sleep 60", false)] {
            let mut command = Command::new("sh");
            command.args(["-c", words]);
            assert_eq!(ends_well(command, Duration::from_millis(500)), expected, "{words}");
        }
    }
}
