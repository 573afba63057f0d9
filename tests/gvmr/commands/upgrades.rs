//! Newer patch releases: what is listed, what is installed, and what is kept.

use crate::support::mirror::Mirror;
use crate::support::world::World;
use std::path::PathBuf;

/// Three minor versions, of which two have a newer patch release; the newest release of all is 1.98.1.
fn three() -> (Mirror, World, PathBuf) {
    let mirror = Mirror::small(&["1.96.1", "1.96.2", "1.97.3", "1.97.4", "1.98.1", "1.99rc1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.96.1", "1.97.3"]).succeeds();
    let project = world.project("project", &[]);
    world.gvmr_in(&project, ["use", "1.97.3"]).succeeds();
    (mirror, world, project)
}

#[test]
fn outdated_lists_newer_patches_with_their_support_and_who_asks() {
    let (_mirror, world, project) = three();
    let listed = world.gvmr(["outdated"]).exits(0, &["gvmr upgrade", "1.96.1; Go supports 1.97 and later"]);
    let lines: Vec<_> = listed.stdout.lines().collect();
    assert_eq!(lines[0], "1.96.1\t1.96.2\tend of life");
    let pin = format!("1.97.3\t1.97.4\tsupported\t{}/.go-version:1: ", project.display());
    assert!(lines.len() == 2 && lines[1].starts_with(&pin), "{lines:#?}");
    let json = world.gvmr(["outdated", "--json"]).json();
    assert_eq!(json["latest"], "1.98.1");
    assert_eq!(json["outdated"][0]["newest"], "1.96.2");
    assert_eq!(json["outdated"][0]["support"], "end-of-life");
    assert_eq!(json["outdated"][1]["installed"], "1.97.3");
    assert_eq!(json["end_of_life"][0], "1.96.1");
    world.gvmr(["outdated", "--exit-code"]).exits(1, &["newer patch releases are out", "gvmr upgrade"]);
    world.gvmr(["upgrade"]).succeeds();
    let run = world.gvmr(["outdated", "--exit-code"]).exits(0, &["has its newest patch release"]);
    assert_eq!(run.stdout, "");
}

#[test]
fn without_an_answer_nothing_is_called_current() {
    let (_mirror, mut world, _) = three();
    world.set("GOPROXY", "http://127.0.0.1:9");
    for command in ["outdated", "upgrade"] {
        let run = world.gvmr([command]).exits(4, &["127.0.0.1:9"]);
        assert!(!run.stderr.contains("has its newest patch release"), "{run:#?}");
    }
    // The built-in table, which stands in for an index, is no answer either.
    world.set("GVMR_SOURCES", "archive,goproxy").set("GVMR_MIRROR", "http://127.0.0.1:9");
    world.set("GVMR_INDEX", "http://127.0.0.1:9/index");
    for command in ["outdated", "upgrade"] {
        let run = world.gvmr([command]).exits(4, &["127.0.0.1:9"]);
        assert!(!run.stderr.contains("has its newest patch") && !run.stderr.contains("now list"), "{run:?}");
    }
}

#[test]
fn upgrade_installs_the_newest_patch_of_each_minor_and_keeps_the_old_one() {
    let (_mirror, world, project) = three();
    assert_eq!(world.gvmr(["upgrade", "--dry-run"]).succeeds(), "1.96.1\t1.96.2\n1.97.3\t1.97.4");
    assert_eq!(world.installed(), ["go1.96.1", "go1.97.3", "go1.98.1"]);
    world.gvmr(["upgrade", "1.55"]).exits(3, &["Go 1.55 is not installed", "gvmr install 1.55"]);
    let run = world.gvmr(["upgrade", "1.97"]);
    assert_eq!(run.stdout, format!("go1.97.4\t{}\n", world.goroot("1.97.4").display()));
    run.exits(0, &["go1.97.3 stays: ", "project/.go-version:1: \"1.97.3\""]);
    assert_eq!(world.installed(), ["go1.96.1", "go1.97.3", "go1.97.4", "go1.98.1"]);
    world.gvmr(["update", "-y"]).exits(0, &["go1.96.1: replaced", "gvmr prune"]);
    assert_eq!(world.installed(), ["go1.96.1", "go1.96.2", "go1.97.3", "go1.97.4", "go1.98.1"]);
    assert_eq!(world.gvmr_in(&project, ["current"]).succeeds(), "1.97.3", "an exact pin is a choice");
    assert_eq!(world.gvmr(["current"]).succeeds(), "1.98.1");
    let run = world.gvmr(["upgrade"]).exits(0, &["has its newest patch release"]);
    assert_eq!(run.stdout, "");
}

#[test]
fn upgrade_with_prune_removes_what_nothing_asks_for() {
    let (_mirror, world, _) = three();
    let json = world.gvmr(["upgrade", "--prune", "--json"]).json();
    assert_eq!(json["upgraded"][0]["from"], "1.96.1");
    assert_eq!(json["upgraded"][1]["to"], "1.97.4");
    assert_eq!(json["removed"], serde_json::json!(["1.96.1"]));
    assert_eq!(json["kept"][0]["version"], "1.97.3");
    assert_eq!(world.installed(), ["go1.96.2", "go1.97.3", "go1.97.4", "go1.98.1"]);
}

#[test]
fn a_prefix_that_is_the_default_or_a_pin_follows_an_upgrade() {
    let mirror = Mirror::small(&["1.97.3", "1.97.4"]);
    let world = mirror.world();
    world.gvmr(["install", "1.97.3"]).succeeds();
    world.gvmr(["use", "--global", "1.97"]).succeeds();
    let project = world.project("project", &[]);
    world.gvmr_in(&project, ["use", "1.97"]).succeeds();
    world.gvmr(["upgrade", "--prune"]).succeeds();
    assert_eq!(world.installed(), ["go1.97.4"]);
    assert_eq!(world.gvmr(["current"]).succeeds(), "1.97.4");
    assert_eq!(world.gvmr_in(&project, ["current"]).succeeds(), "1.97.4");
}

#[test]
fn list_says_in_one_line_what_asks_here_what_proved_it_and_where_it_is_from() {
    let (mirror, world, project) = three();
    let host = mirror.server.address().to_string();
    let list = world.gvmr_in(&project, ["list"]).succeeds();
    let words: Vec<Vec<_>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0][..3], ["1.96.1", "proved", &host]);
    assert_eq!(words[1][..4], ["*", "1.97.3", "proved", &host]);
    assert_eq!(words[1].last(), Some(&".go-version:1"));
    assert_eq!(words[2][..4], ["1.98.1", "default", "proved", &host]);
    assert!(words.iter().all(|words| words.contains(&"MB")), "{list}");
    let long = world.gvmr(["list", "--long"]).succeeds();
    assert!(
        long.lines()
            .all(|line| line.contains("proved by test.log (record ") && line.contains(".zip, installed 20"))
    );
    let json = world.gvmr_in(&project, ["list", "--json"]).json();
    assert_eq!(json[1]["selected_by"], ".go-version:1");
    assert_eq!((json[0]["selected_by"].is_null(), json[0]["receipt"]["proof"].as_str()), (true, Some("log")));
    world.project("project", &[(".go-version", "1.55.5\n")]);
    world.gvmr_in(&project, ["list"]).exits(0, &["1.55.5 is not installed", ".go-version:1"]);
}

#[test]
fn ls_remote_shows_the_newest_of_each_minor_and_everything_when_asked() {
    let (_mirror, world, _) = three();
    // The table of known releases is there too; it ends long before these.
    let listed = |words: &[&str]| {
        let all = world.gvmr(words).succeeds();
        all.lines()
            .filter(|line| line.starts_with("1.9") && line.len() > 5)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let made_up =
        |line: &&String| ["1.96", "1.97", "1.98", "1.99"].iter().any(|minor| line.starts_with(minor));
    let first = |lines: &[String]| {
        let versions = lines.iter().filter(made_up).map(|line| line.split('\t').next().unwrap().to_owned());
        versions.collect::<Vec<_>>()
    };
    let lines = listed(&["ls-remote"]);
    let lines: Vec<_> = lines.iter().filter(made_up).collect();
    assert_eq!(
        lines,
        ["1.96.2\t\tend of life", "1.97.4\t\tsupported", "1.98.1\tinstalled\tsupported\t2030-01-01"]
    );
    world.gvmr(["ls-remote"]).exits(0, &["gvmr ls-remote --all", " releases"]);
    assert_eq!(first(&listed(&["ls-remote", "--all"])), ["1.96.1", "1.96.2", "1.97.3", "1.97.4", "1.98.1"]);
    assert!(listed(&["ls-remote", "--pre"]).contains(&"1.99rc1\t\tpre-release".to_owned()));
    let of_one = world.gvmr(["ls-remote", "1.97"]).succeeds();
    assert_eq!(of_one, "1.97.3\tinstalled\tsupported\t2030-01-01\n1.97.4\t\tsupported");
    let json = world.gvmr(["ls-remote", "--json"]).json();
    let lines: Vec<_> = json.as_array().unwrap().iter().filter(|line| line["version"] == "1.96.1").collect();
    assert_eq!(lines.len(), 1, "a script gets everything");
    assert_eq!(
        (lines[0]["support"].as_str(), lines[0]["newest"].as_bool()),
        (Some("end-of-life"), Some(false))
    );
    assert_eq!(lines[0]["date"], "2030-01-01");
}
