//! What `gvmr doctor` takes on a healthy machine without the network, beside the sessions that it starts, in one run.
//!
//! `cargo bench --bench doctor [-- --rounds 20]`. Installs a real Go once, through GOPROXY. Prints differences; judges nothing.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/rounds.rs"]
mod rounds;

use rounds::{Row, interleave, rounds_asked_for};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const VERSION: &str = "1.24.11";

/// The kinds of sessions that it starts, each once, at the same time.
const SESSIONS: &str = "
bash -lic : 2>/dev/null &
bash -lc : &
bash -ic : 2>/dev/null &
SSH_CLIENT=x bash -c : &
wait";

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path();
    for file in [".bashrc", ".profile"] {
        fs::copy(format!("/etc/skel/{file}"), home.join(file)).unwrap();
    }
    // What this user's `go env -w` has is not in the new home.
    let proxy = Command::new("go").args(["env", "GOPROXY"]).output().unwrap().stdout;
    let proxy = String::from_utf8(proxy).unwrap();
    for words in [&["install", VERSION][..], &["setup", "--yes"]] {
        let status = command(home, gvmr())
            .args(words)
            .env("GOPROXY", proxy.trim())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "gvmr {words:?}: {status}");
    }
    let mut sessions = command(home, "/bin/sh".into());
    sessions.args(["-c", SESSIONS]);
    let mut doctor = command(home, gvmr());
    doctor.args(["doctor", "--no-network"]);
    let mut found = command(home, gvmr());
    found.args([
        "doctor",
        "--no-network",
        "--only",
        "host,goroot,goenv,toolchain,gopath,modules,secret,gvmr",
    ]);
    let rows = vec![
        Row::prepared("the four sessions alone", sessions, |_| {}),
        Row::prepared("`gvmr doctor --no-network`", doctor, |_| {}).watched(),
        Row::prepared("the same without sessions", found, |_| {}).watched(),
    ];
    interleave(rows, rounds_asked_for(20));
}

fn gvmr() -> PathBuf {
    env!("CARGO_BIN_EXE_gvmr").into()
}

fn command(home: &Path, program: PathBuf) -> Command {
    let shims = home.join(".local/share/gvmr/shims");
    let mut command = Command::new(program);
    command.current_dir(home).env_remove("GVMR_HOME").env_remove("GOROOT").env_remove("XDG_DATA_HOME");
    command.env("HOME", home).env("SHELL", "/bin/bash");
    command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", shims.display()));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}
