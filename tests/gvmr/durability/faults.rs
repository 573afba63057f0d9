//! Each call to the system that changes something is the last one of a killed command, or fails with a full or broken disk.

use super::scenarios::{Count, Scenario, Stage};
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Calls that change something. Not every architecture has each of them.
const CALLS: [&str; 22] = [
    "openat",
    "write",
    "pwrite64",
    "writev",
    "copy_file_range",
    "ftruncate",
    "fsync",
    "fdatasync",
    "syncfs",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "symlinkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "fchmod",
    "fchmodat",
    "utimensat",
];
const FAULTS: [&str; 3] = ["signal=KILL", "error=ENOSPC", "error=EIO"];

/// Why there can be none here.
pub(crate) fn can_be_made() -> Result<(), String> {
    Command::new("strace").arg("-V").output().map(|_| ()).map_err(|_| "strace is not installed".to_owned())
}

/// Makes so many faults, or all where there are fewer; `nth` says which share of them.
pub(crate) fn count(scenario: &Scenario, nth: usize, faults: usize) -> Count {
    let stage = Stage::of(scenario);
    let calls = calls(&stage);
    let cases: Vec<_> =
        calls.iter().flat_map(|(call, count)| (1..=*count).map(move |when| (call, when))).collect();
    let cases: Vec<_> = cases.iter().flat_map(|case| FAULTS.map(|fault| (case.0, case.1, fault))).collect();
    let step = (cases.len() / faults).max(1);
    let mut count = Count::of(scenario, "faults");
    for (call, when, fault) in cases.iter().skip(nth % step).step_by(step) {
        stage.begin();
        let inject = format!("inject={call}:{fault}:when={when}");
        let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
        let status = stage.command(&strace).status().unwrap();
        count.add(!status.success(), stage.violations(&inject));
    }
    count
}

/// How often each call comes in one thread of the command, at most.
fn calls(stage: &Stage<'_>) -> BTreeMap<&'static str, usize> {
    stage.begin();
    let log = stage.user().with_file_name("strace");
    let trace = format!("trace=?{}", CALLS.join(",?"));
    stage.command(&["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace]).status().unwrap();
    let lines = fs::read_to_string(&log).unwrap();
    let mut counts: BTreeMap<(&str, &'static str), usize> = BTreeMap::new();
    for line in lines.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let call = CALLS.iter().find(|call| rest.trim_start().starts_with(&format!("{call}(")));
        if let Some(call) = call {
            *counts.entry((thread, call)).or_default() += 1;
        }
    }
    let mut most = BTreeMap::new();
    for ((_, call), count) in counts {
        let entry = most.entry(call).or_insert(0);
        *entry = count.max(*entry);
    }
    most
}
