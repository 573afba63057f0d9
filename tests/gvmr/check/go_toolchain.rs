//! The Go of a project that is checked: which one runs, whether it is proved and supported, and what bends its builds.

use super::{check, outcome};
use crate::support::mirror::user_with;
use crate::support::world::World;
use serde_json::Value;
use std::fs;

/// A user who has the Go of this machine on PATH, and none of gvmr's.
fn with_a_go_outside_gvmr() -> World {
    let mut world = World::new("off");
    let path = std::env::var_os("PATH").unwrap();
    let go = std::env::split_paths(&path).find(|directory| directory.join("go").is_file()).unwrap();
    world.set("PATH", &format!("{}:/usr/bin:/bin", go.display()));
    world
}

/// What became of a question in `orders` with these files beside the check file.
fn asked(world: &World, question: &str, files: &[(&str, &str)]) -> String {
    for (name, text) in files {
        world.project("orders", &[(name, text)]);
    }
    outcome(world, &format!("go = \"{question}\""))
}

#[test]
fn the_go_that_runs_is_the_one_that_is_asked_for_or_the_line_says_why_not() {
    let Some(mut world) = user_with(&["1.20.14", "1.24.11"]) else { return };
    let module = |line: &str| format!("module example.com/orders\n\n{line}\n");
    let pin = |world: &World, go_mod: &str, version: &str| {
        asked(world, "toolchain.pin", &[("go.mod", &module(go_mod)), (".go-version", version)])
    };
    assert_eq!(pin(&world, "go 1.24", "1.24.11"), "pass");
    let missing = pin(&world, "go 1.24", "1.23.4");
    assert!(
        missing.starts_with("fail: Go 1.23.4 is not installed (") && missing.contains(".go-version:1"),
        "{missing}"
    );
    assert!(missing.ends_with("run `gvmr install 1.23.4`"), "{missing}");
    let below = pin(&world, "go 1.25.0", "1.24.11");
    assert!(below.starts_with("fail: ") && below.contains("requires go >= 1.25.0"), "{below}");
    world.set("GVMR_VERSION", "1.20.14");
    let hidden = pin(&world, "go 1.20", "1.24.11");
    assert!(hidden.starts_with("fail: GVMR_VERSION=1.20.14 hides 1.24.11 of "), "{hidden}");
    // As in `gvmr exec`, where the variable says what the files do.
    world.set("GVMR_VERSION", "1.24.11");
    assert_eq!(pin(&world, "go 1.21", "1.24.11"), "pass");
    assert_eq!(pin(&world, "go 1.21", "1.24"), "pass");
    fs::remove_file(world.path("orders/.go-version")).unwrap();
    assert_eq!(asked(&world, "toolchain.pin", &[("go.mod", &module("go 1.21"))]), "pass");
    world.unset("GVMR_VERSION");
    // Go itself would switch, pin or not.
    world.set("GOTOOLCHAIN", "go1.22.9");
    let switched = pin(&world, "go 1.20", "1.24.11");
    assert!(switched.starts_with("fail: ") && switched.contains("go1.22.9"), "{switched}");
    fs::remove_file(world.path("orders/.go-version")).unwrap();
    world.unset("GOTOOLCHAIN");
    assert_eq!(asked(&world, "toolchain.pin", &[("go.mod", &module("go 1.24"))]), "pass");
}

#[test]
fn each_file_of_the_toolchain_is_the_logged_one() {
    let Some(world) = user_with(&["1.24.11"]) else { return };
    world.project("orders", &[("go.mod", "module example.com/orders\n\ngo 1.24\n")]);
    assert_eq!(asked(&world, "toolchain.proof", &[]), "pass");
    let changed = world.goroot("1.24.11").join("src/fmt/print.go");
    let text = fs::read_to_string(&changed).unwrap();
    fs::write(&changed, text + "\n").unwrap();
    let project = super::project(&world, "[a.b]\ngo = \"toolchain.proof\"\n");
    let document = check(&world, &project, &["--json", "--no-archive"]).exits(1, &[]).json();
    let probe = &document["probes"][0];
    assert_eq!(probe["state"], "fail", "{document:#}");
    assert_eq!(super::figure(&document, "differing")["value"], 1.0);
    assert_eq!(probe["findings"][0]["file"], changed.to_str().unwrap());
    assert_eq!(probe["findings"][0]["message"], "changed");
}

#[test]
fn a_go_outside_gvmr_has_no_proof_which_warns_unless_a_file_asks_for_it() {
    let world = with_a_go_outside_gvmr();
    let project = world.project("orders", &[("go.mod", "module example.com/orders\n\ngo 1.20\n")]);
    let run = world.gvmr_in(&project, ["check", "toolchain.proof", "--json"]);
    let document = run.json();
    assert_eq!(document["verdict"], "pass", "{document:#}");
    let probe = of(&document, "toolchain.proof");
    assert_eq!(probe["state"], "warn");
    assert!(probe["message"].as_str().unwrap().contains("`gvmr import`"), "{probe:#}");
    let named = asked(&world, "toolchain.proof", &[]);
    assert!(named.starts_with("error: ") && named.contains("`gvmr import`"), "{named}");
}

#[test]
fn a_version_without_fixes_warns_and_blocks_where_the_file_says_so() {
    let Some(world) = user_with(&["1.20.14"]) else { return };
    world.project("orders", &[("go.mod", "module example.com/orders\n\ngo 1.20\n")]);
    let ended = "go1.20.14 is end of life; Go supports ";
    let advice = asked(&world, "toolchain.supported", &[]);
    assert!(advice.starts_with(&format!("warn: {ended}")), "{advice}");
    let blocks = outcome(&world, "go = \"toolchain.supported\"\nadvisory = false");
    assert!(blocks.starts_with(&format!("fail: {ended}")), "{blocks}");
}

#[test]
fn what_weakens_a_build_is_named_with_its_place() {
    let mut world = with_a_go_outside_gvmr();
    let environment = |world: &World| {
        asked(world, "toolchain.environment", &[("go.mod", "module example.com/orders\n\ngo 1.20\n")])
    };
    // A test's own world fetches nothing, and so checks nothing.
    for name in ["GOSUMDB", "GOFLAGS", "GONOSUMDB"] {
        world.unset(name);
    }
    assert_eq!(environment(&world), "pass");
    for (name, value, expected) in [
        (
            "GOSUMDB",
            "off",
            "GOSUMDB=off: modules are not checked against the checksum database (GOSUMDB in the environment)",
        ),
        (
            "GOFLAGS",
            "-mod=mod -trimpath",
            "-mod=mod in GOFLAGS lets builds change go.mod (GOFLAGS in the environment)",
        ),
        (
            "GOFLAGS",
            "-toolexec=/bin/true",
            "-toolexec in GOFLAGS puts a program around the compiler (GOFLAGS in the environment)",
        ),
        (
            "GONOSUMDB",
            "github.com/*",
            "GONOSUMDB covers github.com/*, and GOPRIVATE does not (GONOSUMDB in the environment)",
        ),
        ("GOFLAGS", "-tags=a -skip=TestB", "-skip in GOFLAGS leaves out tests (GOFLAGS in the environment)"),
        (
            "GONOSUMCHECK",
            "*",
            "GONOSUMCHECK covers *, and GOPRIVATE does not (GONOSUMCHECK in the environment)",
        ),
        ("GO111MODULE", "off", "GO111MODULE=off: go finds no module (GO111MODULE in the environment)"),
        ("GOINSECURE", "*", "GOINSECURE covers *, and GOPRIVATE does not (GOINSECURE in the environment)"),
    ] {
        world.set(name, value);
        assert_eq!(environment(&world), format!("fail: {expected}"));
        world.unset(name);
    }
    world.set("GOPRIVATE", "*.corp.example").set("GONOSUMDB", "git.corp.example");
    assert_eq!(environment(&world), "pass");
    let file = world.path("go.env");
    fs::write(&file, "GOPATH=/x\nGOFLAGS=-mod=mod\n").unwrap();
    world.set("GOENV", file.to_str().unwrap());
    let found = environment(&world);
    assert!(
        found.contains(&format!("-mod=mod in GOFLAGS lets builds change go.mod ({}:2)", file.display())),
        "{found}"
    );
    world.unset("GOENV").set("GOROOT", "/nonexistent");
    let found = environment(&world);
    assert!(found.contains("goroot.exported"), "{found}");
}

#[test]
fn a_module_that_go_does_not_find_is_an_error() {
    let mut world = with_a_go_outside_gvmr();
    let main = ("main.go", "package main\n\nfunc main() { x }\n");
    let project = world.project("orders", &[("go.mod", "module example.com/orders\n\ngo 1.20\n"), main]);
    world.set("GO111MODULE", "off");
    let document = world.gvmr_in(&project, ["check", "--json"]).exits(1, &[]).json();
    for id in
        ["modules.sums", "modules.tidy", "modules.vendor", "code.build", "code.test", "artifact.binaries"]
    {
        let probe = of(&document, id);
        let message = "go finds no module, and there is go.mod; GO111MODULE is off";
        assert_eq!((&probe["state"], &probe["message"]), (&"error".into(), &message.into()), "{id}");
    }
    assert_eq!(of(&document, "toolchain.environment")["state"], "fail");
    world.unset("GO111MODULE");
    let project = world.project("work", &[("go.work", "go 1.20\n"), main]);
    let document = world.gvmr_in(&project, ["check", "code", "--json"]).exits(1, &[]).json();
    for id in ["code.build", "code.test"] {
        assert_eq!(of(&document, id)["state"], "error", "{document:#}");
    }
}

#[test]
fn without_a_file_all_of_a_go_project_is_looked_at_and_nothing_is_written_into_it() {
    let world = with_a_go_outside_gvmr();
    let project = world.project(
        "orders",
        &[
            ("go.mod", "module example.com/orders\n\ngo 1.20\n"),
            ("main.go", "package main\n\nfunc main() {}\n"),
            ("deep/er/x.go", "package er\n"),
        ],
    );
    let before = tree(&project);
    let run = world.gvmr_in(&project.join("deep/er"), ["check", "--json"]);
    let document = run.json();
    assert_eq!(document["file"], Value::Null, "{document:#}");
    assert_eq!(document["where"]["directory"], project.to_str().unwrap());
    let dimensions: Vec<_> =
        document["probes"].as_array().unwrap().iter().map(|one| &one["dimension"]).collect();
    assert!(dimensions.contains(&&Value::from("security")), "a dimension that does not hold ends nothing");
    assert_eq!(of(&document, "toolchain.pin")["line"], Value::Null);
    assert_eq!(tree(&project), before);
    // Its runs are kept, and the plan names what would run.
    let history = world.gvmr_in(&project, ["check", "--history"]).succeeds();
    assert_eq!(history.lines().count(), 1, "{history}");
    let plan = world.gvmr_in(&project, ["check", "--plan"]).succeeds();
    assert!(plan.contains("pin  go toolchain.pin  (built in)"), "{plan}");
    let nothing = world.gvmr_in(&project, ["check", "modules.vendor"]);
    assert_eq!(nothing.code, Some(2), "{nothing:#?}");
    assert!(nothing.stdout.ends_with(": nothing ran\n"), "{nothing:#?}");
    world.gvmr_in(&project, ["check", "modules.vendro"]).exits(2, &["did you mean modules.vendor?"]);
    let elsewhere = world.project("empty", &[("x.txt", "")]);
    world.gvmr_in(&elsewhere, ["check"]).exits(2, &["no gvmr-check.toml and no go.mod here or above"]);
}

fn of<'v>(document: &'v Value, id: &str) -> &'v Value {
    document["probes"].as_array().unwrap().iter().find(|probe| probe["id"] == id).unwrap()
}

/// Each file below a directory, with its bytes.
fn tree(directory: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    crate::support::sources::files(directory)
        .into_iter()
        .map(|file| (file.clone(), fs::read(&file).unwrap()))
        .collect()
}
