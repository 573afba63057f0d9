//! Programs of a Go project: what they are built of.

use super::go_orders::{GO_SUM, MAIN, commit, go, go_version, measured, orders, verdict, with_go};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::World;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

const BINARIES: &str = "go = \"artifact.binaries\"";

#[test]
fn programs_that_are_built_here_have_the_go_and_the_modules_of_the_project() {
    let Some(world) = with_go() else { return };
    let project = orders(&world, &[("main.go", MAIN), ("a/tool/main.go", MAIN), ("b/tool/main.go", MAIN)]);
    fs::write(project.join("gvmr-check.toml"), format!("[a.b]\n{BINARIES}\n")).unwrap();
    commit(&world, &project);
    assert_eq!(verdict(&world, &project, BINARIES), "pass");
    let output = measured(&world, &project, BINARIES).to_string();
    let version = go_version(&world);
    for program in
        ["orders: example.com/orders", "example.com/orders/a/tool: ", "example.com/orders/b/tool: "]
    {
        assert!(output.contains(program), "{output}");
    }
    assert!(output.contains(&format!("go{version}, 1 modules")), "{output}");
    // A change that is not committed is a warning where the work tree is what is built.
    fs::write(project.join("new.go"), "package main\n").unwrap();
    let dirty = verdict(&world, &project, BINARIES);
    assert!(dirty.starts_with("warn: ") && dirty.contains("vcs.modified=true"), "{dirty}");
    // What does not compile is not known.
    fs::write(project.join("new.go"), "package main\n\nvar x int = \"\"\n").unwrap();
    let broken = verdict(&world, &project, BINARIES);
    assert!(broken.starts_with("error: go build ended with 1: ") && broken.contains("new.go:3"), "{broken}");
    fs::write(project.join("new.go"), "pack\n").unwrap();
    assert!(verdict(&world, &project, BINARIES).starts_with("error: "));
}

#[test]
fn a_workspace_and_vendored_modules_are_built_as_they_are() {
    let Some(world) = with_go() else { return };
    let project = orders(&world, &[("main.go", MAIN)]);
    go(&world, &project, &["mod", "vendor"]).succeeds();
    let vendored = measured(&world, &project, BINARIES);
    assert_eq!(vendored["state"], "pass", "{vendored:#}");
    assert!(vendored.to_string().contains("orders: 1 modules without a hash"), "{vendored:#}");
    fs::remove_dir_all(project.join("vendor")).unwrap();
    world.project(
        "orders",
        &[
            ("go.work", "go 1.21\n\nuse (\n\t.\n\t./second\n)\n"),
            ("second/go.mod", "module example.com/second\n\ngo 1.21\n"),
            ("second/main.go", MAIN),
        ],
    );
    assert_eq!(verdict(&world, &project, BINARIES), "pass");
    let both = measured(&world, &project, BINARIES).to_string();
    assert!(both.contains("orders: ") && both.contains("second: example.com/second"), "{both}");
    // From a directory below, each program of the module.
    let below = project.join("version");
    assert_eq!(verdict(&world, &below, BINARIES), "pass");
}

#[test]
fn the_go_of_the_pin_is_in_each_program() {
    const PLAIN: &str = "package main\n\nfunc main() { println(1) }\n";
    let Some(of_this_machine) = with_go() else { return };
    let Some(mirror) = Mirror::real(&["1.16.15", "1.20.14"]) else {
        return skip("the module proxy does not answer");
    };
    let mut world = mirror.world();
    world.set("GOCACHE", &go(&of_this_machine, &world.path("user"), &["env", "GOCACHE"]).succeeds());
    world.gvmr(["install", "1.16.15", "1.20.14"]).succeeds();
    let project =
        world.project("orders", &[("go.mod", "module example.com/orders\n\ngo 1.16\n"), ("main.go", PLAIN)]);
    for version in ["1.16.15", "1.20.14"] {
        fs::write(project.join(".go-version"), version).unwrap();
        let probe = measured(&world, &project, BINARIES);
        assert_eq!(probe["state"], "pass", "{probe:#}");
        assert!(
            probe
                .to_string()
                .contains(&format!("orders: example.com/orders (devel), go{version}, 0 modules"))
        );
        let probe = measured(&world, &project, "go = \"artifact.runs-on\"\ntarget = \"static\"");
        assert_eq!(probe["state"], "pass", "{probe:#}");
    }
    // A newer pin in the same place: what was built before is not of it.
    let program = world.path("built").display().to_string();
    world.shim("go", &project, ["build", "-o", &program, "."]).succeeds();
    fs::write(project.join(".go-version"), "1.16.15").unwrap();
    let other = verdict(&world, &project, &format!("{BINARIES}\npath = \"{program}\""));
    assert!(
        other.contains("was built by go1.20.14, not go1.16.15 (") && other.contains(".go-version:1"),
        "{other}"
    );
    fs::write(project.join(".go-version"), "1.23.4").unwrap();
    let missing = verdict(&world, &project, BINARIES);
    assert!(missing.starts_with("error: ") && missing.contains("1.23.4"), "{missing}");
}

#[test]
fn without_a_main_package_nothing_is_to_be_built() {
    let Some(world) = with_go() else { return };
    let project = orders(&world, &[]);
    for question in ["artifact.binaries", "artifact.runs-on", "artifact.same-twice"] {
        let verdict = verdict(&world, &project, &format!("go = \"{question}\""));
        assert_eq!(verdict, "not_applicable: no main package", "{question}");
    }
}

#[test]
fn programs_of_tests_alone_and_of_other_systems_are_not_looked_at() {
    let Some(mut world) = with_go() else { return };
    let test = "package main\n\nimport \"testing\"\n\nfunc TestAll(*testing.T) {}\n";
    let project = orders(&world, &[("tests/e2e_test.go", test)]);
    let each = |world: &World, expected: &str| {
        for question in ["artifact.binaries", "artifact.runs-on"] {
            assert_eq!(verdict(world, &project, &format!("go = \"{question}\"")), expected, "{question}");
        }
    };
    each(&world, "not_applicable: no main package");
    fs::create_dir(project.join("cmd")).unwrap();
    fs::write(project.join("cmd/main.go"), "package main\n\nfunc main() {}\n").unwrap();
    each(&world, "pass");
    for (os, arch) in [("windows", "amd64"), ("js", "wasm")] {
        world.set("GOOS", os).set("GOARCH", arch);
        let expected =
            format!("not_applicable: go builds for {os} (GOOS), and only programs of Linux can be read");
        each(&world, &expected);
    }
    world.unset("GOOS").unset("GOARCH").set("GOFLAGS", "-buildmode=c-archive");
    each(&world, "not_applicable: go builds libraries (-buildmode=c-archive)");
}

#[test]
fn a_deployed_program_is_compared_with_what_is_here_on_a_machine_without_go() {
    let Some(mut world) = with_go() else { return };
    let project = orders(&world, &[("main.go", MAIN)]);
    fs::create_dir(world.path("deployed")).unwrap();
    let program = world.path("deployed/orders").display().to_string();
    commit(&world, &project);
    go(&world, &project, &["build", "-o", &program, "."]).succeeds();
    let version = go_version(&world);
    world.set("PATH", "/usr/bin:/bin");
    let path = format!("{BINARIES}\npath = \"{program}\"");
    assert_eq!(verdict(&world, &project, &path), "pass");
    let pin = |version: &str| fs::write(project.join(".go-version"), version).unwrap();
    pin(&version);
    assert_eq!(verdict(&world, &project, &path), "pass");
    pin("1.20.14");
    let other = verdict(&world, &project, &path);
    let expected = format!("was built by go{version}, not go1.20.14 (");
    assert!(other.starts_with("fail: ") && other.contains(&expected), "{other}");
    fs::remove_file(project.join(".go-version")).unwrap();
    let go_mod = fs::read_to_string(project.join("go.mod")).unwrap();
    fs::write(project.join("go.mod"), go_mod.replace("go 1.21", "go 1.99.0")).unwrap();
    let old = verdict(&world, &project, &path);
    assert!(old.contains(&format!("was built by go{version}, not go1.99.0 or later (")), "{old}");
    fs::write(project.join("go.mod"), go_mod).unwrap();
    // Another hash, and none.
    fs::write(project.join("go.sum"), GO_SUM.replace("UG21", "UG22")).unwrap();
    let hash = verdict(&world, &project, &path);
    let expected =
        "golang.org/x/mod v0.5.0 has h1:UG21uOlmZabA4fW5i7ZX6bjw1xELEGg/ZLgZq9auk/Q=, and go.sum has h1:UG22";
    assert!(hash.starts_with("fail: ") && hash.contains(expected), "{hash}");
    fs::write(project.join("go.sum"), "").unwrap();
    assert!(verdict(&world, &project, &path).contains("golang.org/x/mod v0.5.0 is not in go.sum"));
    // Outside a project there is less to compare with, and that is said.
    let elsewhere = world.project("elsewhere", &[]);
    let probe = measured(&world, &elsewhere, &path);
    assert_eq!(probe["state"], "pass");
    let output = probe.to_string();
    assert!(
        output.contains("no go.sum here") && output.contains("nothing here asks for a version"),
        "{output}"
    );
    for (path, error) in [
        ("/usr/bin/env", "not built by Go, or without build info"),
        ("go.sum", "not a program of Linux (ELF)"),
        ("none", "No such file or directory"),
    ] {
        fs::write(elsewhere.join("go.sum"), "").unwrap();
        let verdict = verdict(&world, &elsewhere, &format!("{BINARIES}\npath = \"{path}\""));
        assert!(verdict.starts_with("error: ") && verdict.contains(error), "{verdict}");
    }
}

#[test]
fn the_program_of_a_process_is_read_and_uncommitted_changes_in_it_are_told() {
    const WAITS: &str = "package main\n\nimport \"os\"\n\nfunc main() { os.Stdin.Read(make([]byte, 1)) }\n";
    let Some(world) = with_go() else { return };
    let project = orders(&world, &[("main.go", WAITS)]);
    commit(&world, &project);
    fs::write(project.join("new.go"), "package main\n").unwrap();
    let program = world.path("orders-of-today").display().to_string();
    go(&world, &project, &["build", "-o", &program, "."]).succeeds();
    let mut process = world.command(Path::new(&program), &project);
    let mut process = process.stdin(Stdio::piped()).spawn().unwrap();
    let pid = format!("{BINARIES}\npid = {}", process.id());
    let dirty = verdict(&world, &project, &pid);
    assert!(dirty.starts_with("fail: ") && dirty.contains("orders-of-today of process"), "{dirty}");
    assert!(dirty.ends_with("has uncommitted changes in it (vcs.modified=true)"), "{dirty}");
    // A newer file of the same name is not what runs.
    fs::remove_file(&program).unwrap();
    fs::remove_file(project.join("new.go")).unwrap();
    go(&world, &project, &["build", "-o", &program, "."]).succeeds();
    assert!(verdict(&world, &project, &pid).starts_with("fail: "));
    process.stdin.take().unwrap().write_all(b"x").unwrap();
    assert!(process.wait().unwrap().success());
    let gone = verdict(&world, &project, &pid);
    assert!(gone.starts_with("error: no process "), "{gone}");
}
