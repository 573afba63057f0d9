//! `gvmr host`: facts and verdicts for people and for scripts.

use super::super::support::world::World;
use gvmr::verify::known_versions;
use serde_json::Value;

#[test]
fn facts_and_verdicts_for_people() {
    let world = World::new("off");
    let text = world.gvmr(["host"]).succeeds();
    let (facts, verdicts) = text.split_once("\n\n").unwrap();
    for name in ["platform", "kernel", "c-library", "seccomp-process", "home"] {
        assert!(facts.lines().any(|line| line.split(' ').next() == Some(name)), "{name}: {text}");
    }
    assert!(verdicts.starts_with("Go 1.2.2 to "), "{text}");
    assert!(verdicts.contains("1.27"), "{text}");
    assert!(!world.home().exists(), "looking creates nothing");
}

#[test]
fn facts_and_verdicts_for_scripts() {
    let world = World::new("off");
    let all = world.gvmr(["host", "--json"]).json();
    assert_eq!(all["platform"], "linux-amd64");
    let known = known_versions("amd64").into_iter().filter(|version| !version.is_prerelease());
    assert_eq!(all["verdicts"].as_array().unwrap().len(), known.count());
    let named = world.gvmr(["host", "--json", "1.22.10", "go1.21", "latest"]).json();
    let versions: Vec<_> = named["verdicts"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
    let newest = known_versions("amd64").into_iter().rfind(|version| !version.is_prerelease()).unwrap();
    assert_eq!(versions, ["1.22.10", "1.21.13", newest.as_str()]);
    for fact in named["facts"].as_array().unwrap() {
        assert!(["name", "value", "source"].iter().all(|key| fact[key].is_string()), "{fact}");
    }
    assert_eq!(named["verdicts"][0]["verdict"], "runs", "{named:#}");
}

#[test]
fn a_named_version_that_cannot_run_is_an_error_of_its_own() {
    let world = World::new("off");
    world.gvmr(["host", "1.2.1"]).exits(11, &["Go 1.2.1 cannot run here", "released", "gvmr install 1.2.2"]);
    let refused = world.gvmr(["host", "--json", "1.2.1"]).exits(11, &[]).json();
    let reason = &refused["verdicts"][0]["reasons"][0];
    assert_eq!(
        (&reason["id"], &reason["severity"]),
        (&Value::from("no-release"), &Value::from("cannot-run"))
    );
    world.gvmr(["host", "1.y"]).exits(2, &["is not a Go version"]);
    world.gvmr(["host", ">2"]).exits(3, &[">2"]);
    assert!(world.gvmr(["host", "--help"]).succeeds().contains("Exits with 11"));
}
