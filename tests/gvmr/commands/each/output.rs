//! What a version's command prints: whole, in one piece, of any length and kind.

use super::{each, world};
use crate::support::world::gvmr;
use std::time::{Duration, Instant};

#[test]
fn both_streams_come_in_order_in_one_piece() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1", "1.99.1"]);
    let script = "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; sleep 0.05; done; printf end";
    let run = each(&world, &world.path("user"), &["1.97", "1.98", "1.99", "-j", "3"], script);
    let lines = (1..=5).map(|i| format!("out {i}\nerr {i}\n")).collect::<Vec<_>>().concat();
    assert_eq!(run.stderr.matches(&format!(" s\n{lines}end\n")).count(), 3, "{run:?}");
}

#[test]
fn quiet_shows_only_what_failed() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    let script = "echo said by $GVMR_VERSION; test $GVMR_VERSION = 1.97.4";
    let run = each(&world, &world.path("user"), &["--quiet", "1.97", "1.98"], script);
    assert!(run.stderr.contains("said by 1.98.1") && !run.stderr.contains("said by 1.97.4"), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 2);
}

#[test]
fn ten_megabytes_of_any_bytes_arrive() {
    let (_mirror, world) = world(&["1.98.1"]);
    let project = world.project("project", &[]);
    let mut command = world.command(gvmr(), &project);
    command.args(["each", "1.98", "--", "sh", "-c", "head -c 10485760 /dev/urandom | tee copy"]);
    let output = command.output().unwrap();
    let copy = std::fs::read(project.join("copy")).unwrap();
    let start = output.stderr.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    assert!(
        output.stderr[start..].strip_suffix(b"\n").unwrap_or_default() == copy
            || output.stderr[start..] == copy
    );
    let json = each(&world, &project, &["--json", "1.98"], "cat copy").json();
    let note = json[0]["note"].as_str().unwrap();
    assert_eq!(note, format!("the first {} bytes of the output are left out", (10 << 20) - (1 << 20)));
    assert!(json[0]["output"].as_str().unwrap().contains('\u{fffd}'));
}

#[test]
fn endless_output_keeps_its_beginning_and_its_end_in_little_memory() {
    let (_mirror, world) = world(&["1.98.1"]);
    let mut command = world.command("sh".as_ref(), &world.path("user"));
    let script = "ulimit -v 300000; exec \"$@\"";
    command.args(["-c", script, "sh"]).arg(gvmr()).args(["each", "1.98", "--", "sh", "-c"]);
    let output = command.arg("echo first; yes | head -c 100000000; echo last").output().unwrap();
    assert!(output.status.success(), "{}", output.stderr.len());
    assert!(output.stderr.len() < 70 << 20, "{}", output.stderr.len());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(" s\nfirst\ny\n") && text.contains("bytes omitted]\n"));
    assert!(text.ends_with("y\nlast\n"));
}

#[test]
fn who_holds_the_output_open_is_not_waited_for() {
    let (_mirror, world) = world(&["1.98.1"]);
    let start = Instant::now();
    let mark = crate::support::mark::Mark::new();
    let daemon = format!("setsid sh -c 'touch up; exec sleep {mark}' &");
    let script = format!("{daemon} until [ -e up ]; do sleep 0.01; done; echo said");
    let json = each(&world, &world.project("project", &[]), &["--json", "1.98"], &script).json();
    assert_eq!((&json[0]["output"], &json[0]["code"]), (&"said\n".into(), &0.into()));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    assert_eq!(mark.processes(), [0; 0]); // it is ended
}
