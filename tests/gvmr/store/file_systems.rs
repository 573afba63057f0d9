//! File systems that home directories really lie on: what they cannot do is found before the download, and what is
//! mounted in the home is never emptied.

use super::child::has;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, World, gvmr, names};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Whether this test may mount something where nobody else sees it.
fn can_mount() -> bool {
    let tried = Command::new("unshare").args(["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).status();
    tried.is_ok_and(|status| status.success())
}

/// `gvmr ARGUMENTS…` behind the commands of `script`, where mounts are its own.
fn mounted(world: &World, script: &str, arguments: &str) -> Run {
    let mut command = world.command(Path::new("unshare"), &world.path("user"));
    let script = format!("set -e\n{script}\nexec \"$0\" {arguments}");
    Run::of(command.args(["--mount", "sh", "-c", &script]).arg(gvmr()))
}

#[test]
fn what_is_mounted_inside_a_version_is_not_emptied() {
    if !can_mount() {
        return skip("mounting needs root and unshare");
    }
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
    let precious = world.project("precious", &[("kept", "precious")]);
    let inside = world.goroot("1.99.1").join("src/my mount");
    fs::create_dir(&inside).unwrap();
    for mount in [format!("mount --bind '{}'", precious.display()), "mount -t tmpfs none".to_owned()] {
        let script = format!("{mount} '{}'", inside.display());
        let said = format!("mounted inside it, at {}", inside.display());
        mounted(&world, &script, "uninstall --force 1.99.1").exits(9, &[&said, "next: run `umount "]);
        assert_eq!(world.installed(), ["go1.98.1", "go1.99.1"]);
    }
    // Without /proc, only the deleting itself can find it, when the name is gone already.
    let staging = world.home().join("staging");
    let script =
        format!("mount --bind '{}' '{}'\nmount -t tmpfs none /proc", precious.display(), inside.display());
    mounted(&world, &script, "uninstall --force 1.99.1").exits(8, &["cannot remove "]);
    assert_eq!(names(&precious), ["kept"]);
    let left = staging.join(&names(&staging)[0]);
    let script = format!("mount --bind '{}' '{}/src/my mount'", precious.display(), left.display());
    mounted(&world, &script, "prune");
    assert_eq!(names(&precious), ["kept"]);
    fs::create_dir(staging.join("go1.99.1-1-0")).unwrap();
    let script = format!("mount --bind '{}' '{}/go1.99.1-1-0'", precious.display(), staging.display());
    mounted(&world, &script, "prune");
    assert_eq!(names(&precious), ["kept"]);
}

#[test]
fn staging_and_versions_on_different_mounts_are_found_before_the_download() {
    if !can_mount() {
        return skip("mounting needs root and unshare");
    }
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let elsewhere = world.project("elsewhere", &[]);
    let home = world.home();
    for (directory, arguments) in
        [("staging", "install 1.99.1"), ("versions", "install 1.99.1"), ("staging", "uninstall 1.98.1")]
    {
        let at = home.join(directory);
        for mount in
            ["mount -t tmpfs -o mode=755 none".to_owned(), format!("mount --bind '{}'", elsewhere.display())]
        {
            let run = mounted(&world, &format!("{mount} '{}'", at.display()), arguments);
            run.exits(8, &["on different file systems or mounts", "next: ", "GVMR_HOME"]);
        }
    }
    assert_eq!(mirror.downloads("1.99.1"), 0);
    assert_eq!(world.installed(), ["go1.98.1"]);
}

#[test]
fn the_space_that_is_asked_for_is_the_versions_own() {
    if !can_mount() {
        return skip("mounting needs root and unshare");
    }
    let mirror = Mirror::small(&["1.22.10", "1.19.13"]);
    let mut world = mirror.world();
    let home = world.project("small", &[]);
    world.set("GVMR_HOME", home.join("home").to_str().unwrap());
    let script = format!("mount -t tmpfs -o size=260m none '{}'", home.display());
    mounted(&world, &script, "install 1.22.10").succeeds();
    let script = format!("{script}\n\"$0\" install 1.22.10");
    mounted(&world, &script, "install 1.19.13").exits(8, &["not enough space", "482344960 bytes needed"]);
    assert_eq!(mirror.downloads("1.19.13"), 0);
}

#[test]
fn a_disk_that_fails_at_the_last_sync_has_the_version_all_the_same() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let mirror = Mirror::small(&["1.99.1"]);
    let world = mirror.world();
    let versions = world.home().join("versions");
    fs::create_dir_all(&versions).unwrap();
    let failing = |arguments: &[&str]| {
        let mut command = world.command(Path::new("strace"), &world.path("user"));
        command.args(["-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"]);
        Run::of(command.arg("-P").arg(&versions).arg(gvmr()).args(arguments))
    };
    failing(&["install", "1.99.1"])
        .exits(8, &["go1.99.1 is installed, but a power cut may undo that", "next: "]);
    assert_eq!(world.installed(), ["go1.99.1"]);
    world.gvmr(["verify"]).succeeds();
    assert!(world.shim("go1.99.1", &world.path("user"), ["version"]).succeeds().contains("go1.99.1"));
    failing(&["uninstall", "1.99.1"]).exits(8, &["go1.99.1 is removed, but a power cut may undo that"]);
    assert_eq!(world.installed(), [""; 0]);
}
