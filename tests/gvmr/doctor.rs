//! `gvmr doctor`: each cause is made for real, found at its file and line, and nothing else is; look-alikes are not.

mod bad_input;
mod caches;
mod cgroup;
mod crontab;
mod dotfiles;
mod exports;
mod fix;
mod gvmr_home;
mod machine;
mod modules;
mod network;
mod path;
mod path_elements;
mod rc;
mod rc_secrets;
mod replaced_shell;
mod report;
mod seccomp;
mod secrets;
mod session;
mod sessions;
mod settings;
mod shared_machine;
mod shown_lines;
mod toolchain;
mod user_directories;
mod user_manager;
mod user_of;

use crate::support::world::{Run, World};
use serde_json::Value;

/// The errors and warnings of a report, each as `id file:line`, with the user's home as `~`.
fn findings(world: &World, run: &Run) -> Vec<String> {
    findings_of(&world.path("user").display().to_string(), run)
}

/// The same for a user whose home is there.
fn findings_of(home: &str, run: &Run) -> Vec<String> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    let found: Vec<_> =
        report["findings"].as_array().unwrap().iter().filter(|one| one["severity"] != "note").collect();
    assert_eq!(report["healthy"], found.is_empty(), "{report:#}");
    assert_eq!(run.code, Some(i32::from(!found.is_empty())), "{run:#?}");
    let shown = found.iter().map(|finding| {
        let place = &finding["where"][0];
        let names = ["file", "variable", "process", "route", "host"];
        let file = names.iter().find_map(|name| place[name].as_str());
        let line = place["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        for words in ["what", "why"] {
            assert!(finding[words].as_str().is_some_and(|words| !words.is_empty()), "{finding:#}");
        }
        assert!(!finding["fix"]["text"].as_str().unwrap().is_empty(), "{finding:#}");
        format!("{} {}{line}", finding["id"].as_str().unwrap(), file.unwrap_or("-").replacen(home, "~", 1))
    });
    shown.collect()
}

#[test]
fn every_check_is_told_once() {
    let world = World::new("off");
    let report = world.gvmr(["doctor", "--json"]).json();
    let mut ids: Vec<_> = ["checked", "skipped", "findings"]
        .iter()
        .flat_map(|key| report[key].as_array().unwrap())
        .map(|one| one.as_str().or(one["id"].as_str()).unwrap().to_owned())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let only = world.gvmr(["doctor", "--json", "--only", "goenv,gvmr.shim-broken"]).json();
    assert_eq!(only["checked"].as_array().unwrap().len(), 4, "{only:#}");
    for id in &ids {
        let page = world.gvmr(["doctor", "--explain", id]).succeeds();
        assert!(page.starts_with(&format!("## {id}\n")), "{page}");
    }
    assert!(
        world.gvmr(["doctor", "--explain", "toolchain"]).succeeds().contains("## toolchain.overridden\n")
    );
}

#[test]
fn what_is_no_check_is_refused_with_the_nearest_one() {
    let world = World::new("off");
    world.gvmr(["doctor", "--only", "gorot"]).exits(2, &["gorot", "did you mean goroot?"]);
    world.gvmr(["doctor", "--only", "goroot.in-env-fil"]).exits(2, &["did you mean goroot.in-env-file?"]);
    world.gvmr(["doctor", "--explain", "nothing at all"]).exits(2, &["unknown check", "--json"]);
    world.gvmr(["doctor", "--explain", "host", "--json"]).exits(2, &["--json"]);
    world.gvmr(["doctor", "--only", ""]).exits(2, &["unknown check"]);
}

#[test]
fn a_machine_without_go_has_a_note_and_is_healthy() {
    let world = World::new("off");
    let run = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(&world, &run), [""; 0]);
    assert_eq!(run.json()["findings"][0]["id"], "gvmr.nothing-here");
    let said = world.gvmr(["doctor"]).succeeds();
    assert!(said.contains("gvmr install latest"), "{said}");
}
