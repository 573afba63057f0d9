//! One command with several versions: exactly those, at the same time, and nothing of it left behind.

mod endings;
mod given;
mod output;

use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use std::path::Path;
use std::process::Command;

/// A machine with these made-up versions installed.
fn world(versions: &[&str]) -> (Mirror, World) {
    let mirror = Mirror::small(versions);
    let world = mirror.world();
    world.gvmr(["install"].iter().chain(versions)).succeeds();
    (mirror, world)
}

/// `gvmr each ARGUMENTS… -- sh -c SCRIPT`.
fn each(world: &World, directory: &Path, arguments: &[&str], script: &str) -> Run {
    let mut command = world.command(gvmr(), directory);
    Run::of(command.arg("each").args(arguments).args(["--", "sh", "-c", script]))
}

#[test]
fn the_table_has_the_versions_in_order_and_the_exit_code_says_whether_all_went_well() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1", "1.98.2"]);
    let here = world.path("user");
    let run = world.gvmr(["each", "1.98", "1.97.4", "1.98.1", "--", "go", "version"]);
    let rows: Vec<Vec<&str>> =
        run.stdout.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
    assert_eq!(rows, [["1.98.2", "ok"], ["1.97.4", "ok"], ["1.98.1", "ok"]], "{run:?}");
    for version in ["1.98.2", "1.97.4", "1.98.1"] {
        let said = format!("go version go{version} linux/amd64\n");
        let block = run.stderr.split("--- ").find(|block| block.starts_with(&format!("go{version}: ok, ")));
        assert!(block.unwrap().ends_with(&said), "{run:?}");
    }
    assert_eq!(run.code, Some(0));
    let script = "case $GVMR_VERSION in 1.97.4) exit 7;; 1.98.1) kill -SEGV $$;; esac";
    let run = each(&world, &here, &["1.97", "latest", "1.98.1"], script)
        .exits(1, &["sh failed with 2 of 3 versions: go1.97.4, go1.98.1", "next: "]);
    let words: Vec<&str> = run.stdout.lines().map(|line| line[11..25].trim()).collect();
    assert_eq!(words, ["exit 7", "ok", "signal SIGSEGV"]);
    let json = each(&world, &here, &["--json", "1.97", "latest", "1.98.1"], script);
    assert_eq!(json.code, Some(1));
    let json = json.json();
    assert_eq!((&json[0]["code"], &json[0]["signal"]), (&7.into(), &serde_json::Value::Null));
    assert_eq!((&json[1]["version"], &json[1]["code"]), (&"1.98.2".into(), &0.into()));
    assert_eq!(json[2]["signal"], "SIGSEGV");
    assert_eq!(json[2]["goroot"], world.goroot("1.98.1").display().to_string());
    assert!(json[0]["seconds"].as_f64().unwrap() < 60.0 && json[0].get("note").is_none(), "{json}");
}

#[test]
fn two_run_at_the_same_time_and_with_one_job_never_two() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1", "1.99.1"]);
    let meet = "touch here-$GVMR_VERSION
        for i in $(seq 600); do set -- here-*; [ $# -ge 2 ] && exit 0; sleep 0.05; done; exit 9";
    each(&world, &world.project("meet", &[]), &["1.97", "1.98", "-j", "2"], meet).succeeds();
    let alone = "mkdir lock || exit 9; sleep 0.2; rmdir lock; echo $GVMR_VERSION >>order";
    let project = world.project("alone", &[]);
    each(&world, &project, &["1.99", "1.97", "1.98", "-j", "1"], alone).succeeds();
    assert_eq!(std::fs::read_to_string(project.join("order")).unwrap(), "1.99.1\n1.97.4\n1.98.1\n");
    each(&world, &project, &["1.99", "1.97", "-j", "0"], alone).exits(2, &["0"]);
}

#[test]
fn words_are_passed_as_they_are_and_stdin_is_empty() {
    let (_mirror, world) = world(&["1.98.1"]);
    let words = ["--", "-x", "a b", "$HOME", "*", "", "'", "1.22", "--json"];
    let run = world.gvmr(["each", "1.98", "--", "printf", "<%s>\n"].iter().chain(&words));
    let said = words.iter().map(|word| format!("<{word}>\n")).collect::<Vec<_>>().concat();
    assert!(run.stderr.contains(&said), "{run:?}");
    let json =
        each(&world, &world.path("user"), &["1.98", "--json"], "cat; tty; ls -l /proc/self/fd/0").json();
    assert!(json[0]["output"].as_str().unwrap().starts_with("not a tty"), "{json}");
    assert!(json[0]["output"].as_str().unwrap().contains("/dev/null"), "{json}");
}

#[test]
fn two_words_for_one_version_run_it_once() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    let run = world.gvmr(["each", "1.98", "latest", "1.97", "go1.98.1", "--", "true"]);
    assert!(run.stderr.contains("latest also resolves to Go 1.98.1; running it once"), "{run:?}");
    assert_eq!(run.succeeds().lines().count(), 2);
}

#[test]
fn missing_versions_are_named_at_once_or_installed_before_anything_runs() {
    let mirror = Mirror::small(&["1.96.1", "1.97.4", "1.98.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.97"]).succeeds();
    let project = world.project("project", &[]);
    let arguments = ["1.96", "1.97", ">=1.98"];
    each(&world, &project, &arguments, "touch ran")
        .exits(127, &["Go 1.96, >=1.98 are not installed", "gvmr install 1.96 '>=1.98'"]);
    world.set("GVMR_AUTO_INSTALL", "never");
    let json = each(&world, &project, &["--json", "1.96"], "touch ran").json();
    assert_eq!((&json["error"]["code"], &json["error"]["hint"]), (&127.into(), &"gvmr install 1.96".into()));
    assert!(!project.join("ran").exists());
    world.set("GVMR_AUTO_INSTALL", "always");
    each(&world, &project, &["1.50", "1.97", "1.98"], "touch ran").exits(3, &["1.50"]);
    assert!(!project.join("ran").exists());
    let run = each(&world, &project, &arguments, "go version");
    assert!(run.stderr.contains("go version go1.96.1"), "{run:?}");
    assert_eq!(run.succeeds().lines().count(), 3);
}

#[test]
fn what_cannot_be_started_says_so_and_a_bad_command_line_is_usage() {
    let (_mirror, world) = world(&["1.97.4", "1.98.1"]);
    let project = world.project("project", &[("data", "no program")]);
    let run = world.gvmr(["each", "1.97", "1.98", "--", "no-such-program", "x"]);
    let run = run.exits(127, &["cannot run no-such-program: No such file", "next: "]);
    assert_eq!(run.stdout.matches("did not start").count(), 2);
    world.gvmr_in(&project, ["each", "1.97", "--", "./data"]).exits(126, &["cannot run ./data: Permission"]);
    // The command's own 127 is no failure to start it.
    let json = each(&world, &project, &["--json", "1.97"], "no-such-program");
    assert_eq!((json.code, &json.json()[0]["code"]), (Some(1), &127.into()));
    // One that only one of them has.
    let tool = world.goroot("1.97.4").join("bin/special");
    std::fs::write(&tool, "#!/bin/sh\n").unwrap();
    Command::new("chmod").arg("755").arg(&tool).status().unwrap();
    let run = world.gvmr(["each", "1.97", "1.98", "--json", "--", "special"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let json = run.json();
    assert_eq!((&json[0]["code"], &json[1]["code"]), (&0.into(), &serde_json::Value::Null));
    assert!(json[1]["note"].as_str().unwrap().contains("cannot run special"), "{json}");
    world.gvmr(["each", "--", "go"]).exits(2, &["VERSION"]);
    world.gvmr(["each", "1.97", "1.98"]).exits(2, &["COMMAND"]);
    world.gvmr(["each", "1.97", "go", "test"]).exits(2, &["COMMAND"]);
    world.gvmr(["each", "1.97", "V1.98", "--", "go"]).exits(2, &["\"V1.98\" is not a Go version"]);
    world.gvmr(["each", "1.97", "-e", "GOTOOLCHAIN=auto", "--", "go"]).exits(2, &["cannot set GOTOOLCHAIN"]);
    world.gvmr(["each", "1.97", "-e", "GOROOT=/x", "--", "go"]).exits(2, &["cannot set GOROOT"]);
}

#[test]
fn each_real_version_is_exactly_itself_whatever_asks_for_another() {
    let Some(mirror) = Mirror::real(&["1.22.10", "1.24.11"]) else { return skip("no go, or no network") };
    let mut world = mirror.world();
    world.gvmr(["install", "1.22.10", "1.24.11"]).succeeds();
    let project = world.project(
        "project",
        &[("go.mod", "module m\n\ngo 1.24.11\n\ntoolchain go1.25.1\n"), (".go-version", "1.24.11\n")],
    );
    for (variable, file) in
        [("", ""), ("auto", ""), ("", "auto"), ("go1.24.11", "go1.24.11+auto"), ("path", "")]
    {
        if !file.is_empty() {
            let config = world.path("user/.config/go");
            std::fs::create_dir_all(&config).unwrap();
            std::fs::write(config.join("env"), format!("GOTOOLCHAIN={file}\n")).unwrap();
        }
        world.set("GOTOOLCHAIN", variable).set("GOROOT", "/nowhere").set("GOTOOLDIR", "/nowhere");
        let script = "go version && go env GOTOOLCHAIN GOROOT && \"$(go env GOROOT)/bin/go\" version && $0";
        let run =
            each(&world, &project, &["--json", "1.22", "1.24"], &script.replace("$0", "go1.22.10 version"));
        assert_eq!(run.code, Some(0), "{run:#?}");
        let json = run.json();
        for (row, version) in [(0, "1.22.10"), (1, "1.24.11")] {
            let expected = format!(
                "go version go{version} linux/amd64\nlocal\n{}\ngo version go{version} linux/amd64\n\
                 go version go1.22.10 linux/amd64\n",
                world.goroot(version).display()
            );
            assert_eq!(json[row]["output"], expected, "{variable:?} {file:?}");
        }
        // What is too new for a version is an error, and no other version in silence.
        let json = each(&world, &project, &["--json", "1.22", "1.24"], "go list -m").json();
        assert!(
            json[0]["output"].as_str().unwrap().contains("running go 1.22.10; GOTOOLCHAIN=local"),
            "{json}"
        );
        assert_eq!((&json[0]["code"], &json[1]["code"]), (&1.into(), &0.into()), "{json}");
    }
}
