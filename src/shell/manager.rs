//! The service manager of a user, which starts programs without a shell.

use gvmr_core::sys::environment::Process;
use gvmr_core::sys::program;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take to answer.
const LIMIT: Duration = Duration::from_secs(5);
/// How often it is polled.
const TICK: Duration = Duration::from_millis(10);

/// Tells the manager of the user `uid`, if one runs, to read `environment.d` again; whether it did. Running programs keep
/// the environment it has.
pub fn reload_user_manager(uid: u32) -> Option<bool> {
    let runtime = Path::new("/run/user").join(uid.to_string());
    if !runtime.join("systemd/private").exists() {
        return None;
    }
    let mut command = Command::new(program::find_in_system("systemctl", &Process)?);
    command.args(["--user", "daemon-reload"]).env("XDG_RUNTIME_DIR", &runtime);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    Some(ends_well(&mut child, LIMIT).unwrap_or(false))
}

/// Whether it ends with success, and in time.
fn ends_well(child: &mut Child, limit: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(TICK);
    }
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
            let mut child = Command::new("sh").args(["-c", words]).spawn().unwrap();
            assert_eq!(ends_well(&mut child, Duration::from_millis(500)).unwrap(), expected, "{words}");
        }
    }
}
