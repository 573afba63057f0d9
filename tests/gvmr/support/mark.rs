//! Processes that a test can tell from all others.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A number of seconds that no other sleep on this machine has; who sleeps for it ends when this is dropped.
pub(crate) struct Mark(String);

impl Mark {
    /// A new one.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(format!("7777.{:07}{number:03}", std::process::id()))
    }

    /// The processes that sleep for it.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let ids = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let sleeps = |id: &i32| {
            let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
            matches!(words.as_slice(), [b"sleep", time, ..] if *time == self.0.as_bytes())
        };
        ids.filter(sleeps).collect()
    }

    /// Waits until that many sleep.
    #[track_caller]
    pub(crate) fn appears(&self, count: usize) {
        self.until(&format!("{count} sleep"), |processes| processes.len() == count);
    }

    /// Waits until none sleeps.
    #[track_caller]
    pub(crate) fn is_gone(&self) {
        self.until("none sleeps", <[i32]>::is_empty);
    }

    /// Waits until this holds of the processes that sleep.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&[i32]) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !holds(&self.processes()) {
            assert!(Instant::now() < deadline, "not {what}: {:?}", self.processes());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        for id in self.processes() {
            let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}
