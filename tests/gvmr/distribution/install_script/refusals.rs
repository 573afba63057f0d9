//! Whatever a server sends, a bad release puts nothing in place.

use super::forged::{Release, VERSION};
use super::machine::{Machine, is_there};
use crate::support::server::{Fault, Reply, Server};
use crate::support::skip;
use crate::support::tar::Entry;
use std::fs;

/// A change of an answer: its name, what it does to the answer for a path, and what the script says.
type Change = (&'static str, fn(&str, Reply) -> Reply, &'static str);

fn manifest(path: &str) -> bool {
    path == "/dist.json"
}

const CHANGES: [Change; 9] = [
    (
        "no manifest",
        |path, reply| if manifest(path) { Reply::status(404) } else { reply },
        "dist.json; check the address",
    ),
    ("a sign-in page", |_, _| Reply::html(), "is not gvmr's; does this network ask you to sign in?"),
    ("an empty manifest", |_, _| Reply::ok(""), "is not gvmr's"),
    ("a server that fails", |_, _| Reply::status(500), "cannot get "),
    ("no answer", |_, reply| reply.fault(Fault::Vanish), "cannot get "),
    (
        "no archive",
        |path, reply| if manifest(path) { reply } else { Reply::status(404) },
        ".tar.gz; check the address",
    ),
    (
        "a cut archive",
        |path, reply| if manifest(path) { reply } else { reply.fault(Fault::CutAfter(100)) },
        ".tar.gz",
    ),
    ("an endless manifest", |_, _| Reply::endless(), "cannot get "),
    ("an endless archive", |path, reply| if manifest(path) { reply } else { Reply::endless() }, ".tar.gz"),
];

#[test]
fn what_a_server_fails_to_send_is_not_installed() {
    for (name, program) in [("curl", "curl"), ("wget", "wget"), ("wget", "busybox")] {
        if !is_there(program) {
            skip(&format!("{program} is not installed"));
            continue;
        }
        for (what, change, says) in CHANGES {
            let mut machine = Machine::bare(&[(name, program)]);
            machine.tool("id", "echo 1000");
            let directory = machine.release(&Release::of(VERSION));
            let server =
                Server::start(move |request| change(&request.target, Reply::directory(&directory, request)));
            machine.world.set("GVMR_DIST", &server.url(""));
            let run = machine.install(&[]);
            println!("{what} by {program}: {}", run.stderr);
            run.exits(1, &[says, "nothing was installed"]);
            machine.has_nothing();
        }
    }
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let mut machine = Machine::new();
    let address = Server::start(|_| Reply::status(404)).url("/dist"); // it has ended
    machine.world.set("GVMR_DIST", &address);
    machine.install(&[]).exits(1, &[&format!("cannot get {address}/dist.json"), "nothing was installed"]);
    machine.has_nothing();
}

#[test]
fn an_archive_that_is_not_the_manifests_is_refused() {
    let honest = Release::of(VERSION);
    let archive = honest.archive();
    let rows: [(&str, Release); 3] = [
        ("wrong sha256", Release { sum: Some("0".repeat(64)), ..Release::of(VERSION) }),
        ("no binary for linux-", Release { sum: Some("x".repeat(64)), ..Release::of(VERSION) }),
        ("cannot get", Release { size: Some(1), ..Release::of(VERSION).with("bin/large", &noise(9000)) }),
    ];
    for (says, release) in rows {
        let mut machine = Machine::new();
        let server = super::machine::serve(&machine.release(&release));
        machine.world.set("GVMR_DIST", &server.url(""));
        machine.install(&[]).exits(1, &[says, "nothing was installed"]);
        machine.has_nothing();
    }
    let mut machine = Machine::new();
    let directory = machine.release(&honest);
    fs::write(directory.join(honest.archive_name()), &archive[..archive.len() / 2]).unwrap();
    machine.install(&[]).exits(1, &["is cut or changed: wrong sha256"]);
    machine.has_nothing();
}

/// Text that gzip cannot make small.
fn noise(length: u32) -> String {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + u8::try_from(state >> 24).unwrap() % 90)
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn a_version_that_is_not_one_is_neither_used_nor_printed() {
    for version in
        ["../../../evil", "1.2", "1.2.3/x", "1.2.3\u{1b}[31m", "1.2.3 x", "$(touch x)", "01234567.1.1", ""]
    {
        let mut machine = Machine::new();
        let directory = machine.release(&Release::of(VERSION));
        let manifest = fs::read_to_string(directory.join("dist.json")).unwrap();
        fs::write(directory.join("dist.json"), manifest.replace(VERSION, version)).unwrap();
        let run = machine.install(&[]).exits(1, &["dist.json has no valid version"]);
        assert!(version.is_empty() || !(run.stdout + &run.stderr).contains(version), "{version}");
        machine.has_nothing();
    }
}

#[test]
fn an_entry_that_no_release_has_is_refused() {
    let top = Release::of(VERSION).top();
    let file = |name: &str| Entry::file(name, b"evil");
    let link =
        |kind, name: &str, to: &str| Entry { kind, link: to.as_bytes().to_vec(), ..Entry::file(name, b"") };
    let entries = [
        file(&format!("{top}/../evil")),
        file("../evil"),
        file("/evil"),
        file("evil"),
        file(&format!("{top}x/evil")),
        link(b'2', &format!("{top}/bin/gvmr-shim"), "/bin/sh"),
        link(b'2', &format!("{top}/share/man"), "/tmp"),
        link(b'1', &format!("{top}/bin/gvmr-shim"), "/bin/sh"),
        link(b'3', &format!("{top}/share/man/man1/null"), ""),
    ];
    for shell in [&["dash"][..], &["busybox", "ash"]] {
        for entry in &entries {
            let mut machine = Machine::new();
            machine.release(&Release::of(VERSION).entry(entry.clone()));
            let run = crate::support::world::Run::of(&mut machine.command(shell, &[]));
            println!("{shell:?} {}: {}", String::from_utf8_lossy(&entry.name), run.stderr);
            run.exits(1, &["has entries that no release has", "nothing was installed"]);
            machine.has_nothing();
        }
    }
}

#[test]
fn a_program_that_does_not_run_or_is_another_is_not_put_in_place() {
    let rows = [
        ("#!/bin/sh\necho gvmr 9.9.9\n", "gvmr 9.9.9"),
        ("#!/bin/sh\nprintf 'no \\033[31m/proc\\n' >&2; exit 1\n", "no [31m/proc"),
        ("#!/no/such/interpreter\n", "does not run in"),
        ("#!/bin/sh\nkill -s SEGV $$\n", "does not run in"),
    ];
    for (program, says) in rows {
        let mut machine = Machine::new();
        machine.release(&Release::of(VERSION).with("bin/gvmr", program));
        let run =
            machine.install(&[]).exits(1, &["the new gvmr does not run in", says, "nothing was installed"]);
        assert!(!run.stderr.contains('\u{1b}'), "{run:#?}");
        machine.has_nothing();
    }
    let mut machine = Machine::new();
    let mut release = Release::of(VERSION);
    release.entries.retain(|entry| !entry.name.ends_with(b"gvmr-shim"));
    machine.release(&release);
    machine.install(&[]).exits(1, &["cannot unpack"]);
    machine.has_nothing();
}
