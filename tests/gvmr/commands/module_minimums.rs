//! What go.mod asks for: which release is installed for it, and what runs where it is not.

use crate::environment::env_why::fixture::Fixture;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::World;
use std::fs;

#[test]
fn install_takes_the_newest_patch_of_a_language_version_and_else_what_is_named() {
    let mirror = Mirror::small(&["1.97.4", "1.98.0", "1.98.1", "1.98.2"]);
    for (file, installed) in [
        ("go 1.98\n", "go1.98.2"),
        ("module m\n\ngo 1.98.0\n", "go1.98.0"),
        ("go 1.97\ntoolchain go1.98.1\n", "go1.98.1"),
    ] {
        let mut world = mirror.world();
        let project = world.project("project", &[("go.mod", file)]);
        let missing = world.gvmr_in(&project, ["current"]);
        assert!(missing.code != Some(0) && missing.stderr.contains("install 1.9"), "{missing:#?}");
        // A GOTOOLCHAIN lets the default run, and is no reason to install nothing.
        world.gvmr(["install", "1.97.4"]).succeeds();
        world.gvmr(["use", "--global", "1.97.4"]).succeeds();
        world.set("GOTOOLCHAIN", "local");
        assert_eq!(world.shim("go", &project, ["version"]).succeeds(), "go version go1.97.4 linux/amd64");
        let why = world.gvmr_in(&project, ["current", "--why"]).succeeds();
        assert!(why.starts_with("1.97.4") && why.contains("GOTOOLCHAIN is set"), "{why}");
        let line = world.gvmr_in(&project, ["install"]).succeeds();
        assert!(line.starts_with(installed), "{file:?}: {line}");
        let version = world.shim("go", &project, ["version"]).succeeds();
        assert_eq!(version, format!("go version {installed} linux/amd64"));
    }
}

#[test]
fn install_tells_of_a_newer_patch_than_go_mod_names() {
    let world = World::new("off");
    for (name, file, told) in [
        ("patch", "module m\n\ngo 1.22.1\n", true),
        ("toolchain", "go 1.21\ntoolchain go1.22.1\n", true),
        ("newest", "go 1.22.12\n", false),
        ("language", "go 1.22\n", false),
    ] {
        let project = world.project(name, &[("go.mod", file)]);
        let run = world.gvmr_in(&project, ["install"]);
        assert_eq!(run.stderr.contains("go1.22.12 is the newest patch of go1.22; "), told, "{run:#?}");
    }
    let pinned = world.project("pinned", &[(".go-version", "1.22.1\n")]);
    assert!(!world.gvmr_in(&pinned, ["install"]).stderr.contains("newest patch"));
}

#[test]
fn which_names_the_gofmt_that_runs() {
    let mirror = Mirror::small(&["1.97.4"]);
    let world = mirror.world();
    world.gvmr(["install", "1.97.4"]).succeeds();
    let project = world.project("project", &[("go.mod", "go 1.98\n")]);
    assert_eq!(world.shim("gofmt", &project, ["-l"]).succeeds(), "gofmt of go1.97.4");
    let gofmt = world.goroot("1.97.4").join("bin/gofmt").display().to_string();
    assert_eq!(world.gvmr_in(&project, ["which", "gofmt"]).succeeds(), gofmt);
    assert!(world.gvmr_in(&project, ["which"]).stderr.contains("install 1.98"));
}

#[test]
fn a_malformed_go_line_is_called_that() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let project = world.project("project", &[("go.mod", "module m\n\ngo banana\n")]);
    let why = world.gvmr_in(&project, ["current", "--why"]).succeeds();
    assert!(why.contains("go.mod:3: \"go banana\" is a malformed go line"), "{why}");
    assert_eq!(world.shim("go", &project, ["version"]).succeeds(), "go version go1.98.1 linux/amd64");
}

#[test]
fn a_real_go_that_is_too_old_answers_what_go_would_answer_and_downloads_nothing() {
    for version in ["1.22.12", "1.23.12"] {
        let Some(fixture) = Fixture::with_release(version) else { return skip("no go, or no network") };
        let file = fixture.world.path("p/go.mod");
        fs::write(&file, "module m\n\ngo 1.99\n").unwrap();
        let go = |arguments: &[&str]| fixture.go(&[("GOPROXY", "off")], arguments);
        let newer =
            go(&["build"]).exits(127, &["p/go.mod:3", "install 1.99", &format!("go +{version} COMMAND")]);
        assert_eq!(newer.stdout, "");
        for (arguments, answer, lines) in [
            (&["env", "GOMOD"][..], file.canonicalize().unwrap().to_str().unwrap(), 0),
            (&["env", "GOWORK"], "", 0),
            (&["env", "GOTOOLCHAIN"], "auto", 0),
            (&["env", "-w", "GOTOOLCHAIN=auto"], "", 0),
        ] {
            let run = go(arguments);
            assert_eq!(run.stderr.lines().count(), lines, "{run:#?}");
            assert_eq!(run.succeeds(), answer, "{arguments:?}");
        }
        // That setting is the user's now: go itself decides, and says so.
        go(&["build"]).exits(1, &["go1.99"]);
        fixture
            .go(&[("GOTOOLCHAIN", "local")], &["list"])
            .exits(1, &["requires go >= 1.99", "GOTOOLCHAIN=local"]);
        fixture.go_env_file("");
        for (arguments, answer) in
            [(&["version"][..], format!("go version go{version} ")), (&["help"], "Go is a tool".to_owned())]
        {
            let run = go(arguments);
            assert_eq!(run.stderr.lines().count(), 1, "{run:#?}");
            assert!(run.stderr.contains("p/go.mod:3: \"go 1.99\"") && run.stderr.contains("install 1.99"));
            assert!(run.succeeds().starts_with(&answer));
        }
        go(&["mod", "edit", "-go=1.21"]).succeeds();
        assert!(fs::read_to_string(&file).unwrap().contains("go 1.21\n"));
        assert_eq!(go(&["version"]).stderr, "");
    }
}

#[test]
fn below_go_generate_a_real_go_switches_as_a_plain_one_and_the_pin_stays_exact() {
    let Some(fixture) = Fixture::with_release("1.22.12") else { return skip("no go, or no network") };
    if fixture.add_release("1.24.13").is_none() {
        return skip("no network");
    }
    let write = |name: &str, text: &str| {
        let file = fixture.world.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("p/q/.go-version", "1.22.12\n");
    write("p/q/go.mod", "module m\n\ngo 1.21\n");
    write("p/q/tools/go.mod", "module tools\n\ngo 1.24.13\n");
    write(
        "p/q/m.go",
        "package m\n\n//go:generate sh -c \"go version; cd tools && go version; go env GOTOOLCHAIN\"\n",
    );
    let path = format!("{}:/usr/bin:/bin", fixture.world.home().join("shims").display());
    let go = |arguments: &[&str]| fixture.go(&[("GOPROXY", "off"), ("PATH", &path)], arguments);
    let said = go(&["generate"]).succeeds();
    let expected = ["go version go1.22.12 linux/amd64", "go version go1.24.13 linux/amd64", "auto"];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    assert_eq!(go(&["env", "GOTOOLCHAIN"]).succeeds(), "local");
    // A module that needs more than the pin is still refused, by go itself.
    write("p/q/go.mod", "module m\n\ngo 1.24.13\n");
    go(&["generate"]).exits(1, &["requires go >= 1.24.13", "GOTOOLCHAIN=local"]);
    let why = fixture.env(&[], &["--why", "GOTOOLCHAIN"]).succeeds();
    assert!(why.contains("set by gvmr for the exact pin at") && why.contains("p/q/.go-version:1"), "{why}");
    assert!(why.contains("GOTOOLCHAIN=auto") && why.contains("go +VERSION"), "{why}");
}

#[test]
fn from_1_19_on_the_go_below_go_generate_is_the_running_one() {
    for (version, is_shim) in [("1.16.15", true), ("1.19.13", false), ("1.24.13", false)] {
        let Some(fixture) = Fixture::with_release(version) else { return skip("no go, or no network") };
        let project = fixture.world.path("p/q");
        fs::write(project.join("go.mod"), "module m\n\ngo 1.13\n").unwrap();
        fs::write(project.join("m.go"), "package m\n\n//go:generate sh -c \"command -v go\"\n").unwrap();
        let shims = fixture.world.home().join("shims");
        let path = format!("{}:/usr/bin:/bin", shims.display());
        let said = fixture.go(&[("PATH", &path)], &["generate"]).succeeds();
        let goroot = fixture.world.goroot(version).join("bin/go");
        let expected = if is_shim { shims.join("go") } else { goroot };
        assert_eq!(said, expected.display().to_string(), "{version}");
    }
}
