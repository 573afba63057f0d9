//! Go from its own sources, proved before the first of their commands runs.

use crate::support::mirror::Mirror;
use crate::support::server::Reply;
use crate::support::skip;
use crate::support::world::names;

const REAL: &str = "1.22.10";

#[test]
fn a_real_go_is_built_here_and_builds_hello() {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let mut world = mirror.world();
    world.set("PATH", &std::env::var("PATH").unwrap());
    let run = world.gvmr(["install", "--from-source", REAL]);
    assert!(run.stderr.contains("building with go1."), "{run:?}");
    run.succeeds();
    let list = world.gvmr(["list", "--json"]).json();
    let receipt = &list[0]["receipt"];
    assert_eq!((&receipt["proof"], &receipt["log"]), (&"built".into(), &"sum.golang.org".into()));
    assert!(receipt["bootstrap"].as_str().unwrap().starts_with("go1."), "{receipt}");
    let log = world.home().join("cache/build/go1.22.10.log");
    assert!(std::fs::read_to_string(&log).unwrap().contains("Installed Go"), "the whole output is kept");
    let project = world.project("hello", &[
        ("go.mod", "module hello\n\ngo 1.22\n"),
        (".go-version", REAL),
        ("main.go", "package main\n\nimport (\"fmt\"; \"runtime\")\n\nfunc main() { fmt.Println(\"hello from\", runtime.Version()) }\n"),
    ]);
    assert_eq!(world.shim("go", &project, ["run", "."]).succeeds(), "hello from go1.22.10");
    let goroot = world.shim("go", &project, ["env", "GOROOT"]).succeeds();
    assert_eq!(goroot, world.goroot(REAL).display().to_string());
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn sources_that_are_not_the_logged_ones_are_never_run() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.contains("/lookup/") { Reply::status(404) } else { reply }
    });
    let mut world = mirror.world();
    world.set("PATH", &std::env::var("PATH").unwrap());
    world.gvmr(["install", "--from-source", "1.99.1"]).fails(3, &["1.99.1"]);
    assert_eq!(world.installed(), [""; 0]);
}

#[test]
fn a_build_that_fails_keeps_its_log_and_leaves_no_tree() {
    // A made-up toolchain has no make.bash.
    let mirror = Mirror::small(&["1.23.99"]);
    let mut world = mirror.world();
    world.set("PATH", &std::env::var("PATH").unwrap());
    let run = world.gvmr(["install", "--from-source", "1.23.99"]);
    assert!(run.code.is_some_and(|code| code != 0) && run.stderr.contains("next: "), "{run:?}");
    assert_eq!(world.installed(), [""; 0]);
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
}

#[test]
fn a_machine_that_lacks_what_a_build_needs_is_told_before_any_download() {
    let mirror = Mirror::small(&["1.23.99"]);
    let mut world = mirror.world();
    let empty = world.project("empty", &[]);
    world.set("PATH", &empty.display().to_string());
    world.gvmr(["install", "--from-source", "1.23.99"]).fails(11, &["bash", "next: "]);
    assert_eq!(mirror.downloads("1.23.99"), 0);
}
