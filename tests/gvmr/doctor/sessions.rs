//! What start-up files do to the sessions of a real bash.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::world::World;
use serde_json::json;
use std::fs;

/// A user of bash with Debian's own files, a version and `gvmr setup` done.
fn set_up(mirror: &Mirror) -> World {
    let mut world = mirror.world();
    world.set("SHELL", "/bin/bash");
    stock(&world);
    world.gvmr(["install", "1.98.1"]).succeeds();
    world.gvmr(["setup", "--yes"]).succeeds();
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), [""; 0]);
    world
}

fn stock(world: &World) {
    for file in [".bashrc", ".profile"] {
        fs::copy(format!("/etc/skel/{file}"), world.path("user").join(file)).unwrap();
    }
}

fn append(world: &World, file: &str, line: &str) -> usize {
    let file = world.path("user").join(file);
    let text = fs::read_to_string(&file).unwrap() + line + "\n";
    fs::write(&file, &text).unwrap();
    text.lines().count()
}

/// What is wrong is found, and gone after the command that is named.
#[track_caller]
fn mended_by_setup(world: &World, expected: &str, sessions: &[&str]) {
    let run = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(world, &run), [expected]);
    let finding = run.json()["findings"][0].clone();
    assert_eq!(finding["sessions"], json!(sessions), "{finding:#}");
    assert_eq!(finding["fix"]["automatic"], true, "{finding:#}");
    world.gvmr(["setup", "--yes"]).succeeds();
    assert_eq!(findings(world, &world.gvmr(["doctor", "--json"])), [""; 0]);
}

#[test]
fn a_line_that_drops_the_path_is_named_by_the_shells_own_trace() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    let line = append(&world, ".profile", "# the old ways\nexport PATH=/usr/bin:/bin");
    mended_by_setup(
        &world,
        &format!("path.overwritten ~/.profile:{line}"),
        &["bash login", "bash login command"],
    );
    let text = world.gvmr(["doctor", "--json"]).json();
    assert_eq!(text["findings"], json!([]));
    // In a file that this one reads, the same.
    fs::write(world.path("user/more.sh"), "A=1\nPATH=/usr/bin:/bin; B=2\n").unwrap();
    append(&world, ".profile", ". \"$HOME/more.sh\"");
    mended_by_setup(&world, "path.overwritten ~/more.sh:2", &["bash login", "bash login command"]);
}

#[test]
fn a_restored_file_and_another_go_before_the_shim_are_named() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = set_up(&mirror);
    fs::copy("/etc/skel/.bashrc", world.path("user/.bashrc")).unwrap();
    mended_by_setup(&world, "rc.block-missing ~/.bashrc", &["bash new terminal", "bash ssh command"]);
    let other = world.project("user/old-go/bin", &[]);
    fs::copy("/bin/true", other.join("go")).unwrap();
    let line = append(&world, ".profile", "PATH=\"$HOME/old-go/bin:$PATH\"");
    mended_by_setup(
        &world,
        &format!("path.shim-not-first ~/.profile:{line}"),
        &["bash login", "bash login command"],
    );
}

#[test]
fn without_setup_a_go_that_some_sessions_lack_is_named() {
    let mut world = World::new("off");
    world.set("SHELL", "/bin/bash");
    stock(&world);
    let bin = world.project("user/go/bin", &[]);
    fs::copy("/bin/true", bin.join("go")).unwrap();
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), [""; 0], "no session has it");
    let line = append(&world, ".profile", "export PATH=$HOME/go/bin:$PATH");
    let run = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(&world, &run), [format!("session.without-go ~/.profile:{line}")]);
    assert_eq!(run.json()["findings"][0]["sessions"], json!(["bash new terminal", "bash ssh command"]));
}
