//! The archive where files are damaged, foreign or in the way, where there is no room, and where runs come together.

use super::{check, project, write};
use crate::support::skip;
use crate::support::world::{Run, World, gvmr, names};
use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Passes where the file `figure` has the same number as in the last passing run.
const FILE: &str = r#"
[check.archive]
directory = "runs"
keep = 3
[a.b]
file    = "figure"
pattern = '^(.*)$'
value   = "<= 100, == baseline"
"#;
const SERIES: &str = "runs/default";

fn kept(project: &Path) -> Vec<String> {
    names(&project.join(SERIES)).into_iter().filter(|name| !name.starts_with('.')).collect()
}

/// A project with a baseline of 50.
fn with_baseline(world: &World) -> PathBuf {
    let project = project(world, FILE);
    write(&project, "figure", "50");
    check(world, &project, &["--accept"]).succeeds();
    project
}

/// `gvmr check` by root that may not pass over permissions, as other users may not.
fn without_override(world: &World, project: &Path, words: &[&str]) -> Run {
    let mut command = world.command("setpriv".as_ref(), project);
    command.args(["--bounding-set", "-dac_override,-dac_read_search"]).arg(gvmr());
    Run::of(command.args(["check", "-f", "gvmr-check.toml"]).args(words))
}

/// `gvmr check` where the archive is a file system with 64 KiB in use, and the files of runs that are left on it.
fn on_file_system(world: &World, project: &Path, options: &str) -> Run {
    let script = "mount -t tmpfs -o \"$1\" tmpfs runs || exit 99; shift
        (head -c 64k /dev/zero >runs/filling) 2>/dev/null
        \"$@\"; code=$?; find runs -type f -name '[.2]*'; exit $code";
    let mut command = world.command("unshare".as_ref(), project);
    command.args(["--mount", "sh", "-c", script, "sh", options]).arg(gvmr());
    Run::of(command.args(["check", "-f", "gvmr-check.toml", "--accept", "--quiet"]))
}

#[test]
fn what_is_damaged_or_in_the_way_is_named_and_the_others_count() {
    let world = World::new("off");
    let project = with_baseline(&world);
    let series = project.join(SERIES);
    let good = fs::read(series.join(&kept(&project)[0])).unwrap();
    let bad: [(&str, &[u8]); 5] = [
        ("20990101T000000Z-00000000.json", b""),
        ("20990102T000000Z-00000000.json", &good[..good.len() / 2]),
        ("20990103T000000Z-00000000.json", b"{\"schema\": 1}"),
        ("20990104T000000Z-00000000.json", b"\xff\xfe\0"),
        ("20990105T000000Z-00000000.json", &vec![b' '; (1 << 20) + 1]),
    ];
    for (name, bytes) in bad {
        fs::write(series.join(name), bytes).unwrap();
    }
    fs::create_dir(series.join("20990106T000000Z-00000000.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", series.join("20990107T000000Z-00000000.json")).unwrap();
    for _ in 0..4 {
        let run =
            check(&world, &project, &[]).exits(0, &["20990101T000000Z-00000000.json, which is damaged: "]);
        assert_eq!(run.stderr.matches("warning: ignoring ").count(), 7, "{run:#?}");
    }
    assert_eq!(kept(&project).len(), 7 + 3, "three runs, whatever is between them");
    let history = check(&world, &project, &["--history"]).exits(0, &["which is damaged"]);
    assert_eq!(history.stdout.lines().count(), 3, "{history:#?}");
    check(&world, &project, &["--diff"]).exits(0, &["which is damaged"]);
}

#[test]
fn runs_of_a_clock_that_was_ahead_are_neither_the_newest_nor_the_baseline() {
    let world = World::new("off");
    let project = with_baseline(&world);
    let series = project.join(SERIES);
    let name = kept(&project).remove(0);
    let run: serde_json::Value = serde_json::from_slice(&fs::read(series.join(&name)).unwrap()).unwrap();
    for year in [2097, 2098] {
        let mut ahead = run.clone();
        ahead["started"] = format!("{year}-01-01T00:00:00Z").into();
        ahead["probes"][0]["figures"][0]["value"] = 7.into();
        fs::write(series.join(format!("{year}0101T000000Z-00000000.json")), ahead.to_string()).unwrap();
    }
    let line = "20980101T000000Z-00000000.json and 1 more: started later than now";
    for _ in 0..4 {
        let run = check(&world, &project, &[]).exits(0, &[line]);
        assert_eq!(run.stderr.matches("warning: ignoring ").count(), 1, "{run:#?}");
    }
    for words in [["--history"], ["--diff"]] {
        let run = check(&world, &project, &words).exits(0, &[line]);
        assert!(!run.stdout.contains("209"), "{run:#?}");
    }
    assert_eq!(kept(&project).len(), 3 + 2, "they stay, and take no place of a run");
}

#[test]
fn of_many_long_outputs_each_keeps_its_end() {
    let world = World::new("off");
    let mut text = FILE.split("[a.b]").next().unwrap().to_owned();
    for number in 0..300 {
        let script = format!("seq 10000 14000; echo end {number}; exit 1");
        writeln!(text, "[a.p{number}]\ncommand = [\"sh\", \"-c\", \"{script}\"]").unwrap();
    }
    let project = project(&world, &text);
    check(&world, &project, &["--quiet"]).exits(1, &[]);
    let file = project.join(SERIES).join(&kept(&project)[0]);
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.len() <= 1 << 20, "{}", bytes.len());
    let run: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for (number, probe) in run["probes"].as_array().unwrap().iter().enumerate() {
        let output = probe["output"].as_str().unwrap();
        assert!(
            output.len() > 1000 && output.trim_end().ends_with(&format!("14000\nend {number}")),
            "{output}"
        );
    }
    assert!(run["shortened"].as_str().unwrap().starts_with("output to the last "), "{}", run["shortened"]);
}

#[test]
fn a_file_of_another_user_and_a_directory_without_writing_are_named() {
    if !rustix::process::geteuid().is_root() {
        return skip("a file of another user needs root");
    }
    let world = World::new("off");
    let project = with_baseline(&world);
    let series = project.join(SERIES);
    check(&world, &project, &[]).succeeds();
    let newest = series.join(&kept(&project)[1]);
    chown(&newest, Some(54_322), None).unwrap();
    let run = without_override(&world, &project, &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stderr.contains("which cannot be read: "), "{run:#?}");
    // Who can read it takes it as any other one.
    assert!(!check(&world, &project, &[]).exits(0, &[]).stderr.contains("ignoring"));
    let before = kept(&project);
    fs::set_permissions(&series, Permissions::from_mode(0o555)).unwrap();
    let run = without_override(&world, &project, &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stderr.contains("there is no evidence of it") && run.stderr.contains("denied"), "{run:#?}");
    assert_eq!(kept(&project), before);
    fs::set_permissions(&series, Permissions::from_mode(0o000)).unwrap();
    let run = without_override(&world, &project, &[]);
    assert_eq!(run.code, Some(1), "no baseline can be read: {run:#?}");
    assert!(run.stderr.contains("cannot read the kept runs in "), "{run:#?}");
    fs::set_permissions(&series, Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn without_room_the_verdict_stands_and_nothing_half_is_left() {
    let unshare = Command::new("unshare").args(["--mount", "true"]).stderr(Stdio::null()).status();
    if !unshare.is_ok_and(|status| status.success()) {
        return skip("a full file system needs root and mounts of its own");
    }
    let world = World::new("off");
    let project = with_baseline(&world);
    for (options, why) in [("size=64k", "No space left"), ("ro", "Read-only file system")] {
        let run = on_file_system(&world, &project, options);
        assert_eq!(run.code, Some(0), "{options} {run:#?}");
        assert!(run.stderr.contains("there is no evidence of it") && run.stderr.contains(why), "{run:#?}");
        assert_eq!(run.stdout.lines().count(), 1, "no file is left: {run:#?}");
    }
    let run = on_file_system(&world, &project, "size=1m");
    assert_eq!((run.code, run.stdout.matches("runs/default/2").count()), (Some(0), 1), "{run:#?}");
}

#[test]
fn while_old_runs_are_removed_elsewhere_they_are_left_to_that() {
    let world = World::new("off");
    let project = with_baseline(&world);
    let lock = File::create(project.join(SERIES).join(".lock")).unwrap();
    lock.lock().unwrap();
    for count in 2..7 {
        check(&world, &project, &[]).succeeds();
        assert_eq!(kept(&project).len(), count);
    }
    lock.unlock().unwrap();
    check(&world, &project, &[]).succeeds();
    assert_eq!(kept(&project).len(), 3);
}

#[test]
fn of_runs_that_come_together_none_is_lost() {
    let world = World::new("off");
    let project = project(&world, &FILE.replace("keep = 3", "keep = 50"));
    write(&project, "figure", "50");
    check(&world, &project, &["--accept"]).succeeds();
    let together = |count: usize| {
        let start = || {
            let mut command = world.command(gvmr(), &project);
            command.args(["check", "-f", "gvmr-check.toml", "--json"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<_> = (0..count).map(|_| start()).collect();
        for child in children {
            let run = Run::from(child.wait_with_output().unwrap());
            assert!(run.code == Some(0) && !run.stderr.contains("ignoring"), "{run:#?}");
            assert!(Path::new(run.json()["archived"].as_str().unwrap()).exists());
        }
    };
    together(2);
    assert_eq!(kept(&project).len(), 3);
    together(10);
    assert_eq!(kept(&project).len(), 13);
    // Where few are kept, those that end together leave as many, and nothing half.
    write(&project, "gvmr-check.toml", FILE);
    check(&world, &project, &[]).succeeds();
    assert_eq!(kept(&project).len(), 3);
    let history = check(&world, &project, &["--history"]).succeeds();
    assert_eq!(history.lines().count(), 3, "{history}");
}

#[test]
fn the_runs_that_a_baseline_needs_never_go() {
    let world = World::new("off");
    let text = "[check]\nbaseline-runs = 2\n[check.archive]\ndirectory = \"runs\"\nkeep = 1\n";
    let probe = "[a.b]\nfile = \"figure\"\npattern = '(.*)'\nvalue = \"<= baseline + 10\"\nadvisory = true\n";
    let project = project(&world, &format!("{text}{probe}"));
    let run = |value: &str, words: &[&str]| {
        write(&project, "figure", value);
        check(&world, &project, words)
    };
    run("10", &["--accept"]).succeeds();
    run("20", &["--accept"]).succeeds();
    // A passing run in which the advisory probe did not hold is none to compare it with.
    for _ in 0..4 {
        assert!(run("90", &[]).succeeds().contains("value is 90, <= 25 asked"));
    }
    assert_eq!(kept(&project).len(), 4, "the two that passed last, and the two that were measured last");
    // Of another file in the same directory too.
    let other = text.to_owned() + "[a.c]\ndisk = \"/\"\n";
    write(&project, "other.toml", &other);
    for _ in 0..3 {
        world.gvmr_in(&project, ["check", "-f", "other.toml"]).succeeds();
    }
    assert!(run("90", &[]).succeeds().contains("value is 90, <= 25 asked"));
}
