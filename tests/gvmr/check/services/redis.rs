//! Redis: the share of keys that are found.

use super::{Service, have, machine, service, succeeds};
use crate::check::outcome;
use crate::support::world::World;
use rustix::process::Signal;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A server without data that listens on a socket.
fn start(data: &Path, words: &[&str]) -> (Service, PathBuf) {
    let socket = data.join("redis.sock");
    let mut command = service("redis-server", None);
    command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(&socket).args(words);
    command.current_dir(data);
    let ready = || std::os::unix::net::UnixStream::connect(&socket).is_ok();
    (Service::start(command, &data.join("log"), Signal::TERM, ready), socket)
}

/// Sends these commands, one a line.
fn send(socket: &Path, commands: &str) {
    let mut client = Command::new("redis-cli")
        .arg("-s")
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
    assert!(client.wait().unwrap().success());
}

fn hits(world: &World, socket: &Path) -> String {
    outcome(
        world,
        &format!(
            "command = [\"redis-cli\", \"-s\", \"{}\", \"info\", \"stats\"]\npattern = 'keyspace_hits:(\\d+)'\n\
             of = ['keyspace_hits:(\\d+)', 'keyspace_misses:(\\d+)']\nshare = \">= 98.5%\"",
            socket.display()
        ),
    )
}

#[test]
fn the_share_of_hits_is_that_of_the_traffic() {
    if !have(&["redis-server", "redis-cli"]) {
        return;
    }
    let (world, data) = machine("redis", None);
    let (server, socket) = start(&data, &[]);
    assert_eq!(hits(&world, &socket), "error: 0 of 0: there is no share", "without traffic nothing passes");
    send(&socket, &format!("set here 1\n{}{}", "get here\n".repeat(985), "get gone\n".repeat(15)));
    assert_eq!(hits(&world, &socket), "pass");
    send(&socket, "get gone\n");
    assert_eq!(hits(&world, &socket), "fail: share is 98.4 %, >= 98.5 % asked");
    send(&socket, "config resetstat\n");
    assert_eq!(hits(&world, &socket), "error: 0 of 0: there is no share");
    drop(server);
    let gone = hits(&world, &socket);
    assert!(gone.starts_with("fail: redis-cli ended with 1, 0 asked: Could not connect to Redis"), "{gone}");
}

#[test]
fn a_login_that_is_missing_is_no_share() {
    if !have(&["redis-server", "redis-cli"]) {
        return;
    }
    let (world, data) = machine("redis", None);
    let (_server, socket) = start(&data, &["--requirepass", "hush"]);
    // The client says so, and ends with 0.
    assert_eq!(
        succeeds(Command::new("redis-cli").arg("-s").arg(&socket).arg("ping")).trim(),
        "NOAUTH Authentication required."
    );
    let refused = hits(&world, &socket);
    assert!(refused.starts_with("error: nothing matches pattern 'keyspace_hits"), "{refused}");
}
