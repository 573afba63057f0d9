//! What the script is asked for, and what it says at the end.

use super::forged::{Release, VERSION};
use super::machine::{Machine, executable};
use std::fs;
use std::os::unix::fs::MetadataExt as _;

#[test]
fn unknown_words_are_answered_with_the_usage() {
    let machine = Machine::new();
    for words in
        [&["--yes"][..], &["1.2.3"], &["--to"], &["--to", "x", "--version"], &["--version", "latest"]]
    {
        machine.install(words).exits(2, &["usage: install.sh [--version VERSION]"]);
    }
    assert!(machine.install(&["--help"]).succeeds().starts_with("usage: install.sh"));
    assert!(!machine.bin().exists());
}

#[test]
fn a_named_version_comes_out_of_a_directory_of_several() {
    let mut machine = Machine::new();
    for version in ["1.2.3", "1.3.0"] {
        machine.release(&Release::of(version));
    }
    machine.install(&["--version", "v1.2.3"]).succeeds();
    machine.has("1.2.3");
    machine.install(&[]).succeeds();
    machine.has("1.3.0");
    let directory = machine.world.path("release");
    fs::remove_file(directory.join("dist-1.3.0.json")).unwrap();
    machine.install(&["--version", "1.3.0"]).succeeds();
    machine.install(&["--version", "1.4.0"]).exits(1, &["has gvmr 1.3.0, not 1.4.0"]);
    machine.has("1.3.0");
}

#[test]
fn an_older_version_comes_only_if_it_is_named() {
    for (old, new) in [("1.9.0", "1.10.0"), ("1.2.3-rc.1", "1.2.3"), ("1.2.3", "1.2.4-rc.1")] {
        let mut machine = Machine::new();
        machine.release(&Release::of(new));
        machine.install(&[]).succeeds();
        machine.release(&Release::of(old));
        machine
            .install(&[])
            .exits(1, &[&format!("has the newer gvmr {new}; to go back, pass --version {old}")]);
        machine.has(new);
        machine.install(&["--version", old]).succeeds();
        machine.has(old);
    }
}

#[test]
fn the_same_version_again_changes_nothing() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    machine.install(&[]).succeeds();
    let inode = || fs::metadata(machine.bin().join("gvmr")).unwrap().ino();
    let before = inode();
    let said = machine.install(&[]).succeeds();
    assert!(said.contains(&format!("gvmr {VERSION} is already installed in ")), "{said}");
    assert_eq!(inode(), before);
    fs::write(machine.bin().join("gvmr-shim"), "changed").unwrap();
    assert!(machine.install(&[]).succeeds().contains("installed gvmr"));
    machine.has(VERSION);
    assert!(fs::read_to_string(machine.bin().join("gvmr-shim")).unwrap().contains("shim of"));
}

#[test]
fn setup_runs_only_where_it_is_asked_for() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    assert!(!machine.install(&[]).succeeds().contains("did"));
    for _ in ["installed already", "and again"] {
        let said = machine.install(&["--setup"]).succeeds();
        assert!(said.contains("gvmr 1.2.3 did setup --yes"), "{said}");
    }
}

#[test]
fn it_ends_with_what_to_type() {
    let mut machine = Machine::new();
    let directory = machine.release(&Release::of(VERSION));
    let bin = machine.bin().display().to_string();
    let said = machine.install(&[]).succeeds();
    for line in [
        format!("put it on PATH: export PATH=\"{bin}:$PATH\""),
        "install Go: gvmr install latest".to_owned(),
        "set up every session: gvmr setup".to_owned(),
        "update gvmr: gvmr self update".to_owned(),
        format!("dist = \"{}\"", directory.display()),
    ] {
        assert!(said.contains(&line), "{line}: {said}");
    }
    executable(&machine.world.path("tools/gvmr"), "#!/bin/sh\n");
    let tools = machine.world.path("tools").display().to_string();
    machine.world.set("PATH", &format!("{tools}:{bin}:/usr/bin:/bin"));
    let said = machine.install(&[]).succeeds();
    assert!(said.contains(&format!("another gvmr comes first on PATH: {tools}/gvmr")), "{said}");
    assert!(!said.contains("export PATH"), "{said}");
}

#[test]
fn credentials_are_never_printed() {
    for (name, program) in [("curl", "curl"), ("wget", "wget"), ("wget", "busybox")] {
        for missing in [false, true] {
            let mut machine = Machine::bare(&[(name, program)]);
            machine.tool("id", "echo 1000");
            let directory = machine.release(&Release::of(VERSION));
            if missing {
                fs::remove_file(directory.join("dist.json")).unwrap();
            }
            let server = super::machine::serve(&directory);
            let url = server.url("/").replace("http://", "http://joe:s3cret@");
            machine.world.set("GVMR_DIST", &url);
            let run = machine.install(&[]);
            assert_eq!(run.code, Some(i32::from(missing)), "{run:#?}");
            let said = run.stdout + &run.stderr;
            assert!(!said.contains("joe") && !said.contains("s3cret"), "{said}");
            assert!(server.requests()[0].header("authorization").is_some() || program == "wget");
        }
    }
}

#[test]
fn a_wrong_address_is_named() {
    let mut machine = Machine::new();
    for address in ["ftp://example.com/", "example.com/dist", "relative/path"] {
        machine.world.set("GVMR_DIST", address);
        machine.install(&[]).exits(1, &["GVMR_DIST is neither a URL"]);
    }
    machine.world.set("GVMR_DIST", "/no/such/directory");
    machine.install(&[]).exits(1, &["cannot get /no/such/directory/dist.json"]);
}
