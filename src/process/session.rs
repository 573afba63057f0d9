//! The processes of a session, and their end.
//!
//! Takes a session's id; reads `/proc`, kills by handles that name one process. Never kills what left the session.

use super::stat::Stat;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};
use std::fs;

/// How often a session is swept for members that were born meanwhile.
const SWEEPS: usize = 20;

/// Kills the members of a session, those in groups of their own too.
pub(super) fn sweep(leader: Pid) {
    for _ in 0..SWEEPS {
        let members = members(leader);
        if members.is_empty() {
            return;
        }
        for member in members {
            let _ = end_process(member, || is_member(member, leader)); // one that is gone is fine
        }
    }
}

/// The processes of a session that still run.
fn members(leader: Pid) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter_map(Pid::from_raw).filter(|process| is_member(*process, leader)).collect()
}

fn is_member(process: Pid, leader: Pid) -> bool {
    let stat = Stat::of(process).filter(Stat::is_running);
    stat.and_then(|stat| stat.session()) == Some(leader.as_raw_nonzero().get())
}

/// Kills a process by a handle, if it still is the one that is meant: another one may have got its id meanwhile.
pub(super) fn end_process(process: Pid, is_meant: impl FnOnce() -> bool) -> Result<(), Errno> {
    match pidfd_open(process, PidfdFlags::empty()) {
        Ok(handle) if is_meant() => pidfd_send_signal(handle, Signal::KILL),
        Err(Errno::NOSYS) => kill_process(process, Signal::KILL), // before Linux 5.3
        other => other.map(drop),
    }
}
