//! The processes below this one, and the work they do.
//!
//! Reads `/proc`; without it there are none. Never signals a process.

use super::stat::Stat;
use rustix::process::{Pid, getpid};
use std::collections::BTreeMap;
use std::fs;

/// The running processes below this one.
pub(super) fn descendants() -> Vec<(Pid, Stat)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let stats: BTreeMap<i32, Stat> = ids.filter_map(|id| Some((id, Stat::of(Pid::from_raw(id)?)?))).collect();
    let parent = |id: i32| stats.get(&id).and_then(Stat::parent);
    let own = getpid().as_raw_nonzero().get();
    // The processes were not all looked at in one moment: their parents may even form a circle.
    let above = |id: i32| std::iter::successors(parent(id), |id| parent(*id)).take(stats.len());
    let below: Vec<i32> = stats.keys().copied().filter(|id| above(*id).any(|id| id == own)).collect();
    let running = stats.into_iter().filter(|(id, stat)| stat.is_running() && below.contains(id));
    running.filter_map(|(id, stat)| Some((Pid::from_raw(id)?, stat))).collect()
}

/// The processor time that the processes below this one used so far, in clock ticks: it grows while they work.
pub fn ticks_below() -> u64 {
    descendants().iter().map(|(_, stat)| stat.ticks()).sum()
}
