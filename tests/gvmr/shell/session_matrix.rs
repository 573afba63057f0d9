//! `go` is the shim in every session of a machine: real shells, real logins, real homes.
//!
//! Each test makes a machine of its own out of this one: private mounts, processes and network, so that nothing here
//! is touched. There, throwaway users with the homes that people have set gvmr up, or root does, or both do; then
//! every session of every user says through a program started in it what PATH and `go` are. What no file can reach
//! at that privilege is expected to fail, and fails here.

mod cell;
mod homes;
mod real_go;
mod sandbox;
mod sessions;
mod snapshot;
mod typed;
mod users;

use crate::support::world::{gvmr, shim};
use crate::support::{self, namespaces, slow};
use std::path::PathBuf;
use std::process::Command;

/// Who sets gvmr up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Nobody: every cell fails.
    Nobody,
    /// Each user, for themselves.
    User,
    /// Root, for the machine.
    System,
    /// Root, then each user.
    Both,
}

const MODES: [(&str, Mode); 4] =
    [("nobody", Mode::Nobody), ("user", Mode::User), ("system", Mode::System), ("both", Mode::Both)];

/// What a machine must have for its sessions to be real.
const PROGRAMS: [&str; 19] = [
    "bash",
    "zsh",
    "fish",
    "dash",
    "busybox",
    "ksh93",
    "mksh",
    "unshare",
    "mount",
    "ip",
    "setsid",
    "script",
    "su",
    "sudo",
    "sshd",
    "ssh",
    "ssh-keygen",
    "cron",
    "crontab",
];

#[test]
fn without_setup_no_session_has_the_shim() {
    if slow::left_out("shell::session_matrix::without_setup_no_session_has_the_shim") {
        return;
    }
    run("nobody");
}

#[test]
fn each_user_sets_up_every_session_that_their_own_files_reach() {
    if slow::left_out("shell::session_matrix::each_user_sets_up_every_session_that_their_own_files_reach") {
        return;
    }
    run("user");
}

#[test]
fn root_sets_up_every_session_but_what_users_override() {
    if slow::left_out("shell::session_matrix::root_sets_up_every_session_but_what_users_override") {
        return;
    }
    run("system");
}

#[test]
fn root_and_users_together_set_up_every_session() {
    if slow::left_out("shell::session_matrix::root_and_users_together_set_up_every_session") {
        return;
    }
    run("both");
}

/// Runs this binary's [`inside`] on a machine of its own.
fn run(mode: &str) {
    if let Some(missing) = PROGRAMS.into_iter().find(|program| find(program).is_none()) {
        return support::skip(&format!("{missing} is not installed"));
    }
    if !namespaces::are_there() {
        return;
    }
    let go = |words: &[&str]| {
        let output = Command::new("go").args(words).env("GOTOOLCHAIN", "local").output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let run = namespaces::run("shell::session_matrix::inside", |command| {
        command.env("GVMR_TEST_MACHINE", mode);
        command.env("GVMR_TEST_PROGRAMS", gvmr().parent().unwrap()).env("GVMR_TEST_SHIM", shim());
        command.env("GVMR_TEST_GOROOT", go(&["env", "GOROOT"])).env("GVMR_TEST_GO_VERSION", go(&["version"]));
    });
    run.unwrap_or_else(|said| panic!("{mode}: {said}"));
}

/// Does nothing unless it is process 1 of a machine of its own.
#[test]
fn inside() {
    let Some(mode) = std::env::var_os("GVMR_TEST_MACHINE") else { return };
    assert_eq!(std::process::id(), 1);
    let (name, mode) = MODES.into_iter().find(|(name, _)| *name == mode).unwrap();
    let machine = sandbox::Machine::make();
    let failures = machine.try_out(name, mode);
    assert!(failures.is_empty(), "{name}:\n{}", failures.join("\n"));
}

/// Where a program is, on PATH or where programs of root are.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    directories.map(|directory| directory.join(program)).find(|file| file.is_file())
}
