//! What `gvmr check` takes beside its probes: fifty trivial ones beside the same done by a shell; and its memory with many
//! answers, a tree of files and much output.
//!
//! `cargo bench --bench check [-- --rounds 20]`. Prints differences, and fails where the peak memory is above its limit.

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
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many probes of each kind; in all fifty.
const FILES: usize = 20;
const DISKS: usize = 10;
const COMMANDS: usize = 20;
/// The most memory, in KiB.
const MAX_MEMORY: u64 = 64 << 10;
/// Runs that are kept before: as many as an archive has.
const KEPT: usize = 50;

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path();
    fs::write(home.join("gvmr-check.toml"), fifty()).unwrap();
    let bare = (0..FILES).map(|_| "stat gvmr-check.toml &\n").chain((0..DISKS).map(|_| "df . &\n"));
    let bare: String = bare.chain((0..COMMANDS).map(|_| "true &\n")).collect();
    let mut shell = command(home, "/bin/sh".into());
    shell.args(["-c", &format!("{{ {bare}wait; }} >/dev/null")]);
    let kept = check(home);
    for _ in 0..KEPT {
        assert!(check(home).status().unwrap().success());
    }
    let mut without = check(home);
    without.arg("--no-archive");
    let mut plan = check(home);
    plan.arg("--plan");
    println!("{} probes, {KEPT} kept runs", FILES + DISKS + COMMANDS);
    let rows = vec![
        Row::prepared("the same by `sh`, all at once", shell, |_| {}),
        Row::prepared("`gvmr check`", kept, |_| {}).watched(),
        Row::prepared("`gvmr check --no-archive`", without, |_| {}).watched(),
        Row::prepared("`gvmr check --plan`", plan, |_| {}).watched(),
    ];
    interleave(rows, rounds_asked_for(20));
    memories(home);
}

/// A file of fifty probes that ask next to nothing.
fn fifty() -> String {
    let mut text = String::new();
    for number in 0..FILES {
        let _ = write!(text, "[a.file-{number}]\nfile = \"gvmr-check.toml\"\n");
    }
    for number in 0..DISKS {
        let _ = write!(text, "[a.disk-{number}]\ndisk = \".\"\nfree = \"> 1B\"\n");
    }
    for number in 0..COMMANDS {
        let _ = write!(text, "[a.command-{number}]\ncommand = [\"true\"]\n");
    }
    text
}

/// The peak memory of runs that read much.
fn memories(home: &Path) {
    let address = serve();
    let tree = home.join("tree");
    for number in 0..2000 {
        let place = tree.join((number / 100).to_string());
        fs::create_dir_all(&place).unwrap();
        let line = "let url = \"postgres://app:${PASSWORD}@db/orders\"; // and so on\n";
        fs::write(place.join(number.to_string()), line.repeat(100)).unwrap();
    }
    fs::write(tree.join("large"), vec![b'x'; 9 << 20]).unwrap();
    let requests =
        format!("http = \"http://{address}/\"\nrequests = 10000\nconcurrency = 16\ncontains = \"end\"");
    let output = |count: &str| format!("command = [\"sh\", \"-c\", \"yes 0123456789 | head -c {count}\"]");
    println!("\n| run | peak memory |\n|---|---|");
    let cases = [
        ("10,000 requests, bodies of 64 KiB", vec![requests]),
        ("a tree of 2,001 files, 21 MiB", vec!["secrets = \"tree\"".to_owned()]),
        ("eight programs that print 100 MiB each", vec![output("100M"); 8]),
    ];
    for (label, probes) in cases {
        let mut text = String::new();
        for (number, lines) in probes.iter().enumerate() {
            let _ = write!(text, "[a.p{number}]\n{lines}\n");
        }
        fs::write(home.join("memory.toml"), text).unwrap();
        let mut command = command(home, gvmr());
        command.args(["check", "-f", "memory.toml", "--no-archive"]);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut peak = 0;
        let status = memory::wait(&mut command.spawn().unwrap(), &mut peak).unwrap();
        assert!(status.success(), "{label}: {status}");
        println!("| {label} | {} MiB |", peak.div_ceil(1024));
        assert!(peak <= MAX_MEMORY, "{label}: {peak} KiB");
    }
}

/// A web server that answers each request with 64 KiB.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let body = "x".repeat((64 << 10) - 3) + "end";
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || answer_all(&stream, answer.as_bytes()));
        }
    });
    address
}

fn answer_all(mut stream: &TcpStream, answer: &[u8]) {
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        if line.is_empty() && stream.write_all(answer).is_err() {
            return;
        }
    }
}

fn gvmr() -> PathBuf {
    env!("CARGO_BIN_EXE_gvmr").into()
}

fn check(home: &Path) -> Command {
    let mut command = command(home, gvmr());
    command.args(["check", "-f", "gvmr-check.toml"]);
    command
}

fn command(home: &Path, program: PathBuf) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(home)
        .env_remove("GVMR_HOME")
        .env_remove("GVMR_CHECK_ARCHIVE")
        .env_remove("XDG_DATA_HOME");
    command.env("HOME", home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
