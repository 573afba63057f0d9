//! gvmr removes itself: setup is reverted, what it installed stays unless it is asked for.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, gvmr, names, shim};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

/// A user with gvmr in `opt/bin`, two versions and a setup.
fn set_up() -> (World, Mirror) {
    let mirror = Mirror::small(&["1.22.1", "1.22.2"]);
    let mut world = mirror.world();
    let bin = world.path("opt/bin");
    fs::create_dir_all(&bin).unwrap();
    fs::copy(gvmr(), bin.join("gvmr")).unwrap();
    fs::copy(shim(), bin.join("gvmr-shim")).unwrap();
    fs::create_dir_all(world.path("opt/share/man/man1")).unwrap();
    for page in ["gvmr.1", "gvmr-self.1", "gvmrx.1"] {
        fs::write(world.path("opt/share/man/man1").join(page), page).unwrap();
    }
    world.set("SHELL", "/bin/bash");
    fs::write(world.path("user/.bashrc"), "alias ll='ls -l'\n").unwrap();
    run(&world, &["install", "1.22.1", "1.22.2"]).succeeds();
    run(&world, &["setup", "--yes"]);
    assert!(fs::read_to_string(world.path("user/.bashrc")).unwrap().contains("gvmr"));
    (world, mirror)
}

fn run(world: &World, arguments: &[&str]) -> Run {
    Run::of(world.command(&world.path("opt/bin/gvmr"), &world.path("user")).args(arguments))
}

fn bashrc(world: &World) -> String {
    fs::read_to_string(world.path("user/.bashrc")).unwrap()
}

#[test]
fn versions_stay_with_their_size_and_setup_is_reverted_to_the_byte() {
    let (world, _mirror) = set_up();
    let before = bashrc(&world);
    let planned = run(&world, &["self", "uninstall", "--dry-run"]).succeeds();
    let home = world.home().display().to_string();
    for line in [
        "revert ",
        "/.bashrc",
        "remove ",
        "/opt/bin/gvmr",
        "remove 2 manual pages in ",
        &format!("keep {home} ("),
    ] {
        assert!(planned.contains(line), "{planned} lacks {line}");
    }
    assert_eq!(bashrc(&world), before);
    run(&world, &["self", "uninstall"]).exits(2, &["needs confirmation"]);
    assert_eq!(bashrc(&world), before);

    run(&world, &["self", "uninstall", "--yes"]).exits(0, &["reverted", "removed", "kept", &home]);
    assert_eq!(bashrc(&world), "alias ll='ls -l'\n");
    assert_eq!(names(&world.path("opt/bin")), [""; 0]);
    assert_eq!(names(&world.path("opt/share/man/man1")), ["gvmrx.1"], "another program's page stays");
    assert_eq!(world.installed(), ["go1.22.1", "go1.22.2"]);
    let go = world.home().join("versions/go1.22.2/bin/go");
    Run::of(world.command(&go, &world.path("user")).arg("version")).succeeds();
}

#[test]
fn purge_removes_all_that_gvmr_made_and_nothing_else() {
    let (world, _mirror) = set_up();
    for directory in [".config/gvmr", ".cache/gvmr", ".local/state/gvmr"] {
        fs::create_dir_all(world.path("user").join(directory)).unwrap();
        fs::write(world.path("user").join(directory).join("file"), "x").unwrap();
    }
    let answer: Value =
        serde_json::from_str(&run(&world, &["self", "uninstall", "--purge", "--yes", "--json"]).succeeds())
            .unwrap();
    let removed: Vec<_> =
        answer["removed"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert!(removed.iter().any(|path| path.ends_with(".local/share/gvmr")), "{answer:#}");
    assert_eq!(answer["kept"], serde_json::json!([]));
    assert!(!world.home().exists());
    for directory in [".config/gvmr", ".cache/gvmr", ".local/state/gvmr", "../opt/bin/gvmr"] {
        assert!(!world.path("user").join(directory).exists(), "{directory}");
    }
    assert_eq!(bashrc(&world), "alias ll='ls -l'\n");
}

#[test]
fn a_home_with_anything_else_in_it_is_kept_as_a_whole() {
    let (mut world, _mirror) = set_up();
    fs::write(world.home().join("notes.txt"), "the user's").unwrap();
    let planned = run(&world, &["self", "uninstall", "--purge", "--dry-run"]).succeeds();
    assert!(planned.contains("notes.txt, which is not gvmr's"), "{planned}");
    // A home that was set by mistake is a directory full of other things with gvmr's names.
    for path in ["user/projects/thesis", "user/bin", "user/cache"] {
        fs::create_dir_all(world.path(path)).unwrap();
    }
    let user = world.path("user").display().to_string();
    world.set("GVMR_HOME", &user);
    let planned = run(&world, &["self", "uninstall", "--purge", "--dry-run"]).succeeds();
    assert!(planned.contains(&format!("keep {user} (")), "{planned}");
    run(&world, &["self", "uninstall", "--purge", "--yes"])
        .exits(0, &["kept", "is not a home that gvmr filled"]);
    assert!(world.path("user/projects/thesis").is_dir() && world.path("user/bin").is_dir());
    assert_eq!(world.installed(), ["go1.22.1", "go1.22.2"]);
}

#[test]
fn a_program_that_runs_keeps_everything() {
    let (world, _mirror) = set_up();
    let bin = world.path("opt/bin");
    let tool = world.goroot("1.22.1").join("pkg/tool/sleeper");
    fs::create_dir_all(tool.parent().unwrap()).unwrap();
    fs::copy("/bin/sleep", &tool).unwrap();
    let mut running = Command::new(&tool).arg("60").stdout(Stdio::null()).spawn().unwrap();
    let refused = run(&world, &["self", "uninstall", "--purge", "--yes"]);
    running.kill().unwrap();
    running.wait().unwrap();
    refused.exits(9, &["in use", &running.id().to_string()]);
    assert!(bashrc(&world).contains("gvmr"), "nothing was reverted");
    assert_eq!(world.installed(), ["go1.22.1", "go1.22.2"]);
    assert!(bin.join("gvmr").is_file());
}

#[test]
fn what_a_package_manager_owns_it_keeps_and_says_whose_it_is() {
    let (world, _mirror) = set_up();
    let package = world.path("opt/lib/python3.11/site-packages/gvmr-0.1.0.dist-info");
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("INSTALLER"), "uv\n").unwrap();
    fs::write(world.path("opt/uv-receipt.toml"), "[tool]\n").unwrap();
    run(&world, &["self", "update"]).exits(2, &["belongs to the uv tool gvmr", "run `uv tool upgrade gvmr`"]);
    run(&world, &["self", "uninstall", "--yes"]).exits(0, &["reverted", "run `uv tool uninstall gvmr`"]);
    assert_eq!(bashrc(&world), "alias ll='ls -l'\n");
    assert_eq!(names(&world.path("opt/bin")), ["gvmr", "gvmr-shim"]);
}

#[test]
fn what_another_user_keeps_stays_and_setup_is_reverted() {
    if !rustix::process::geteuid().is_root() {
        crate::support::skip("only root can be two users");
        return;
    }
    let (world, _mirror) = set_up();
    let user = 4001;
    for path in ["", "user"] {
        fs::set_permissions(world.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let give = Command::new("chown").args(["-R", &user.to_string()]).arg(world.path("user")).status();
    assert!(give.unwrap().success());
    let as_user = |arguments: &[&str]| {
        let mut command = world.command(std::path::Path::new("/usr/bin/setpriv"), &world.path("user"));
        command
            .args(["--reuid", "4001", "--regid", "4001", "--clear-groups"])
            .arg(world.path("opt/bin/gvmr"));
        Run::of(command.args(arguments))
    };
    as_user(&["self", "uninstall", "--dry-run"]).exits(0, &[]);
    as_user(&["self", "uninstall", "--yes"]).exits(0, &["reverted", "keep", "which you may not remove"]);
    assert_eq!(bashrc(&world), "alias ll='ls -l'\n");
    assert_eq!(names(&world.path("opt/bin")), ["gvmr", "gvmr-shim"]);
}

#[test]
fn a_build_without_a_key_has_no_update_and_says_so() {
    let (world, _mirror) = set_up();
    run(&world, &["self", "update"]).exits(2, &["built without a release key", "next:"]);
    let before = fs::metadata(world.path("opt/bin/gvmr")).unwrap().permissions().mode();
    assert_eq!(before & 0o777, 0o755);
}
