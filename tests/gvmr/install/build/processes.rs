//! Whatever happens, no process of a build outlives it.

use super::fake::{Fake, MAKES_A_GOROOT, Paths};
use gvmr::build::{BuildError, build};
use gvmr_core::gover::version::Version;
use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts a grandchild that ignores signals, says both process ids in two lines, and never ends.
const STUBBORN: &str = "trap '' TERM INT HUP
( trap '' TERM INT HUP; while true; do sleep 1000; done ) &
echo $$; echo $!
while true; do sleep 1000; done";

/// Whether a process is there and not merely waiting for its parent to notice its end.
fn runs(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[track_caller]
fn all_end(pids: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while pids.iter().any(|pid| runs(*pid)) {
        assert!(Instant::now() < deadline, "still running of {pids:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn cancelling_ends_grandchildren_that_ignore_signals() {
    let fake = Fake::new(STUBBORN);
    let heard = Cell::new(Vec::new());
    let mut line = |text: &str| {
        let mut pids = heard.take();
        pids.push(text.parse::<u32>().unwrap());
        heard.set(pids);
    };
    let both_run = || {
        let pids = heard.take();
        let both = pids.len() == 2 && pids.iter().all(|pid| runs(*pid));
        heard.set(pids);
        both
    };
    let error = fake.build_until(&mut line, &both_run).unwrap_err();
    assert!(matches!(error, BuildError::Cancelled), "{error}");
    let pids = heard.take();
    assert_eq!(pids.len(), 2);
    all_end(&pids); // killed they are by now; the kernel may not have come to it
    assert!(!fake.path("scratch").exists());
}

#[test]
fn what_a_finished_build_left_running_is_ended_and_not_waited_for() {
    for hold_the_output in ["", ">/dev/null 2>&1"] {
        let script =
            format!("( while true; do sleep 1000; done ) {hold_the_output} & echo $!\n{MAKES_A_GOROOT}");
        let fake = Fake::new(&script);
        let start = Instant::now();
        let (lines, result) = fake.build();
        result.unwrap();
        assert!(start.elapsed() < Duration::from_secs(60));
        all_end(&[lines[0].parse().unwrap()]);
    }
}

#[test]
fn a_build_that_closes_its_output_is_still_waited_for() {
    let fake = Fake::new(&format!("exec >/dev/null 2>&1\nsleep 1\n{MAKES_A_GOROOT}"));
    fake.build().1.unwrap();
    assert!(fake.log().is_empty());
}

#[test]
fn endless_output_without_a_line_end_can_be_cancelled() {
    let fake = Fake::new("while true; do printf 0123456789; done");
    let (mut longest, mut count) = (0, 0);
    let start = Instant::now();
    let enough = Cell::new(false);
    let mut line = |text: &str| {
        longest = longest.max(text.len());
        count += 1;
        enough.set(count >= 10);
    };
    let error = fake.build_until(&mut line, &|| enough.get()).unwrap_err();
    assert!(matches!(error, BuildError::Cancelled), "{error}");
    assert!(longest <= 4096 && start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_listener_that_panics_leaves_nothing_running() {
    let fake = Fake::new(STUBBORN);
    let mut pids = Vec::new();
    let panics = catch_unwind(AssertUnwindSafe(|| {
        let mut line = |text: &str| {
            pids.push(text.parse::<u32>().unwrap());
            assert!(pids.len() < 2, "as it should");
        };
        fake.build_until(&mut line, &|| false)
    }));
    assert!(panics.is_err());
    all_end(&pids);
    assert!(!fake.path("scratch").exists());
}

#[test]
fn a_full_disk_under_the_log_ends_the_build() {
    let Some(disk) = crate::unpack::real_modules::SmallDisk::mount(64 << 10) else {
        return crate::support::skip("mounting a small file system needs root");
    };
    let fake = Fake::new("while true; do echo 0123456789 0123456789 0123456789; done");
    fs::remove_dir(fake.path("logs")).unwrap();
    std::os::unix::fs::symlink(disk.path(), fake.path("logs")).unwrap();
    let error = fake.build().1.unwrap_err();
    let BuildError::Io { path, source, .. } = error else { panic!("{error}") };
    assert_eq!((path, source.kind()), (fake.path("logs/log"), std::io::ErrorKind::StorageFull));
}

#[test]
fn a_builder_that_is_killed_takes_its_build_along() {
    let fake = Fake::new(&format!("{}\n{STUBBORN}", "exec >../../pids"));
    let this = std::env::current_exe().unwrap();
    let mut builder = Command::new(this);
    builder.args(["install::build::processes::builder", "--exact", "--nocapture"]);
    builder.env("GVMR_TEST_BUILD", fake.path("")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut builder = builder.spawn().unwrap();
    let pids = two_numbers(&fake.path("pids"));
    assert!(pids.iter().all(|pid| runs(*pid)));
    builder.kill().unwrap();
    builder.wait().unwrap();
    all_end(&pids);
}

fn two_numbers(file: &Path) -> Vec<u32> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let text = fs::read_to_string(file).unwrap_or_default();
        let numbers: Vec<u32> = text.lines().filter_map(|line| line.parse().ok()).collect();
        if numbers.len() == 2 && text.ends_with('\n') {
            return numbers;
        }
        assert!(Instant::now() < deadline, "the build said {text:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Does nothing unless it is the process that is killed above.
#[test]
fn builder() {
    let Some(directory) = std::env::var_os("GVMR_TEST_BUILD") else { return };
    let path = std::env::var("PATH").unwrap();
    let (version, environment) = (Version::parse("1.22.10").unwrap(), vec![("PATH", path.as_str())]);
    let paths = Paths::below(Path::new(&directory));
    let _ = build(&paths.plan(&version, &environment), &mut |_| (), &|| false);
}
