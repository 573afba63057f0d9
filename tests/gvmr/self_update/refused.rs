//! Servers that lie, and machines that cannot take a new gvmr. Nothing is put in place, and the old one stays.

use super::{Machine, Release, put};
use crate::support::server::{Fault, Reply, Request, Server};
use crate::support::skip;
use gvmr::net::Url;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

impl Machine {
    fn dist(&self) -> Url {
        Url::from_file_path(self.path("dist")).unwrap()
    }
}

/// A web server for the directory that changes some answers.
fn server(directory: &Path, lie: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static) -> Server {
    let directory = directory.to_owned();
    Server::start(move |request| lie(request, Reply::directory(&directory, request)))
}

fn base(server: &Server) -> Url {
    Url::parse(&server.url("")).unwrap()
}

#[test]
fn a_manifest_without_the_right_signature_is_not_read() {
    let Some(machine) = Machine::new() else { return };
    machine.publish(&Release::new("9.9.9"));
    let manifest = machine.path("dist/dist.json");
    let honest = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, honest.replace("2026-11-30", "2026-11-29")).unwrap();
    machine.refuses(&machine.dist(), &["dist.json", "does not match gvmr's release key"]);
    fs::write(&manifest, &honest).unwrap();
    let other = Machine::new().unwrap();
    other.publisher.sign(&manifest);
    machine.refuses(&machine.dist(), &["does not match gvmr's release key"]);
    fs::write(machine.path("dist/dist.json.minisig"), "no signature\n").unwrap();
    machine.refuses(&machine.dist(), &["does not match gvmr's release key"]);
    fs::write(machine.path("dist/dist.json.minisig"), "<html>").unwrap();
    machine.refuses(&machine.dist(), &["dist.json.minisig", "got a web page"]);
    fs::remove_file(machine.path("dist/dist.json.minisig")).unwrap();
    machine.refuses(&machine.dist(), &["is not signed", "dist.json.minisig"]);
}

#[test]
fn an_archive_other_than_the_signed_one_is_not_opened() {
    let Some(machine) = Machine::new() else { return };
    let release = Release::new("9.9.9");
    machine.publish(&release);
    let archive = machine.path("dist").join(release.archive_name());
    let honest = fs::read(&archive).unwrap();
    let mut flipped = honest.clone();
    flipped[honest.len() / 2] ^= 1;
    for (bytes, words) in [
        (flipped, &["is not the published file", "sha256 expected"][..]),
        (honest[..honest.len() - 1].to_vec(), &["is not the published file"]),
        ([&honest[..], b"more"].concat(), &["gvmr-9.9.9"]),
        (b"<!doctype html><title>Login</title>".to_vec(), &["gvmr-9.9.9"]),
    ] {
        fs::write(&archive, bytes).unwrap();
        machine.refuses(&machine.dist(), words);
    }
    fs::remove_file(&archive).unwrap();
    machine.refuses(&machine.dist(), &["gvmr-9.9.9"]);
}

#[test]
fn a_server_that_answers_with_pages_or_half_of_it_is_named() {
    let Some(machine) = Machine::new() else { return };
    machine.publish(&Release::new("9.9.9"));
    let portal = server(&machine.path("dist"), |_, _| Reply::html());
    machine.refuses(&base(&portal), &["dist.json"]);
    let missing = server(&machine.path("dist"), |_, _| Reply::status(404));
    machine.refuses(&base(&missing), &["404"]);
    let cut = server(&machine.path("dist"), |request, honest| {
        if request.target.ends_with(".gz") { honest.fault(Fault::CutAfter(100)) } else { honest }
    });
    machine.refuses(&base(&cut), &["gvmr-9.9.9"]);
    let huge = server(&machine.path("dist"), |request, honest| {
        if request.target.ends_with("dist.json") { Reply::endless() } else { honest }
    });
    machine.refuses(&base(&huge), &["dist.json"]);
}

#[test]
fn an_old_manifest_that_is_shown_again_is_refused() {
    let Some(machine) = Machine::new() else { return };
    machine.publish(&Release::new("9.9.8"));
    let old =
        ["dist.json", "dist.json.minisig"].map(|name| fs::read(machine.path("dist").join(name)).unwrap());
    machine.publish(&Release { program: b"#!/bin/sh\necho no gvmr\n".to_vec(), ..Release::new("9.9.9") });
    machine.refuses(&machine.dist(), &["does not run on this machine"]);
    for (name, bytes) in ["dist.json", "dist.json.minisig"].into_iter().zip(old) {
        fs::write(machine.path("dist").join(name), bytes).unwrap();
    }
    let error = machine
        .refuses(&machine.dist(), &["offers gvmr 9.9.8", "gvmr 9.9.9 of 2026-11-30 was offered before"]);
    assert_eq!(error.hint().unwrap(), "run `gvmr self update 9.9.8` if you want that release");
}

#[test]
fn a_signed_manifest_must_be_one_of_gvmr_for_this_machine() {
    let Some(machine) = Machine::new() else { return };
    let cases: [(fn(&mut serde_json::Value), &str); 6] = [
        (|manifest| manifest["name"] = json!("other"), "it is the manifest of \"other\""),
        (|manifest| manifest["version"] = json!("../../x"), "cannot read the manifest"),
        (|manifest| manifest["date"] = json!("\u{1b}[2J"), "its date is not a day"),
        (|manifest| manifest["files"] = json!([]), "has no archive for linux-"),
        (|manifest| manifest["files"][0]["name"] = json!("../../etc/passwd"), "has no archive for linux-"),
        (|manifest| *manifest = json!([]), "cannot read the manifest"),
    ];
    for (forge, words) in cases {
        machine.publish(&Release { forge, ..Release::new("9.9.9") });
        machine.refuses(&machine.dist(), &[words]);
    }
    // Signed for another release, and put under this one's name.
    machine.publish(&Release::new("9.9.8"));
    for ending in ["json", "json.minisig"] {
        fs::rename(
            machine.path("dist").join(format!("dist-9.9.8.{ending}")),
            machine.path("dist").join(format!("dist-9.9.7.{ending}")),
        )
        .unwrap();
    }
    let error = machine.update(Some("9.9.7")).unwrap_err();
    assert!(error.to_string().contains("describes gvmr 9.9.8, not 9.9.7"), "{error}");
}

#[test]
fn a_program_that_does_not_run_here_is_not_put_in_place() {
    let Some(machine) = Machine::new() else { return };
    for (program, words) in [
        (&b"#!/bin/sh\nexit 1\n"[..], &["does not run on this machine", "exit status: 1"][..]),
        (b"#!/bin/sh\necho gvmr 9.9.8\n", &["does not run", "prints \"gvmr 9.9.8\""]),
        (b"#!/nowhere/sh\n", &["does not run", "No such file"]),
        (b"\x7fELF of another processor", &["does not run", "Exec format error"]),
    ] {
        machine.publish(&Release { program: program.to_vec(), ..Release::new("9.9.9") });
        machine.refuses(&machine.dist(), words);
    }
}

/// A small file system at `bin`, mounted with these options, and unmounted at the end.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    fn at(path: &'a Path, options: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(path).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self(path));
        }
        skip("mounting needs root");
        None
    }

    fn remount(&self, options: &str) {
        let mut command = Command::new("mount");
        assert!(command.args(["-o", &format!("remount,{options}")]).arg(self.0).status().unwrap().success());
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn full_read_only_and_noexec_file_systems_keep_the_old_gvmr() {
    let Some(machine) = Machine::new() else { return };
    let program = [b"#!/bin/sh\necho gvmr 9.9.9\n#".to_vec(), vec![b'x'; 300 << 10]].concat();
    machine.publish(&Release { program, ..Release::new("9.9.9") });
    let bin = machine.path("bin");
    let [program, shim] = machine.programs();
    let Some(mounted) = Mounted::at(&bin, "size=256k,mode=755") else { return };
    put(&bin.join("gvmr"), &program);
    put(&bin.join("gvmr-shim"), &shim);
    let error = machine.refuses(&machine.dist(), &["cannot write", "bin/gvmr", "No space left"]);
    assert_eq!(error.hint().unwrap(), "free some space there, then run it again");
    mounted.remount("size=8m,noexec");
    let error = machine.refuses(&machine.dist(), &["does not run on this machine", "Permission denied"]);
    assert!(error.hint().unwrap().contains("noexec"));
    mounted.remount("exec,ro");
    let error = machine.refuses(&machine.dist(), &["cannot replace", "bin/gvmr", "Read-only file system"]);
    assert!(error.hint().unwrap().contains("read-only"));
    mounted.remount("rw");
    machine.update(None).unwrap();
}
