//! Removal deletes one version and nothing that it leads to.

use super::child::answer_without_rights;
use super::{fixture, install, lock, names};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::gvmr;
use gvmr::store::StoreError;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_version_goes_and_the_others_stay() {
    let fixture = fixture();
    install(&fixture.store, "1.99.1").unwrap();
    install(&fixture.store, "1.99.2").unwrap();
    assert!(fixture.store.remove(&lock(&fixture.store, "1.99.1"), false).unwrap());
    assert!(!fixture.store.remove(&lock(&fixture.store, "1.99.1"), false).unwrap(), "it is gone already");
    assert_eq!(names(&fixture.store.home().versions()), ["go1.99.2"]);
    assert!(names(&fixture.store.home().staging()).is_empty());
}

#[test]
fn links_in_a_tree_are_not_followed() {
    let fixture = fixture();
    let outside = fixture.directory.path().join("outside");
    fs::create_dir_all(outside.join("below")).unwrap();
    fs::write(outside.join("below/kept"), b"kept").unwrap();
    install(&fixture.store, "1.99.1").unwrap();
    let goroot = fixture.store.home().versions().join("go1.99.1");
    symlink(&outside, goroot.join("src/directory")).unwrap();
    symlink(outside.join("below/kept"), goroot.join("src/file")).unwrap();
    symlink("nowhere", goroot.join("src/broken")).unwrap();
    assert!(fixture.store.remove(&lock(&fixture.store, "1.99.1"), false).unwrap());
    assert_eq!(fs::read(outside.join("below/kept")).unwrap(), b"kept");
}

#[test]
fn of_a_version_that_is_a_link_only_the_link_is_removed_and_a_file_is_left_alone() {
    let fixture = fixture();
    let outside = fixture.directory.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let versions = fixture.store.home().versions();
    symlink(&outside, versions.join("go1.99.1")).unwrap();
    assert!(fixture.store.remove(&lock(&fixture.store, "1.99.1"), false).unwrap());
    assert!(outside.exists() && names(&versions) == [""; 0]);
    fs::write(versions.join("go1.99.1"), "").unwrap();
    let error = fixture.store.remove(&lock(&fixture.store, "1.99.1"), true).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert_eq!(names(&versions), ["go1.99.1"]);
}

#[test]
fn read_only_directories_are_removed_too() {
    let fixture = fixture();
    install(&fixture.store, "1.99.1").unwrap();
    let goroot = fixture.store.home().versions().join("go1.99.1");
    for (path, mode) in [("src", 0o555), ("bin", 0o111), (".", 0o555)] {
        fs::set_permissions(goroot.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let said = answer_without_rights("remove", fixture.store.home().root());
    assert_eq!(said, "removed true");
    assert!(names(&fixture.store.home().staging()).is_empty());
}

#[test]
fn a_version_in_use_is_named_with_its_processes_and_kept() {
    let fixture = fixture();
    install(&fixture.store, "1.99.1").unwrap();
    let program = fixture.store.home().versions().join("go1.99.1/bin/sleep");
    if fs::copy("/bin/sleep", &program).is_err() {
        return skip("there is no /bin/sleep");
    }
    let mut running = Command::new(&program).arg("60").spawn().unwrap();
    let lock = lock(&fixture.store, "1.99.1");
    let error = fixture.store.remove(&lock, false).unwrap_err();
    assert!(matches!(&error, StoreError::InUse { pids } if *pids == [running.id()]), "{error}");
    assert!(program.exists());
    let removed = fixture.store.remove(&lock, true).unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(removed && names(&fixture.store.home().versions()).is_empty());
}

#[test]
fn a_default_that_is_set_meanwhile_survives_the_removal_of_the_one_before() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
    let default = world.home().join("default");
    // The removal of the old default's file takes long enough for another process to write the new one.
    let mut slow = world.command(Path::new("/usr/bin/strace"), &world.path("user"));
    slow.args(["-f", "-o", "/dev/null", "-P"]).arg(&default).args(["-e", "trace=unlink,unlinkat"]);
    slow.args(["-e", "inject=unlink,unlinkat:delay_enter=1500000"]).arg(gvmr());
    slow.args(["uninstall", "--force", "1.98.1"]).stdout(Stdio::null()).stderr(Stdio::null());
    world.gvmr(["use", "--global", "1.98.1"]).succeeds();
    let Ok(mut slow) = slow.spawn() else { return skip("there is no strace") };
    let end = Instant::now() + Duration::from_secs(30);
    while world.home().join("shims/go1.98.1").exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    world.gvmr(["use", "--global", "1.99.1"]).succeeds();
    assert!(slow.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&default).unwrap_or_default(), "1.99.1\n");
}

#[test]
fn a_killed_uninstall_is_finished_by_the_same_command() {
    if Command::new("strace").arg("-V").output().is_err() {
        return skip("strace is not installed");
    }
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
    let mut killed = world.command(Path::new("/usr/bin/strace"), &world.path("user"));
    killed.args(["-f", "-o", "/dev/null", "-e", "inject=unlinkat:signal=KILL:when=1"]);
    killed.arg(gvmr()).args(["uninstall", "1.99.1"]).output().unwrap();
    assert_eq!(world.installed(), ["go1.98.1"]);
    assert_eq!(names(&world.home().join("staging")).len(), 1, "the tree's rest");
    world.gvmr(["uninstall", "1.99.1"]).exits(3, &["1.99.1 is not installed"]);
    assert!(names(&world.home().join("staging")).is_empty());
    assert!(!world.home().join("shims/go1.99.1").exists());
    world.shim("go", &world.path("user"), ["version"]).succeeds();
}
