//! What the block costs when a shell starts: no process. (How long it takes, the bench `shell_start` measures.)

use super::start::Start;
use crate::support::skip;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn an_interactive_start_makes_no_process_more() {
    for start in Start::all() {
        if start.program().is_none() {
            skip(&format!("{} is not installed", start.name));
            continue;
        }
        let directory = tempfile::tempdir().unwrap();
        let (without, with) = (directory.path().join("without"), directory.path().join("with"));
        start.prepare(&without, false);
        start.prepare(&with, true);
        let (Some(before), Some(after)) = (traced(start, &without), traced(start, &with)) else {
            return skip("strace cannot trace here");
        };
        assert!(!processes(&before).is_empty(), "{}: nothing was traced", start.name);
        assert!(after.contains("/gvmr/env"), "{}: the start did not read the script", start.name);
        assert_eq!(processes(&after), processes(&before), "{}", start.name);
    }
}

/// The calls that make processes or programs of them, in their order. How many threads fish starts is chance.
fn processes(trace: &str) -> Vec<&str> {
    let calls = trace
        .lines()
        .filter(|line| !line.contains("CLONE_THREAD"))
        .filter_map(|line| line.split_once('('))
        .filter_map(|(call, _)| call.split(' ').next_back());
    calls
        .filter(|call| call.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !call.starts_with("open"))
        .collect()
}

/// What strace tells of a second start (the first one fills caches); `None` where it is missing or may not trace.
fn traced(start: &Start, home: &Path) -> Option<String> {
    let mut shell = start.command(home);
    assert!(shell.status().unwrap().success(), "{}", start.name);
    let file = home.join("trace");
    let calls = "trace=execve,execveat,clone,clone3,fork,vfork,open,openat";
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "--seccomp-bpf", "-e", calls, "-e", "signal=none", "-o"]).arg(&file);
    command
        .arg(shell.get_program())
        .args(shell.get_args())
        .env_clear()
        .current_dir(home)
        .stdin(Stdio::null());
    command.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().ok()?;
    let trace = std::fs::read_to_string(&file).ok().filter(|trace| !trace.is_empty())?;
    assert!(output.status.success(), "{}: {output:?}", start.name);
    Some(trace)
}
