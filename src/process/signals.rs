//! Signals that end a process: how one of gvmr ends by them, and one that must not end it.
//!
//! Takes a signal's number. Never leaves a disposition behind that a program started by gvmr would inherit: what is handled
//! here has its default action again after `execve`, and what the caller ignores stays ignored.

use gvmr_core::sys::process;
use rustix::process::getpid;
use signal_hook::consts::SIGXFSZ;
use signal_hook::low_level;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Lets a write beyond the limit on file sizes (`ulimit -f`) fail with EFBIG, an error like any other; by default it
/// kills the process without a word.
pub fn report_file_size_limit() {
    if !process::ignores(SIGXFSZ) {
        // Where the handler cannot be set, the limit still ends the process.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

/// Whether the parent process wants this one to survive the signal, as `nohup` does.
pub fn is_ignored(signal: i32) -> bool {
    process::ignores(signal)
}

/// The exit code that a shell gives for a process that this signal ended.
pub fn exit_code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(255)
}

/// Ends this process by the signal's default action: its parent sees a process that the signal ended, and a shell's loop
/// stops on Ctrl-C. Process 1 of a container has no default actions, and exits.
pub fn end_by(signal: i32) -> ! {
    if getpid().is_init() {
        low_level::exit(i32::from(exit_code(signal)));
    }
    let _ = low_level::emulate_default_handler(signal);
    low_level::exit(i32::from(exit_code(signal)))
}
