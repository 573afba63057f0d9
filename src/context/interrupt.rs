//! Ctrl-C, SIGTERM and SIGHUP: the first one asks a command that must clean up to do so.

use crate::process::{self, signals};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

/// How long an interrupted command may take to clean up before it is ended.
const GRACE: Duration = Duration::from_secs(5);

/// The first signal that asked this process to end; 0 before.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// The signal that asked this process to end, if one did.
pub fn ending_signal() -> Option<i32> {
    Some(SIGNAL.load(Ordering::Relaxed)).filter(|signal| *signal != 0)
}

/// Whether the end was asked for, and how many parts of the command must clean up first.
#[derive(Default)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
    pending_cleanup: Arc<AtomicUsize>,
}

impl Interrupt {
    /// While something is to be cleaned up, the first signal asks for that; a second one, or a cleanup that takes too
    /// long, ends the process with all that it runs, and otherwise every signal does. Nothing is lost either way: the next install removes what
    /// was not committed.
    pub(super) fn listen(&self) -> io::Result<()> {
        let handled = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !signals::is_ignored(*signal));
        let mut received = signal_hook::iterator::Signals::new(handled)?;
        let (asked, pending_cleanup) = (Arc::clone(&self.asked), Arc::clone(&self.pending_cleanup));
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in &mut received {
                let _ = SIGNAL.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
                if asked.swap(true, Ordering::Relaxed) || pending_cleanup.load(Ordering::Relaxed) == 0 {
                    end_by(signal);
                }
                std::thread::spawn(move || {
                    std::thread::sleep(GRACE);
                    end_by(signal);
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

/// Ends this process, and what it runs.
fn end_by(signal: i32) -> ! {
    process::end_all();
    signals::end_by(signal)
}
