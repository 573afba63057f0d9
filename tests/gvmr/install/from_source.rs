//! Go from its own sources, proved before the first of their commands runs.

use crate::support::mirror::Mirror;
use crate::support::server::Reply;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{Run, names};
use gvmr::unpack::is_executable;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const REAL: &str = "1.22.10";

#[test]
fn a_real_go_is_built_here_and_builds_hello() {
    if slow::left_out("install::from_source::a_real_go_is_built_here_and_builds_hello") {
        return;
    }
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let mut world = mirror.world();
    world.set("PATH", &offline_path(&world.path("offline")));
    let run = world.gvmr(["install", "--from-source", REAL]);
    // Go's own builders and this machine agree on every byte of it.
    for said in ["building with go1.", "matches Go's own release, file for file"] {
        assert!(run.stderr.contains(said), "{said}: {run:?}");
    }
    run.succeeds();
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
    let list = world.gvmr(["list", "--json"]).json();
    let receipt = &list[0]["receipt"];
    assert_eq!((&receipt["proof"], &receipt["log"]), (&"built".into(), &"sum.golang.org".into()));
    assert!(receipt["bootstrap"].as_str().unwrap().starts_with("go1."), "{receipt}");
    let log = world.home().join("cache/build/go1.22.10.log");
    assert!(fs::read_to_string(&log).unwrap().contains("Installed Go"), "the whole output is kept");
    let project = world.project("hello", &[
        ("go.mod", "module hello\n\ngo 1.22\n"),
        (".go-version", REAL),
        ("main.go", "package main\n\nimport (\"fmt\"; \"runtime\")\n\nfunc main() { fmt.Println(\"hello from\", runtime.Version()) }\n"),
    ]);
    assert_eq!(world.shim("go", &project, ["run", "."]).succeeds(), "hello from go1.22.10");
    let goroot = world.shim("go", &project, ["env", "GOROOT"]).succeeds();
    assert_eq!(goroot, world.goroot(REAL).display().to_string());
    assert!(world.gvmr(["verify"]).succeeds().contains("proved"));
    modes_follow_the_rule(&world.goroot(REAL), "");
    is_usable(&world.goroot(REAL), &world.path("project"));
}

#[test]
fn sources_that_are_not_the_logged_ones_are_never_run() {
    let mirror = Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.contains("/lookup/") { Reply::status(404) } else { reply }
    });
    let mut world = mirror.world();
    world.set("PATH", &std::env::var("PATH").unwrap());
    world.gvmr(["install", "--from-source", "1.99.1"]).exits(3, &["1.99.1"]);
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
    world.gvmr(["install", "--from-source", "1.23.99"]).exits(11, &["bash", "next: "]);
    assert_eq!(mirror.downloads("1.23.99"), 0);
}

/// PATH, led by a `bash` that runs in a network namespace of its own, where this user may make one.
fn offline_path(directory: &Path) -> String {
    let path = std::env::var("PATH").unwrap();
    let find =
        |name: &str| std::env::split_paths(&path).map(|element| element.join(name)).find(|p| p.is_file());
    let works = Command::new("unshare").args(["-n", "true"]).status().is_ok_and(|status| status.success());
    let (true, Some(unshare), Some(bash)) = (works, find("unshare"), find("bash")) else {
        skip("a network namespace needs root");
        return path;
    };
    fs::create_dir(directory).unwrap();
    let wrapper = directory.join("bash");
    let script = format!("#!{0}\nexec {1} -n {0} \"$@\"\n", bash.display(), unshare.display());
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{path}", directory.display())
}

fn modes_follow_the_rule(directory: &Path, below: &str) {
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        let found = entry.metadata().unwrap();
        let mode = if found.is_dir() || is_executable(&name) { 0o755 } else { 0o644 };
        assert_eq!(found.permissions().mode() & 0o7777, mode, "{name}");
        if found.is_dir() {
            modes_follow_the_rule(&entry.path(), &format!("{name}/"));
        }
    }
}

/// Uses it as its owner would, offline.
fn is_usable(goroot: &Path, project: &Path) {
    fs::create_dir(project).unwrap();
    let write = |name: &str, text: &str| fs::write(project.join(name), text).unwrap();
    write("go.mod", "module hello\n\ngo 1.20\n");
    write("hello.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n");
    write("hello_test.go", "package main\n\nimport \"testing\"\n\nfunc TestHello(*testing.T) { main() }\n");
    let go = |arguments: &[&str]| {
        let mut go = Command::new(goroot.join("bin/go"));
        go.args(arguments).current_dir(project).env_clear().env("PATH", std::env::var("PATH").unwrap());
        go.env("HOME", project.join("home")).env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
        Run::of(&mut go).succeeds()
    };
    assert_eq!(go(&["version"]), format!("go version go{REAL} linux/amd64"));
    assert_eq!(PathBuf::from(go(&["env", "GOROOT"])), goroot);
    go(&["build", "-o", "hello", "."]);
    assert_eq!(Run::of(&mut Command::new(project.join("hello"))).succeeds(), "hello");
    go(&["vet", "."]);
    assert!(go(&["test", "."]).starts_with("ok"));
    let stale = "{{if and .Standard .Stale}}{{.ImportPath}}: {{.StaleReason}}{{end}}";
    assert_eq!(go(&["list", "-deps", "-f", stale, "."]), "");
}
