//! The processes of a session, and their end.
//!
//! Takes a session's id; reads `/proc`, kills by handles that name one process. Never kills what left the session.

use super::stat::Stat;
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
            end_member(member, leader);
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

/// Kills a member by a handle: another process may have got its id meanwhile.
fn end_member(process: Pid, leader: Pid) {
    let _ = match pidfd_open(process, PidfdFlags::empty()) {
        Ok(handle) if is_member(process, leader) => pidfd_send_signal(handle, Signal::KILL),
        Err(rustix::io::Errno::NOSYS) => kill_process(process, Signal::KILL), // before Linux 5.3
        _ => Ok(()),
    };
}
