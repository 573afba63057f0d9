//! A session on a terminal, and somebody who types there.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long is waited before the line is typed again: shells throw away what was typed before their prompt.
const AGAIN: Duration = Duration::from_millis(1500);
/// How long a session may take.
const LIMIT: Duration = Duration::from_secs(15);

/// Types `line` until `file` is there, then leaves.
pub(super) fn type_into(mut command: Command, line: &str, file: &Path) {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut session = command.spawn().unwrap();
    let mut keys = session.stdin.take().unwrap();
    let started = Instant::now();
    let mut next = started + Duration::from_millis(100); // a prompt takes that long
    while !file.exists() && started.elapsed() < LIMIT && session.try_wait().unwrap().is_none() {
        if Instant::now() > next {
            let _ = writeln!(keys, "{line}"); // a session that has ended reads nothing
            next = Instant::now() + AGAIN;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = writeln!(keys, "exit");
    drop(keys);
    let left = Instant::now() + Duration::from_secs(2);
    while session.try_wait().unwrap().is_none() && Instant::now() < left {
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = session.kill();
    session.wait().unwrap();
}
