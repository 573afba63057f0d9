//! However gvmr ends, no process of a command outlives it.

use super::{each, world};
use crate::support::mark::Mark;
use crate::support::world::{World, gvmr};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A script that ignores what can be ignored and starts three sleeps: one itself, one in the background, one in a process
/// group of its own.
fn stubborn(mark: &Mark) -> String {
    format!("trap '' INT TERM HUP; sleep {mark} & timeout 9999 sleep {mark} & sleep {mark}")
}

/// `gvmr each` of two versions with that script, all of which run; Ctrl-C is not ignored, whoever started this test.
fn started(world: &World, mark: &Mark) -> Child {
    let mut command = world.command(Path::new("env"), &world.path("user"));
    command
        .arg("--default-signal=INT,HUP,TERM")
        .arg(gvmr())
        .args(["each", "1.97", "1.98", "1.99", "-j", "2"]);
    command.args(["--", "sh", "-c", &stubborn(mark)]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    mark.appears(6);
    child
}

/// Whether a process has this text in a word of its command line.
fn runs(text: &str) -> bool {
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(text))
}

/// Leaves three daemons behind that sleep: one in a session of its own, one that lost its parents, and one that starts
/// another sleep whenever one ends.
fn daemons(mark: &Mark) -> String {
    format!(
        "setsid -f sleep {mark}; (setsid sh -c 'trap \"\" HUP TERM INT; sleep {mark} & exec sleep {mark}' &) & \
         setsid -f sh -c 'trap \"\" HUP TERM INT; while :; do sleep {mark}; done'"
    )
}

#[test]
fn daemons_end_with_the_command_that_started_them() {
    let (_mirror, world) = world(&["1.98.1"]);
    let (mark, project) = (Mark::new(), world.project("project", &[]));
    let started = format!("until [ $(pgrep -c -f '^sleep {mark}') = 4 ]; do sleep 0.02; done");
    let run = each(&world, &project, &["1.98"], &format!("{}; {started}; echo done; exit 3", daemons(&mark)));
    assert_eq!(mark.processes(), [0; 0], "none when gvmr has ended");
    run.exits(1, &["go1.98.1: exit 3", "done"]);
    let script = format!("{}; {started}; kill -SEGV $$", daemons(&mark));
    each(&world, &project, &["1.98"], &script).exits(1, &["go1.98.1: signal SIGSEGV"]);
    assert_eq!(mark.processes(), [0; 0], "none when gvmr has ended");
}

#[test]
fn daemons_do_not_outlive_a_gvmr_that_is_interrupted_or_killed() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        let mark = Mark::new();
        let mut command = world.command(gvmr(), &world.path("user"));
        let script = format!("{}; sleep {mark}", daemons(&mark));
        command.args(["each", "1.97", "1.98", "-j", "2", "--", "sh", "-c", &script]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        mark.appears(10);
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(signal as i32));
        mark.is_gone();
        mark.until("no script runs", |_| !runs(&mark.to_string()));
    }
}

#[test]
fn a_signal_ends_all_and_what_was_interrupted_is_said() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1", "1.99.1"]);
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let mark = Mark::new();
        let child = started(&world, &mark);
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        mark.is_gone();
        let text = String::from_utf8(output.stdout).unwrap();
        let words: Vec<&str> = text.lines().map(|line| line[11..25].trim()).collect();
        assert_eq!(words, ["interrupted", "interrupted", "not run"], "{signal} {text}");
        assert_eq!(output.status.signal(), Some(signal as i32), "{signal}: a shell's loop stops");
    }
}

#[test]
fn a_command_that_heeds_ctrl_c_can_tidy_up() {
    let (_mirror, world) = world(&["1.98.1"]);
    let (mark, project) = (Mark::new(), world.project("project", &[]));
    let mut command = world.command(Path::new("env"), &project);
    let script = format!("trap 'echo tidy >tidied; exit 3' INT; sleep {mark} & wait");
    command.arg("--default-signal=INT").arg(gvmr()).args(["each", "1.98", "--", "sh", "-c", &script]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    mark.appears(1);
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.signal(), Some(Signal::SIGINT as i32));
    assert!(project.join("tidied").exists());
    mark.is_gone();
}

#[test]
fn a_killed_gvmr_takes_all_along_and_closes_every_pipe() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1", "1.99.1"]);
    for _ in 0..5 {
        let mark = Mark::new();
        let mut child = started(&world, &mark);
        child.kill().unwrap();
        let mut rest = Vec::new();
        child.stderr.take().unwrap().read_to_end(&mut rest).unwrap(); // ends when nobody can write any more
        child.wait().unwrap();
        mark.is_gone();
    }
}

#[test]
fn a_gvmr_that_is_killed_at_any_moment_leaves_nothing() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    let mark = Mark::new();
    for delay in 0..40_u64 {
        let mut command = world.command(gvmr(), &world.path("user"));
        command.args(["each", "1.97", "1.98", "--", "sh", "-c", &stubborn(&mark)]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // One that is not yet asleep still runs the script.
    mark.until("no script runs", |_| !runs(&mark.to_string()));
    mark.is_gone();
}

#[test]
fn what_a_killed_keeper_kept_is_ended_by_gvmr() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1", "1.99.1"]);
    let mark = Mark::new();
    let child = started(&world, &mark);
    let keepers =
        Command::new("pgrep").args(["-P", &child.id().to_string(), "-f", "session-watch"]).output().unwrap();
    let keepers = String::from_utf8(keepers.stdout).unwrap();
    let keeper = keepers.split_whitespace().next().unwrap().parse().unwrap();
    kill(Pid::from_raw(keeper), Signal::SIGKILL).unwrap();
    mark.until("the other version and the third sleep", |processes| processes.len() == 6);
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.signal(), Some(Signal::SIGTERM as i32));
    mark.is_gone();
}

#[test]
fn daemons_of_a_command_that_kills_its_keeper_end_with_it_and_no_others() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    let (mark, project) = (Mark::new(), world.project("project", &[]));
    let started = format!("until [ $(pgrep -c -f '^sleep {mark}') = 4 ]; do sleep 0.02; done");
    // The leader's parent is the keeper. The other version is told when this one has lost all.
    let killer = format!("{}; {started}; kill -9 $PPID; sleep 60", daemons(&mark));
    let lives = "setsid -f sh -c 'while sleep 0.05; do :; done; touch lost'; until [ -e killed ]; do sleep 0.05; done; sleep 0.3; [ ! -e lost ] && echo alive";
    let script = format!("case $(go version) in *1.97*) {killer};; *) {lives};; esac");
    let mut command = world.command(gvmr(), &project);
    command.args(["each", "1.97", "1.98", "-j", "2", "--", "sh", "-c", &script]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    mark.appears(4);
    mark.is_gone();
    std::fs::write(project.join("killed"), "").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("alive") && text.contains("go1.97.4"), "{output:?}");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn ctrl_c_at_a_terminal_ends_all_and_commands_have_no_terminal() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    let mark = Mark::new();
    let pair = nix::pty::openpty(None, None).unwrap();
    let end = || Stdio::from(pair.slave.try_clone().unwrap());
    let mut command = world.command(Path::new("setsid"), &world.path("user"));
    command
        .args(["--ctty", "--wait", "env", "--default-signal=INT"])
        .arg(gvmr())
        .args(["each", "1.97", "1.98"]);
    let script = format!("( : >/dev/tty ) 2>/dev/null && echo has a terminal; {}", stubborn(&mark));
    command.env("TERM", "xterm").args(["--", "sh", "-c", &script]).stdin(end()).stdout(end()).stderr(end());
    let mut child = command.spawn().unwrap();
    drop((command, pair.slave));
    let mut terminal = File::from(pair.master);
    let mut screen = terminal.try_clone().unwrap();
    let shown = std::thread::spawn(move || {
        let mut shown = Vec::new();
        let _ = screen.read_to_end(&mut shown); // an error is how a terminal without a program ends
        String::from_utf8_lossy(&shown).into_owned()
    });
    mark.appears(6);
    terminal.write_all(b"\x03").unwrap();
    let status = child.wait().unwrap();
    mark.is_gone();
    drop(terminal);
    let shown = shown.join().unwrap();
    assert_eq!(status.signal(), Some(Signal::SIGINT as i32), "{shown}");
    assert!(shown.contains("running, ") && shown.contains("interrupted"), "{shown}");
    assert!(!shown.contains("has a terminal"), "{shown}");
}

#[test]
fn what_a_command_leaves_running_ends_with_it() {
    let (_mirror, world) = world(&["1.98.1"]);
    let mark = Mark::new();
    let script = format!("sleep {mark} & timeout 9999 sleep {mark} & sleep 0.3; echo done");
    let run = each(&world, &world.path("user"), &["1.98"], &script);
    assert!(run.stderr.ends_with("done\n"), "{run:?}");
    run.succeeds();
    assert_eq!(mark.processes(), [0; 0]);
}
