//! A file that changes between the look at it and its use: what takes effect is what was approved, or nothing.

use super::fixture::{Machine, script};
use crate::support::slow;
use gvmr::config::compile_project;
use gvmr_core::env::compiled_rules::CompiledRules;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const RUNS: usize = 10_000;
const APPROVALS: usize = 300;

const APPROVED: &str = "[env]\nGOFLAGS = \"-tags=approved\"\nGOPROXY = \"http://good.example\"\n";
const EVIL: &str = "[env]\nGOFLAGS = \"-toolexec=/evil\"\nGOPROXY = \"http://evil.example\"\n";

#[test]
fn a_swap_between_check_and_use_never_lets_the_unapproved_bytes_in() {
    const TEST: &str =
        "environment::trust::swaps::a_swap_between_check_and_use_never_lets_the_unapproved_bytes_in";
    let runs = slow::rounds(TEST, 2_000, RUNS);
    let machine = Machine::new();
    let project = machine.project("p", APPROVED);
    script(&machine.world.goroot("1.98.1").join("bin/go"), "#!/bin/sh\necho \"$GOFLAGS $GOPROXY\"\n");
    machine.trust(&project, &[]).succeeds();
    let go = || machine.world.shim("go", &project, [""; 0]).succeeds();
    assert_eq!(go(), "-tags=approved http://good.example");
    fs::write(project.join("gvmr.toml"), EVIL).unwrap();
    assert_eq!(go(), " "); // and the notice is said by now

    let seen = while_swapping(&project, Swap::InPlaceToo, || {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let left = AtomicUsize::new(runs);
        let start = Instant::now();
        let counts: Vec<BTreeMap<String, usize>> = std::thread::scope(|scope| {
            let runners: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(|| {
                        let mut seen = BTreeMap::new();
                        while left
                            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                            .is_ok()
                        {
                            *seen.entry(go()).or_default() += 1;
                        }
                        seen
                    })
                })
                .collect();
            runners.into_iter().map(|runner| runner.join().unwrap()).collect()
        });
        println!("{runs} runs in {:?}", start.elapsed());
        for (line, count) in counts.into_iter().flatten() {
            *seen.entry(line).or_default() += count;
        }
        seen
    });
    println!("{seen:?}");
    assert_eq!(seen.values().sum::<usize>(), runs);
    let lines: Vec<_> = seen.keys().map(String::as_str).collect();
    assert_eq!(lines, [" ", "-tags=approved http://good.example"], "{seen:?}");
}

#[test]
fn what_is_approved_during_a_swap_is_one_content_whole_and_the_one_that_is_shown() {
    let machine = Machine::new();
    let project = machine.project("p", APPROVED);
    let seen = while_swapping(&project, Swap::Renaming, || {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..APPROVALS {
            *seen.entry(approved(&machine, &project).unwrap()).or_default() += 1;
        }
        seen
    });
    println!("{:?}", seen.values());
    let contents: Vec<_> = seen.keys().map(String::as_str).collect();
    assert_eq!(contents, [APPROVED, EVIL]);
}

/// Whoever reads a file while it is written in place may see a part of each content. Then that is what is approved, if it
/// is one at all, and what is shown.
#[test]
fn what_is_approved_during_a_write_is_what_is_shown() {
    let machine = Machine::new();
    let project = machine.project("p", APPROVED);
    let count = while_swapping(&project, Swap::InPlaceToo, || {
        (0..APPROVALS / 2).filter(|_| approved(&machine, &project).is_some()).count()
    });
    println!("{count}");
    assert!(count > 0);
}

/// Trusts the file, asserts that what was shown, compiled and kept is one, and gives that; `None` where it had mistakes.
fn approved(machine: &Machine, project: &Path) -> Option<String> {
    let run = machine.trust(project, &[]);
    if run.code != Some(0) {
        run.exits(2, &["gvmr.toml:"]);
        return None;
    }
    let record = CompiledRules::read(&fs::read(machine.record(project)).unwrap()).unwrap();
    let home = machine.world.path("user");
    let compiled = compile_project(&project.join("gvmr.toml"), &record.body, Some(&home)).unwrap();
    assert_eq!(record, compiled);
    let assignments = record.sections.iter().flat_map(|section| &section.assignments);
    let expected: Vec<_> = assignments
        .map(|one| format!("line {}: {}={}", one.line, one.variable.name, one.value.to_str().unwrap()))
        .collect();
    let settings = run.stdout.lines().filter(|line| line.starts_with("  line "));
    let shown: Vec<_> = settings.map(|line| line.trim().split("  <- ").next().unwrap()).collect();
    assert_eq!(shown, expected);
    Some(String::from_utf8(record.body).unwrap())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Swap {
    Renaming,
    InPlaceToo,
}

/// Runs `work` while the file's content changes between the two.
fn while_swapping<T>(project: &Path, swap: Swap, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    let file = project.join("gvmr.toml");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let draft = project.join("draft");
            for turn in 0_u32.. {
                if done.load(Ordering::SeqCst) {
                    break;
                }
                let content = [APPROVED, EVIL][usize::from(turn % 2 == 0)];
                if swap == Swap::Renaming || turn % 8 < 6 {
                    fs::write(&draft, content).unwrap();
                    fs::rename(&draft, &file).unwrap();
                } else {
                    fs::write(&file, content).unwrap();
                }
                // Long enough for both processors to do something else, and never in step with a run.
                std::thread::sleep(Duration::from_micros(u64::from(turn * 37 % 400)));
            }
        });
        let _end = End(&done);
        work()
    })
}

/// Ends the swapping, after a failure too.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
