//! What gvmr asks other programs ends with it, whatever signal ends it.

use crate::support::mark::Mark;
use crate::support::mirror::Mirror;
use crate::support::world::{World, gvmr};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;

/// Sleeps three times: in the background, in a process group of its own, and itself.
fn sleeps(mark: &Mark) -> String {
    format!("trap '' INT TERM HUP; sleep {mark} & timeout 9999 sleep {mark} & sleep {mark}\n")
}

fn write_program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // A shim's name is a hard link or a copy of another file, which stays as it is.
    let _ = fs::remove_file(path);
    fs::write(path, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Interrupts `gvmr ARGUMENTS…` when something sleeps, and waits until nothing does.
fn interrupted(world: &World, arguments: &[&str], mark: &Mark) {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let mut command = world.command(Path::new("env"), &world.path("user"));
        command.arg("--default-signal=INT,HUP,TERM").arg(gvmr()).args(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        mark.until("three sleep", |processes| processes.len() >= 3);
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(signal as i32), "{arguments:?}: {output:?}");
        mark.is_gone();
    }
}

#[test]
fn sessions_that_setup_asks_end_with_it() {
    let (mut world, mark) = (World::new("off"), Mark::new());
    world.set("SHELL", "/bin/bash");
    for file in [".bashrc", ".profile"] {
        fs::write(world.path("user").join(file), sleeps(&mark)).unwrap();
    }
    interrupted(&world, &["setup", "--yes"], &mark);
}

#[test]
fn the_crontab_program_ends_with_setup() {
    let (mut world, mark) = (World::new("off"), Mark::new());
    write_program(&world.path("bin/crontab"), &sleeps(&mark));
    world.set("PATH", &format!("{}:/usr/bin:/bin", world.path("bin").display()));
    interrupted(&world, &["setup", "--cron", "--yes"], &mark);
}

#[test]
fn a_go_that_is_asked_for_its_environment_ends_with_gvmr() {
    let mirror = Mirror::small(&["1.98.1"]);
    let (world, mark) = (mirror.world(), Mark::new());
    world.gvmr(["install", "1.98.1"]).succeeds();
    write_program(&world.home().join("versions/go1.98.1/bin/go"), &sleeps(&mark));
    interrupted(&world, &["env", "--why"], &mark);
}
