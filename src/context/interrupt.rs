//! Ctrl-C, SIGTERM and SIGHUP: the first one asks a command that must clean up to do so.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How long an interrupted command may take to clean up before it is ended.
const GRACE: Duration = Duration::from_secs(2);

/// Whether the end was asked for, and how many parts of the command must clean up first.
#[derive(Default)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
    pending_cleanup: Arc<AtomicUsize>,
}

impl Interrupt {
    /// While something is to be cleaned up, the first signal asks for that; a second one, or a cleanup that takes too
    /// long, ends the process, and otherwise every signal does. Nothing is lost either way: the next install removes what
    /// was not committed.
    pub(super) fn listen(&self) -> io::Result<()> {
        let handled = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
        let mut signals = signal_hook::iterator::Signals::new(handled)?;
        let (asked, pending_cleanup) = (Arc::clone(&self.asked), Arc::clone(&self.pending_cleanup));
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in &mut signals {
                if asked.swap(true, Ordering::Relaxed) || pending_cleanup.load(Ordering::Relaxed) == 0 {
                    end(signal);
                }
                std::thread::spawn(move || {
                    std::thread::sleep(GRACE);
                    end(signal);
                });
            }
        })?;
        Ok(())
    }

    /// Whether the end was asked for.
    pub(super) fn is_set(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Runs `work`, which needs time to clean up if it is interrupted.
    pub(super) fn with_cleanup<T>(&self, work: impl FnOnce() -> T) -> T {
        self.pending_cleanup.fetch_add(1, Ordering::Relaxed);
        let result = work();
        self.pending_cleanup.fetch_sub(1, Ordering::Relaxed);
        result
    }
}

/// Whether the parent process wants this one to survive the signal, as `nohup` does.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

fn end(signal: i32) {
    let _ = signal_hook::low_level::emulate_default_handler(signal); // it does not return for these signals
}
