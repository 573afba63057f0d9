//! The processes below this one: their work, and their end.
//!
//! Reads `/proc`; without it there are none. Kills by handles that name one process, and only what is below this one.

use super::session::end_process;
use super::stat::Stat;
use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, getpid, set_child_subreaper, wait};
use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take to end by a signal that it cannot ignore; one that the kernel holds may take for ever.
const GIVE_UP: Duration = Duration::from_secs(10);
/// Between two looks at what is left.
const TICK: Duration = Duration::from_millis(2);
/// Looks at processes that may not be killed, such as another user's, before they are left alone.
const REFUSALS: usize = 20;

/// Makes this process the parent of every process below it that loses its own parent.
pub(super) fn adopt_orphans() {
    // Before Linux 3.4 there is no such parent: what leaves the tree is not found then.
    let _ = set_child_subreaper(Some(getpid()));
}

/// The running processes below this one, but for those that are `spared` and what is below them.
fn descendants_but(spared: &[Pid]) -> Vec<(Pid, Stat)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let stats: BTreeMap<i32, Stat> = ids.filter_map(|id| Some((id, Stat::of(Pid::from_raw(id)?)?))).collect();
    let parent = |id: i32| stats.get(&id).and_then(Stat::parent);
    let own = getpid().as_raw_nonzero().get();
    let is_spared = |id: i32| spared.iter().any(|spared| spared.as_raw_nonzero().get() == id);
    // The processes were not all looked at in one moment: their parents may even form a circle.
    let above = |id: i32| std::iter::successors(parent(id), |id| parent(*id)).take(stats.len());
    let counts = |id: i32| above(id).any(|id| id == own) && !is_spared(id) && !above(id).any(is_spared);
    let below: Vec<i32> = stats.keys().copied().filter(|id| counts(*id)).collect();
    let running = stats.into_iter().filter(|(id, stat)| stat.is_running() && below.contains(id));
    running.filter_map(|(id, stat)| Some((Pid::from_raw(id)?, stat))).collect()
}

/// The processor time that the processes below this one used so far, in clock ticks: it grows while they work.
pub fn ticks_below() -> u64 {
    descendants_but(&[]).iter().map(|(_, stat)| stat.ticks()).sum()
}

/// Kills everything below this process until there is nothing left to wait for.
pub(super) fn end_descendants() {
    end_all_but(&[], || {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return false,
                Err(_) => return true, // ECHILD
            }
        }
    });
}

/// Kills everything below this process but the `known` children and what is below those. Those that are killed are not
/// waited for.
pub(super) fn end_orphans(known: &[Pid]) {
    end_all_but(known, || descendants_but(known).is_empty());
}

fn end_all_but(spared: &[Pid], is_done: impl Fn() -> bool) {
    let start = Instant::now();
    let mut refusals = 0;
    while start.elapsed() < GIVE_UP && refusals < REFUSALS && !is_done() {
        let killed = descendants_but(spared).into_iter().filter(|(id, stat)| {
            let is_same = || Stat::of(*id).is_some_and(|now| now.start_time() == stat.start_time());
            end_process(*id, is_same).is_ok()
        });
        let killed = killed.count();
        refusals = if killed == 0 { refusals + 1 } else { 0 };
        thread::sleep(TICK);
    }
}
