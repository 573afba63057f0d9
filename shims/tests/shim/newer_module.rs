//! A go.mod that asks for a newer Go than any here: what go itself would answer without that version runs.

use crate::support::{World, failed, output, ran};

/// The default is 1.23.1, and go.mod asks for 1.25.
fn world() -> World {
    let world = World::new();
    world.installed(&["1.23.1", "1.24.1"]).file("home/default", "1.23.1");
    world.file("project/go.mod", "module m\n\ngo 1.25\n");
    world
}

#[test]
fn gofmt_and_what_go_exempts_run_untouched() {
    let world = world();
    let said = ran(world.command("gofmt").arg("-l"));
    assert_eq!((said.one("toolchain"), said.one("tool")), ("1.23.1".to_owned(), "gofmt".to_owned()));
    assert!(said.lacks("GOTOOLCHAIN"));
    for words in [
        &["env", "GOTOOLCHAIN"][..],
        &["env", "-w", "GOTOOLCHAIN=auto"],
        &["env", "GOMOD"],
        &["env", "GOWORK"],
        &["-C", ".", "env", "GOMOD"],
    ] {
        let said = ran(world.command("go").args(words));
        assert_eq!((said.one("toolchain").as_str(), said.all("argument").len()), ("1.23.1", words.len()));
        assert!(said.lacks("GOTOOLCHAIN"), "{words:?}");
    }
    // Go exempts these from 1.23 on; an older one would download for them.
    world.installed(&["1.22.1"]).file("home/default", "1.22.1");
    assert_eq!(ran(world.command("go").args(["env", "GOMOD"])).one("GOTOOLCHAIN"), "local");
    assert!(ran(world.command("go").args(["env", "GOTOOLCHAIN"])).lacks("GOTOOLCHAIN"));
}

#[test]
fn what_any_go_answers_runs_locally_with_one_line() {
    let world = world();
    for words in
        [&["version"][..], &["help", "build"], &["mod", "edit", "-json"], &["telemetry"], &["work", "edit"]]
    {
        for _ in 0..2 {
            let output = output(world.command("go").args(words));
            let (stdout, stderr) =
                (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
            assert!(output.status.success() && stdout.contains("toolchain=1.23.1"), "{words:?}: {stderr}");
            assert!(stdout.contains("GOTOOLCHAIN=local"), "{words:?}: {stdout}");
            assert_eq!(stderr.lines().count(), 1, "{stderr}");
            assert!(
                stderr.contains("project/go.mod:3: \"go 1.25\"") && stderr.contains("gvmr install 1.25"),
                "{stderr}"
            );
        }
    }
    for words in [&["build"][..], &["env", "GOPATH"], &["env"], &["mod", "tidy"], &[]] {
        let said = failed(world.command("go").args(words), 127);
        assert!(
            said.contains("gvmr install 1.25\n") && said.contains("go +1.24.1 COMMAND"),
            "{words:?}: {said}"
        );
    }
    // Where it is installed there is nothing to say.
    world.installed(&["1.25.3"]);
    assert_eq!(ran(world.command("go").arg("version")).one("toolchain"), "1.25.3");
}

#[test]
fn the_users_gotoolchain_decides() {
    let world = world();
    for value in ["local", "auto", "path", "go1.25.0", "go1.25.0+auto"] {
        let said = ran(world.command("go").arg("build").env("GOTOOLCHAIN", value));
        assert_eq!((said.one("toolchain").as_str(), said.one("GOTOOLCHAIN").as_str()), ("1.23.1", value));
    }
    assert!(failed(world.command("go").arg("build").env("GOTOOLCHAIN", ""), 127).contains("install 1.25"));
    // `go env -w` is the user's word too.
    world.file("user/.config/go/env", "GOTOOLCHAIN=local\n");
    let said = ran(world.command("go").args(["build"]).env("HOME", world.path("user")));
    assert_eq!(said.one("toolchain"), "1.23.1");
    assert!(said.lacks("GOTOOLCHAIN"));
    // What satisfies go.mod still comes first.
    world.installed(&["1.25.3"]);
    let said = ran(world.command("go").arg("build").env("GOTOOLCHAIN", "auto"));
    assert_eq!(said.one("toolchain"), "1.25.3");
}

#[test]
fn without_a_default_what_runs_elsewhere_stands_in() {
    let world = world();
    std::fs::remove_file(world.path("home/default")).unwrap();
    assert_eq!(ran(&mut world.command("gofmt")).one("toolchain"), "1.24.1");
    world.goroot("outside", "1.22.2");
    let mut go = world.command("go");
    let output = output(go.arg("version").env("PATH", world.path("outside/bin")));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("toolchain=1.22.2") && said.contains("GOTOOLCHAIN=local"), "{said}");
    // A default that is not installed stands in for nothing.
    world.file("home/default", "1.19.1");
    assert!(failed(world.command("go").arg("version"), 127).contains("gvmr install 1.25\n"));
}

#[test]
fn a_go_outside_of_unknown_version_decides_itself() {
    let world = World::new();
    world.script("wrapper/go", "#!/bin/sh\necho toolchain=wrapper\nenv\n");
    world.file("project/go.mod", "module m\n\ngo 1.25\n");
    let mut go = world.command("go");
    go.arg("build").env("PATH", format!("{}:/usr/bin:/bin", world.path("wrapper").display()));
    assert_eq!(ran(&mut go).one("toolchain"), "wrapper");
    assert!(ran(&mut go).lacks("GOTOOLCHAIN"));
    world.installed(&["1.24.1"]);
    assert_eq!(ran(&mut go).one("toolchain"), "wrapper");
    world.installed(&["1.26.1"]);
    assert_eq!(ran(&mut go).one("toolchain"), "1.26.1");
    // A default is an own choice, and says what it lacks.
    std::fs::remove_dir_all(world.path("home/versions/go1.26.1")).unwrap();
    world.file("home/default", "1.24.1");
    assert!(failed(&mut go, 127).contains("gvmr install 1.25\n"));
}
