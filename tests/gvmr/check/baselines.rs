//! Runs that are kept, and figures that are compared with them.

use super::{check, figure, project, write};
use crate::support::world::{Run, World};
use std::fs;
use std::path::Path;

/// A figure that a file says.
pub(super) const FILE: &str = r#"
[a.b]
command = ["cat", "figure"]
pattern = '^(.*)$'
value   = "<= 100, <= baseline + 10%"
"#;

#[test]
fn a_figure_is_compared_with_the_last_run_that_passed() {
    let world = World::new("off");
    let project = project(&world, FILE);
    let run = |value: &str, words: &[&str]| {
        write(&project, "figure", value);
        check(&world, &project, words)
    };
    run("50", &[]).exits(1, &[]);
    assert!(run("50", &[]).stdout.contains("no baseline: nothing has passed yet under key `default`"));
    run("150", &["--accept"]).exits(1, &[]);
    run("50", &["--accept"]).succeeds();
    run("55", &[]).succeeds();
    // 55 is the baseline now.
    let failed = run("61", &["--json"]).exits(1, &[]).json();
    assert_eq!(figure(&failed, "value")["baseline"]["value"], 55.0);
    assert_eq!(failed["probes"][0]["message"], "value is 61, <= 60.5 asked");
    run("60", &[]).succeeds();
    // A run that failed never is one.
    run("67", &[]).exits(1, &[]);
    run("67", &[]).exits(1, &[]);
    // Another series has none.
    run("50", &["--key", "other/1"]).exits(1, &[]);
    run("50", &["--key", "other/1", "--accept"]).succeeds();
    run("55", &["--key", "other/1"]).succeeds();
    // Another definition neither.
    write(&project, "gvmr-check.toml", &FILE.replace("\"figure\"]", "\"figure\", \"/dev/null\"]"));
    let other = run("60", &[]).exits(1, &[]);
    assert!(
        other.stdout.contains("passing runs have another definition of this probe (line 2: command changed)"),
        "{other:#?}"
    );
    write(&project, "gvmr-check.toml", &FILE.replace("<= 100,", "<= 99,"));
    run("60", &[]).succeeds();
    let history = check(&world, &project, &["--history"]).succeeds();
    assert!(history.contains("accepted") && history.contains("FAIL"), "{history}");
    assert!(check(&world, &project, &["--diff"]).succeeds().contains("a.b value"));
    write(&project, "gvmr-check.toml", &FILE.replace("<= 100,", "<= 98,"));
    run("60", &[]).succeeds();
    let diff = check(&world, &project, &["--diff"]).succeeds();
    assert!(
        diff.lines().any(|line| line.starts_with("file's text\t") && line.ends_with("\tchanged")),
        "{diff}"
    );
}

#[test]
fn old_runs_go_and_the_last_one_that_passed_stays() {
    let world = World::new("off");
    let project = project(&world, &format!("[check.archive]\nkeep = 3\ndirectory = \"runs\"\n{FILE}"));
    let run = |value: &str, words: &[&str]| {
        write(&project, "figure", value);
        check(&world, &project, words)
    };
    run("50", &["--accept"]).succeeds();
    for _ in 0..6 {
        run("500", &[]).exits(1, &[]);
    }
    let series = project.join("runs/default");
    let count = || {
        fs::read_dir(&series)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().extension().is_some())
            .count()
    };
    assert_eq!(count(), 4, "three, and the one that passed");
    run("52", &[]).succeeds();
    // A damaged one is named, and the others count.
    fs::write(series.join("20990101T000000Z-00000000.json"), "{").unwrap();
    let found = run("54", &[]);
    assert!(found.code == Some(0) && found.stderr.contains("is damaged"), "{found:#?}");
    // Where nothing can be kept the verdict stands.
    fs::remove_dir_all(project.join("runs")).unwrap();
    write(&project, "runs", "");
    let found = run("54", &["--accept"]);
    assert!(found.code == Some(0) && found.stderr.contains("there is no evidence"), "{found:#?}");
}

/// `gvmr check -f` of another file of the project.
fn check_of(world: &World, project: &Path, file: &str, words: &[&str]) -> Run {
    world.gvmr_in(project, [&["check", "-f", file], words].concat())
}

#[test]
fn files_with_one_key_leave_each_other_their_runs() {
    let world = World::new("off");
    let settings = "[check.archive]\nkeep = 2\ndirectory = \"runs\"\n";
    let project = project(&world, &format!("{settings}{FILE}"));
    write(&project, "figure", "50");
    write(
        &project,
        "b.toml",
        &format!("{settings}[a.disk]\ndisk = \"/\"\nused = \"<= 100%, >= baseline - 90pp\"\n"),
    );
    check(&world, &project, &["--accept"]).succeeds();
    check_of(&world, &project, "b.toml", &["--accept"]).succeeds();
    for _ in 0..4 {
        check_of(&world, &project, "b.toml", &[]).succeeds();
    }
    check(&world, &project, &[]).succeeds();
    // Each file sees its own runs.
    let history = |file: &str| check_of(&world, &project, file, &["--history"]).succeeds().lines().count();
    assert_eq!((history("gvmr-check.toml"), history("b.toml")), (2, 2));
    for (file, own, other) in [("gvmr-check.toml", "a.b", "a.disk"), ("b.toml", "a.disk", "a.b")] {
        let diff = check_of(&world, &project, file, &["--diff"]).succeeds();
        assert!(diff.contains(own) && !diff.contains(other), "{diff}");
    }
}

#[test]
fn a_key_that_is_none_runs_nothing() {
    let world = World::new("off");
    let project = project(&world, &format!("[check.archive]\ndirectory = \"runs\"\n{FILE}"));
    write(&project, "figure", "50");
    let long = "k".repeat(201);
    for (key, why) in
        [("", "key is empty"), (" ", "key is empty"), (&long, "at most 200 bytes"), ("a\nb", "control")]
    {
        for words in
            [&["--key", key, "--accept"][..], &["--key", key, "--history"], &["--key", key, "--plan"]]
        {
            let run = check(&world, &project, words);
            assert!(run.code == Some(2) && run.stderr.contains(why), "{run:#?}");
        }
    }
    assert!(!project.join("runs").exists());
    write(&project, "gvmr-check.toml", &format!("[check]\nkey = \"{long}\"\n{FILE}"));
    check(&world, &project, &[]).exits(2, &["gvmr-check.toml:2:1: key is a name of at most 200 bytes"]);
    write(&project, "gvmr-check.toml", FILE);
    check(&world, &project, &["--key", &"/".repeat(200), "--accept"]).succeeds();
}

#[test]
fn what_is_left_out_is_compared_with_runs_that_leave_out_no_more() {
    let world = World::new("off");
    let project =
        project(&world, &format!("{FILE}[latency.p95]\nfile = \"there\"\n[other.c]\nfile = \"figure\"\n"));
    let run = |value: &str, words: &[&str]| {
        write(&project, "figure", value);
        check(&world, &project, words)
    };
    // In CI, where latency cannot be measured.
    run("50", &["--skip", "latency"]).exits(1, &[]);
    run("50", &["--skip", "latency", "--accept"]).succeeds();
    run("55", &["--skip", "latency"]).succeeds();
    run("61", &["--skip", "latency.p95", "--skip", "latency", "--skip", "other"]).exits(1, &[]);
    run("60", &["--skip", "latency", "--skip", "other"]).succeeds();
    // That one left out more than these.
    let failed = run("61", &["--skip", "latency", "--json"]).exits(1, &[]).json();
    assert_eq!(failed["probes"][0]["message"], "value is 61, <= 60.5 asked");
    // A whole run has none yet, and a part of one never is one.
    write(&project, "there", "");
    let whole = run("50", &[]).exits(1, &[]);
    let why = "no baseline: 3 passing runs leave out what this run asks, under key `default` (`gvmr check --accept` makes this run it)";
    assert!(whole.stdout.contains(why), "{whole:#?}");
    let part = run("50", &["a"]).exits(1, &[]);
    assert!(part.stdout.contains("(`gvmr check --accept` of all that the file asks makes one)"), "{part:#?}");
    run("50", &["--accept"]).succeeds();
    run("55", &["a"]).succeeds();
    run("55", &[]).succeeds();
    run("60", &["a"]).succeeds();
    run("61", &[]).exits(1, &[]);
    let history = check(&world, &project, &["--history"]).succeeds();
    assert!(history.contains("pass in part") && history.contains("--skip latency"), "{history}");
}

#[test]
fn accepting_what_cannot_become_a_baseline_is_a_mistake() {
    let world = World::new("off");
    let project = project(&world, FILE);
    write(&project, "figure", "50");
    for words in [&["a", "--accept"][..], &["--accept", "a.b"], &["--accept", "--no-archive"]] {
        let run = check(&world, &project, words).exits(2, &["--accept", "cannot be used with"]);
        assert_eq!(run.stdout, "");
    }
    check(&world, &project, &["--history"]).exits(2, &["no run is kept"]);
}

#[test]
fn an_advisory_figure_without_a_baseline_says_why_there_is_none() {
    let world = World::new("off");
    let project = project(&world, &format!("{FILE}advisory = true\n"));
    write(&project, "figure", "50");
    let first = check(&world, &project, &[]).succeeds();
    assert!(first.contains("no baseline: nothing has passed yet"), "{first}");
    let second = check(&world, &project, &[]).succeeds();
    let why =
        "no baseline: 1 passing run has this probe as a warning (`gvmr check --accept` makes this run it)";
    assert!(second.contains(why), "{second}");
    check(&world, &project, &["--accept"]).succeeds();
    let third = check(&world, &project, &[]).succeeds();
    assert!(!third.contains("warn"), "{third}");
}
