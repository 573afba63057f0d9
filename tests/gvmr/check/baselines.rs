//! Runs that are kept, and figures that are compared with them.

use super::{check, figure, project, write};
use crate::support::world::World;
use std::fs;

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
    assert!(other.stdout.contains("measured something else"), "{other:#?}");
    write(&project, "gvmr-check.toml", &FILE.replace("<= 100,", "<= 99,"));
    run("60", &[]).succeeds();
    let history = check(&world, &project, &["--history"]).succeeds();
    assert!(history.contains("accepted") && history.contains("FAIL"), "{history}");
    assert!(check(&world, &project, &["--diff"]).succeeds().contains("a.b value"));
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
