//! How much memory a command takes: the high-water mark of its largest process, asked for while it runs.

use std::fs;
use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

/// Waits for the leader of a process group, and raises `peak`, in KiB, to the most that any process of the group
/// ever had resident. What a process takes in its last few milliseconds can be missed.
pub(crate) fn wait(leader: &mut Child, peak: &mut u64) -> io::Result<ExitStatus> {
    loop {
        for process in group(leader.id()) {
            *peak = resident(process).max(*peak);
        }
        if let Some(status) = leader.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn group(leader: u32) -> impl Iterator<Item = u32> {
    let names = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let processes = names.filter_map(|name| name.to_str()?.parse::<u32>().ok());
    processes.filter(move |process| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name in brackets may hold anything; state, parent and group follow it.
        let group = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(2));
        group.and_then(|group| group.parse().ok()) == Some(leader)
    })
}

fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
