//! Who waits for another gvmr: for as long as that goes on, and not for one that does not.

use crate::support::mirror::Mirror;
use crate::support::server::{Content, Fault};
use crate::support::world::{World, gvmr};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A mirror that takes so many tenths of a second for a download.
fn slow_mirror(tenths: usize) -> Mirror {
    Mirror::small_but(&["1.99.1"], move |request, reply| match &reply.content {
        Content::Bytes(body) if request.target.ends_with(".zip") => {
            let piece = body.len() / tenths + 1;
            reply.fault(Fault::Slow(piece, Duration::from_millis(100)))
        }
        _ => reply,
    })
}

/// Starts an install, and waits until it downloads.
fn installing(mirror: &Mirror, world: &World) -> Child {
    let mut command = world.command(gvmr(), &world.path("user"));
    let child =
        command.args(["install", "1.99.1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    mirror.awaits_download("1.99.1", 0);
    child
}

#[test]
fn a_holder_that_is_stopped_is_named_and_not_waited_for() {
    let mirror = slow_mirror(20);
    let world = mirror.world();
    let mut child = installing(&mirror, &world);
    let pid = child.id().to_string();
    let send = |signal| kill(Pid::from_raw(pid.parse().unwrap()), signal).unwrap();
    send(Signal::SIGSTOP);
    let said = [format!("process {pid} holds go1.99.1"), format!("kill -CONT {pid}")];
    world.gvmr(["install", "1.99.1"]).exits(9, &["is stopped", "next: ", &said[0], &said[1]]);
    send(Signal::SIGCONT);
    assert!(child.wait().unwrap().success());
    assert_eq!(world.installed(), ["go1.99.1"]);
}

#[test]
fn a_holder_that_makes_progress_is_waited_for_beyond_the_timeout() {
    let mirror = slow_mirror(60);
    let mut world = mirror.world();
    world.set("GVMR_LOCK_TIMEOUT", "3s");
    let mut child = installing(&mirror, &world);
    let start = Instant::now();
    let run = world.gvmr(["install", "1.99.1"]);
    assert!(start.elapsed() > Duration::from_secs(4), "it waited: {:?}", start.elapsed());
    run.exits(0, &["waiting: process ", "is already installed"]);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_holder_that_makes_no_progress_is_waited_for_until_the_timeout() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let locks = world.home().join("locks");
    let hold = |version: &str| {
        let path = locks.join(format!("go{version}.lock"));
        let file = File::options().create(true).append(true).open(path).unwrap();
        file.lock().unwrap();
        file
    };
    let _held = (hold("1.98.1"), hold("1.99.1"));
    let config = world.path("user/.config/gvmr");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "lock-timeout = \"2s\"\n").unwrap();
    let me = std::process::id().to_string();
    for arguments in [["install", "1.99.1"], ["uninstall", "1.98.1"]] {
        let said = format!("process {me} holds go{}, and has made no progress for 2 s", arguments[1]);
        world.gvmr(arguments).exits(9, &[&said, &format!("`kill {me}`"), "lock-timeout"]);
    }
    assert_eq!(world.installed(), ["go1.98.1"]);
    world.set("GVMR_LOCK_TIMEOUT", "soon");
    world.gvmr(["list"]).exits(2, &["GVMR_LOCK_TIMEOUT must be", "10m", "\"soon\""]);
}
