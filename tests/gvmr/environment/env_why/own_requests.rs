//! gvmr's own requests follow the rules of the directory that it is called in.

use crate::support::mirror::Mirror;
use crate::support::world::World;
use std::path::PathBuf;

/// A machine that knows no proxy, and a project that names one.
fn machine(mirror: &Mirror, project: &str) -> (World, PathBuf) {
    let mut world = mirror.world();
    world.set("GOPROXY", "");
    let text = project.replace('@', &mirror.server.url(""));
    let directory = world.project("p", &[("gvmr.toml", &text)]);
    std::fs::create_dir_all(world.home()).unwrap();
    (world, directory)
}

#[test]
fn a_trusted_projects_proxy_is_asked_and_the_log_proves_what_comes() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, project) = machine(&mirror, "[env]\nGOPROXY = \"@\"\n");
    world.gvmr_in(&project, ["trust"]).succeeds();
    world.gvmr_in(&project, ["install", "1.99.1"]).succeeds();
    assert_eq!(mirror.downloads("1.99.1"), 1);
    assert_eq!(world.installed(), ["go1.99.1"]);
}

#[test]
fn of_a_project_that_is_not_trusted_nothing_is_used() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (mut world, project) = machine(&mirror, "[env.override]\nGOPROXY = \"@\"\nHTTP_PROXY = \"@\"\n");
    world.set("GOPROXY", "off");
    world.gvmr_in(&project, ["install", "1.99.1"]).exits(4, &["GOPROXY"]);
    assert_eq!(mirror.downloads("1.99.1"), 0);
    // Once it is, it overrides.
    world.gvmr_in(&project, ["trust"]).succeeds();
    world.gvmr_in(&project, ["install", "1.99.1"]).succeeds();
    // Elsewhere the environment counts.
    world.gvmr(["ls-remote", "--json"]).exits(0, &["GOPROXY ends with \"off\""]);
}

#[test]
fn the_users_rules_count_for_proxies_too() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (mut world, project) = machine(&mirror, "");
    // A module proxy that no name leads to, and an HTTP proxy that answers for it.
    world.set("GOPROXY", "http://goproxy.example.invalid");
    let config = format!(
        "[[directory]]\npath = \"{}\"\nenv.HTTP_PROXY = \"{}\"\n",
        project.display(),
        mirror.server.url("")
    );
    world.project("user/.config/gvmr", &[("config.toml", &config)]);
    let asked = |target: &str| mirror.server.count(target);
    let _ = world.gvmr_in(&project, ["install", "1.99.1"]);
    let through = "http://goproxy.example.invalid/golang.org/toolchain/@v/v0.0.1-go1.99.1.linux-amd64.zip";
    let lookups = "http://goproxy.example.invalid/sumdb/test.log/supported";
    assert!(asked(through) + asked(lookups) > 0, "the proxy of the rule was not asked");
    let before = asked(through) + asked(lookups);
    let _ = world.gvmr(["install", "1.99.1"]);
    assert_eq!(asked(through) + asked(lookups), before, "a proxy was asked where no rule counts");
}

#[test]
fn a_mistake_names_the_line_of_the_rule() {
    let mirror = Mirror::small(&["1.99.1"]);
    let (world, project) = machine(&mirror, "");
    let config = "[env]\n# nothing but separators\nGOPROXY = \",\"\n";
    world.project("user/.config/gvmr", &[("config.toml", config)]);
    let place = format!("{}/.config/gvmr/config.toml:3", world.path("user").display());
    let run = world.gvmr_in(&project, ["install", "1.99.1"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains(&place), "{run:?}");
    world.project("user/.config/gvmr", &[("config.toml", "[env]\nGOPTAH = \"/x\"\n")]);
    world.gvmr_in(&project, ["install", "1.99.1"]).exits(2, &["config.toml:2", "GOPTAH"]);
    assert_eq!(mirror.downloads("1.99.1"), 0);
}
