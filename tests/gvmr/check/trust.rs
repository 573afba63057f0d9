//! Whose files run, and what is wrong with them before anything does.

use super::{check, project, write};
use crate::support::skip;
use crate::support::world::World;
use std::fs;

const TOUCHES: &str = "[a.b]\ncommand = [\"touch\", \"ran\"]\n";

#[test]
fn a_found_file_runs_once_it_is_trusted_as_it_is() {
    let world = World::new("off");
    let project = project(&world, TOUCHES);
    let run = |words: &[&str]| world.gvmr_in(&project, words);
    let refused =
        run(&["check"]).exits(7, &["is not trusted", "a.b: run touch ran", "gvmr trust", "gvmr check -f"]);
    assert_eq!(refused.stdout, "");
    assert!(!project.join("ran").exists(), "nothing runs before");
    assert!(run(&["check", "--plan"]).succeeds().contains("run touch ran"), "a plan needs no trust");
    assert!(!project.join("ran").exists());
    run(&["trust", "--yes"]).succeeds();
    run(&["check"]).succeeds();
    assert!(project.join("ran").exists());
    assert!(run(&["trust", "--list"]).succeeds().contains("gvmr-check.toml"));
    // From below, too.
    fs::create_dir(project.join("deep")).unwrap();
    world.gvmr_in(&project.join("deep"), ["check"]).succeeds();
    // One byte, and it is another file.
    write(&project, "gvmr-check.toml", &format!("{TOUCHES}#"));
    run(&["check"]).exits(7, &["gvmr-check.toml has changed since you trusted it; it would reach"]);
    check(&world, &project, &[]).succeeds();
    write(&project, "gvmr-check.toml", TOUCHES);
    run(&["check"]).succeeds();
    run(&["trust", "--revoke", "gvmr-check.toml"]).succeeds();
    run(&["check"]).exits(7, &["is not trusted"]);
}

#[test]
fn a_file_of_another_user_runs_only_where_it_is_named() {
    if !rustix::process::geteuid().is_root() {
        return skip("another user needs root");
    }
    let world = World::new("off");
    let project = project(&world, TOUCHES);
    std::os::unix::fs::chown(project.join("gvmr-check.toml"), Some(54_322), None).unwrap();
    let refused = world.gvmr_in(&project, ["trust", "--yes", "gvmr-check.toml"]);
    refused.exits(7, &["belongs to user 54322", "next: `gvmr check -f FILE` runs it once"]);
    world.gvmr_in(&project, ["check"]).exits(7, &["belongs to user 54322", "gvmr check -f"]);
    let run = check(&world, &project, &[]);
    assert!(run.stderr.contains("belongs to user 54322"), "{run:#?}");
    assert!(run.stdout.contains("file: belongs to user 54322"), "{run:#?}");
    assert_eq!(check(&world, &project, &["--json"]).json()["owner"], 54_322);
    assert_eq!(run.code, Some(0));
}

#[test]
fn wrong_files_and_wrong_words_run_nothing() {
    let world = World::new("off");
    let project = project(&world, &format!("{TOUCHES}exit = \"x\"\np59 = 1\n[a.c]\nused = \"< 5%\"\n"));
    let run = check(&world, &project, &[]).exits(
        2,
        &[
            "gvmr-check.toml:3:8: ",
            "gvmr-check.toml:4:1: unknown key",
            "gvmr-check.toml:5:4: a.c has no kind",
        ],
    );
    assert_eq!(run.stdout, "");
    write(
        &project,
        "gvmr-check.toml",
        &format!("{TOUCHES}[a.c]\ntls = \"127.0.0.1:1\"\nca = \"none.pem\"\n"),
    );
    let run = check(&world, &project, &[]).exits(2, &["gvmr-check.toml:3:1: a.c: ca: ", "none.pem"]);
    assert_eq!(run.stdout, "");
    write(&project, "gvmr-check.toml", TOUCHES);
    check(&world, &project, &["a.c"]).exits(2, &["there is no dimension or probe a.c", "did you mean a.b?"]);
    check(&world, &project, &["--skip", "zebra"])
        .exits(2, &["there is no dimension or probe zebra", "the file has a, a.b"]);
    check(&world, &project, &["gvmr-check.toml"]).exits(2, &["with -f: `gvmr check -f gvmr-check.toml`"]);
    check(&world, &project, &["--var", "X=1"])
        .exits(2, &["[check.vars] does not declare it", "the file declares no variables"]);
    write(&project, "vars.toml", &format!("[check.vars]\nSERVICE = \"a\"\nB = \"\"\n{TOUCHES}"));
    world
        .gvmr_in(&project, ["check", "-f", "vars.toml", "--var", "SERVIC=1"])
        .exits(2, &["it declares SERVICE, B"]);
    check(&world, &project, &["--report", "sarif=x"]).exits(2, &["unknown report format"]);
    check(&world, &project, &["--report", "junit=none/x"]).exits(8, &["cannot write the report none/x"]);
    assert!(!project.join("ran").exists());
    let nothing = world.gvmr_in(&project, ["check", "-f", "none.toml"]);
    nothing.exits(2, &["there is no ", "name a check file"]);
    let directory = world.gvmr_in(&project, ["check", "-f", "."]);
    directory.exits(2, &["name the file in it: `gvmr check -f ", "/gvmr-check.toml`"]);
    let device = world.gvmr_in(&project, ["check", "-f", "/dev/null"]);
    device.exits(2, &["a check file is a regular file"]);
    let empty = world.project("empty", &[("x.txt", "")]);
    world.gvmr_in(&empty, ["check"]).exits(2, &["no gvmr-check.toml and no go.mod here or above", "--init"]);
    check(&world, &project, &["--skip", "a"]).exits(2, &[]);
    assert!(!project.join("ran").exists(), "nothing was left to run, and that is no pass");
}

#[test]
fn a_first_file_is_written_once_and_runs() {
    let world = World::new("off");
    let project = world.project("orders", &[("main.go", "package main\n")]);
    world.gvmr_in(&project, ["check", "--init"]).succeeds();
    world.gvmr_in(&project, ["check", "security"]).succeeds();
    let again = world.gvmr_in(&project, ["check", "--init"]);
    again.exits(8, &["gvmr-check.toml exists already", "edit it, or remove it first"]);
    world.gvmr_in(&project, ["trust", "--revoke", "gvmr-check.toml"]).succeeds();
    world.gvmr_in(&project, ["trust", "--list"]).exits(0, &["no file is trusted"]);
}

#[test]
fn only_a_check_with_programs_warns_that_they_run_as_root() {
    if !rustix::process::geteuid().is_root() {
        return skip("needs root");
    }
    let world = World::new("off");
    let project = project(&world, &format!("{TOUCHES}[c.d]\ndisk = \"/\"\nused = \"< 100%\"\n"));
    let warning = "the commands of this check run as root";
    assert!(check(&world, &project, &[]).stderr.contains(warning));
    assert!(!check(&world, &project, &["c"]).stderr.contains(warning));
}
