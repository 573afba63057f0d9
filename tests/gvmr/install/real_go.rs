//! The main job on real Go: the environment's own proxy, the real log, real builds.

use crate::support::mirror::real_modules;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{Run, World};
use std::process::Command;

const HELLO: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"runtime\"\n)\n\nfunc main() { fmt.Println(\"hello\", runtime.Version()) }\n";

#[test]
fn three_minors_from_the_proxy_are_proved_and_build_in_three_directories() {
    const TEST: &str =
        "install::real_go::three_minors_from_the_proxy_are_proved_and_build_in_three_directories";
    let Some(proxy) = proxy() else { return skip("no go, or no network") };
    let world = World::new(&proxy);
    let minors = slow::first(TEST, 1, &["1.22", "1.23", "1.24"]);
    let lines = world.gvmr([&["install"], minors].concat()).succeeds();
    assert_eq!(lines.lines().count(), minors.len(), "{lines}");
    let list = world.gvmr(["list", "--json"]).json();
    for toolchain in list.as_array().unwrap() {
        let version = toolchain["version"].as_str().unwrap();
        assert_eq!(toolchain["receipt"]["h1"], sum_by_go(version), "{version}");
    }
    for prefix in minors {
        let version = newest(&list, prefix);
        let project = world.project(
            &format!("hello-{prefix}"),
            &[
                (".go-version", &format!("# pinned\n{prefix}\n")),
                ("go.mod", "module hello\n\ngo 1.21\n"),
                ("main.go", HELLO),
            ],
        );
        world.shim("go", &project, ["build", "-o", "hello", "."]).succeeds();
        let built = Run::of(&mut Command::new(project.join("hello"))).succeeds();
        assert_eq!(built, format!("hello go{version}"));
        let why = world.gvmr_in(&project, ["current", "--why"]).succeeds();
        assert!(
            why.starts_with(&version) && why.contains(&format!("{}/.go-version:2", project.display())),
            "{why}"
        );
    }
}

#[test]
fn a_module_cache_in_front_of_the_proxy_is_a_source() {
    let Some(proxy) = proxy() else { return skip("no go, or no network") };
    let Some(cache) = real_modules(&["1.22.10"]) else { return skip("no go, or no network") };
    let world = World::new(&format!("file://{},{proxy}", cache.display()));
    world.gvmr(["install", "1.22.10", "1.23.4"]).succeeds();
    let list = world.gvmr(["list", "--json"]).json();
    assert_eq!(list[0]["receipt"]["h1"], sum_by_go("1.22.10"));
    assert!(list[0]["receipt"]["source"].as_str().unwrap().starts_with("file://"), "{list}");
}

#[test]
fn gos_own_switching_finds_the_shims_and_downloads_nothing() {
    let Some(proxy) = proxy() else { return skip("no go, or no network") };
    let mut world = World::new(&proxy);
    world.gvmr(["install", "1.23.4", "1.22.10"]).succeeds();
    world.gvmr(["use", "--global", "1.22.10"]).succeeds();
    let path = format!("{}/shims:/usr/bin:/bin", world.home().display());
    world.set("GOPROXY", "off").set("PATH", &path);
    world.set("GOTOOLCHAIN", "go1.23.4+path");
    let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, "go version go1.23.4 linux/amd64");
    let goroot = world.shim("go", &world.path("user"), ["env", "GOROOT"]).succeeds();
    assert_eq!(goroot, world.goroot("1.23.4").display().to_string());
}

/// The environment's own GOPROXY, where it serves toolchains.
fn proxy() -> Option<String> {
    let output = Command::new("go").args(["env", "GOPROXY"]).output().ok()?;
    let proxy = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    real_modules(&["1.23.4"])?;
    Some(proxy)
}

fn sum_by_go(version: &str) -> String {
    let module = format!("golang.org/toolchain@v0.0.1-go{version}.linux-amd64");
    let mut go = Command::new("go");
    let json = Run::of(go.args(["mod", "download", "-json", &module]).env("GOTOOLCHAIN", "local")).json();
    json["Sum"].as_str().unwrap().to_owned()
}

fn newest(list: &serde_json::Value, prefix: &str) -> String {
    let mut versions =
        list.as_array().unwrap().iter().map(|toolchain| toolchain["version"].as_str().unwrap());
    versions.rfind(|version| version.starts_with(&format!("{prefix}."))).unwrap().to_owned()
}
