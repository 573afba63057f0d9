//! A link that a user made in `versions`: a version like any other, of which only the link is gvmr's to remove.

use crate::support::mirror::Mirror;
use crate::support::world::World;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A machine with 1.98.1 installed and a tree of 1.99.1 elsewhere, to which `versions/go1.99.1` leads.
fn world(mirror: &Mirror) -> (World, PathBuf) {
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
    let elsewhere = world.path("elsewhere");
    fs::rename(world.goroot("1.99.1"), &elsewhere).unwrap();
    symlink(&elsewhere, world.goroot("1.99.1")).unwrap();
    (world, elsewhere)
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[test]
fn it_runs_is_listed_as_a_link_verified_and_removed_alone() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let (world, elsewhere) = world(&mirror);
    let target = elsewhere.display().to_string();
    assert!(world.gvmr(["exec", "1.99.1", "--", "go", "version"]).succeeds().contains("go1.99.1"));
    let list = world.gvmr(["list"]).succeeds();
    assert!(
        list.lines().any(|line| line.contains("1.99.1") && line.contains(&format!("link       {target}"))),
        "{list}"
    );
    assert!(world.gvmr(["list", "--long"]).succeeds().contains(&format!("link to {target}")));
    let json = world.gvmr(["list", "--json"]).json();
    assert_eq!((&json[0]["link"], &json[1]["link"]), (&serde_json::Value::Null, &target.as_str().into()));
    world.gvmr(["install", "1.99.1"]).exits(0, &["already installed"]);
    let verify = world.gvmr(["verify", "1.99.1"]).succeeds();
    assert!(verify.contains(&format!("proved\tlink to {target}, ")), "{verify}");
    fs::write(elsewhere.join("bin/gofmt"), "other").unwrap();
    assert!(world.gvmr(["verify", "1.99.1"]).exits(5, &[]).stdout.contains("changed\tbin/gofmt"));

    world.gvmr(["uninstall", "1.99.1"]).exits(0, &["removed go1.99.1"]);
    assert!(!exists(&world.goroot("1.99.1")) && elsewhere.join("bin/go").exists());
    assert!(!exists(&world.home().join("shims/go1.99.1")));
    world.gvmr(["install", "1.99.1"]).succeeds();
    assert!(world.goroot("1.99.1").join("bin/go").exists() && !world.goroot("1.99.1").is_symlink());
}

#[test]
fn one_that_leads_nowhere_runs_nothing_and_can_be_removed() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let (world, elsewhere) = world(&mirror);
    fs::rename(&elsewhere, world.path("away")).unwrap();
    let list = world.gvmr(["list"]).succeeds();
    assert!(!list.contains("1.99.1"), "{list}");
    world.gvmr(["exec", "1.99.1", "--", "go", "version"]).exits(127, &["1.99.1"]);
    let next = "gvmr uninstall --force 1.99.1 && gvmr install 1.99.1";
    world.gvmr(["install", "1.99.1"]).exits(10, &["link to a directory that does not exist", next]);
    world.gvmr(["uninstall", "--force", "1.99.1"]).exits(0, &["removed go1.99.1"]);
    assert!(!exists(&world.goroot("1.99.1")) && world.path("away/bin/go").exists());
    world.gvmr(["install", "1.99.1"]).succeeds();
}

#[test]
fn prune_removes_the_link_and_not_where_it_leads() {
    let mirror = Mirror::small(&["1.98.1", "1.98.2", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.98.2", "1.99.1"]).succeeds();
    world.gvmr(["use", "--global", "1.99.1"]).succeeds();
    let elsewhere = world.path("elsewhere");
    fs::rename(world.goroot("1.98.1"), &elsewhere).unwrap();
    symlink(&elsewhere, world.goroot("1.98.1")).unwrap();
    world.gvmr(["prune", "--yes"]).exits(0, &["removed go1.98.1"]);
    assert!(!exists(&world.goroot("1.98.1")) && elsewhere.join("bin/go").exists());
}

#[test]
fn prune_keeps_the_version_that_another_name_leads_to() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
    world.gvmr(["use", "--global", "1.99.1"]).succeeds();
    symlink("go1.98.1", world.goroot("1.98.7")).unwrap();
    world
        .gvmr(["prune", "--yes"])
        .exits(0, &["go1.98.1 stays: go1.98.7 is a link to it", "nothing to remove"]);
    assert!(world.goroot("1.98.1").join("bin/go").exists() && world.goroot("1.98.7").is_symlink());
}
