//! What an upgraded gvmr does with the home that all users share, and with the home of each user.

use super::sandbox::{ALICE, Machine, ROOT};
use crate::support::world::{gvmr, shim};
use std::fs::{self, OpenOptions};
use std::io::Write as _;

/// Where an administrator installed gvmr.
const ORIGIN: &str = "/opt/tools/gvmr";
const COPY: &str = "/opt/gvmr/bin/gvmr";
const SHIM: &str = "/opt/gvmr/shims/go";

/// A machine with gvmr in `/opt/tools` and a shared home made by it.
fn machine() -> Option<Machine> {
    let machine = Machine::new(&["1.98.1"])?;
    machine.directory("/opt/tools");
    fs::copy(gvmr(), machine.path(ORIGIN)).unwrap();
    fs::copy(shim(), machine.path("/opt/tools/gvmr-shim")).unwrap();
    machine.run(ROOT, ORIGIN, ["setup", "--system", "--yes"]);
    machine.run(ROOT, ORIGIN, ["install", "1.98.1"]).succeeds();
    Some(machine)
}

/// Programs of another release: what follows an ELF file changes nothing that it does.
fn upgrade(machine: &Machine, program: &str, shim: &str) {
    for path in [program, shim] {
        let path = machine.path(path);
        let new = path.with_extension("new");
        fs::copy(&path, &new).unwrap();
        OpenOptions::new().append(true).open(&new).unwrap().write_all(b"another release").unwrap();
        fs::rename(new, path).unwrap();
    }
}

fn same(machine: &Machine, one: &str, other: &str) -> bool {
    fs::read(machine.path(one)).unwrap() == fs::read(machine.path(other)).unwrap()
}

#[track_caller]
fn assert_renewed(machine: &Machine) {
    assert!(same(machine, ORIGIN, COPY), "the copy of gvmr");
    assert!(same(machine, "/opt/tools/gvmr-shim", "/opt/gvmr/bin/gvmr-shim"), "the copy of the shim");
    assert!(same(machine, "/opt/tools/gvmr-shim", SHIM), "the shims");
    assert_eq!(machine.run(ALICE, SHIM, ["version"]).succeeds(), "go version go1.98.1 linux/amd64");
}

#[test]
fn roots_next_command_renews_the_copies_whichever_gvmr_it_is_of() {
    let Some(machine) = machine() else { return };
    for (program, twice) in [(ORIGIN, false), (COPY, false), ("/opt/gvmr/shims/gvmr", true)] {
        upgrade(&machine, ORIGIN, "/opt/tools/gvmr-shim");
        assert!(!same(&machine, ORIGIN, COPY));
        machine.run(ALICE, ORIGIN, ["list"]).succeeds();
        assert!(!same(&machine, ORIGIN, COPY), "a user changes nothing");
        machine.run(ROOT, program, ["list"]).succeeds();
        assert_renewed(&machine);
        if twice {
            let before = machine.everything("/opt");
            machine.run(ROOT, program, ["list"]).succeeds();
            assert_eq!(machine.everything("/opt"), before, "then there is nothing left to do");
        }
    }
}

#[test]
fn a_package_renews_the_shared_home_and_every_refresh_may_be_repeated() {
    let Some(machine) = machine() else { return };
    upgrade(&machine, ORIGIN, "/opt/tools/gvmr-shim");
    machine.run_with(ROOT, &[("HOME", "")], ORIGIN, ["self", "refresh"]).succeeds();
    assert_renewed(&machine);
    fs::write(machine.path("/opt/gvmr/env"), "# gvmr setup, of another release\n").unwrap();
    machine.run(ROOT, ORIGIN, ["self", "refresh"]).succeeds();
    let script = fs::read_to_string(machine.path("/opt/gvmr/env")).unwrap();
    assert!(script.contains("/opt/gvmr/shims"), "{script}");
    // Where nothing is shared, and for users, it has nothing to do.
    machine.run(ALICE, ORIGIN, ["self", "refresh"]).succeeds();
    machine.run(ROOT, ORIGIN, ["setup", "--system", "--undo", "--yes"]).succeeds();
    machine.run(ROOT, ORIGIN, ["self", "refresh"]).succeeds();
}

#[test]
fn root_never_runs_a_program_that_a_user_can_replace() {
    let Some(machine) = Machine::new(&["1.98.1"]) else { return };
    let origin = "/home/alice/bin/gvmr";
    machine.write(ALICE, origin, "");
    fs::copy(gvmr(), machine.path(origin)).unwrap();
    fs::copy(shim(), machine.path("/home/alice/bin/gvmr-shim")).unwrap();
    machine.run(ROOT, origin, ["setup", "--system", "--yes"]);
    machine.run(ROOT, COPY, ["install", "1.98.1"]).succeeds();
    fs::write(machine.path(origin), "#!/bin/sh\ntouch /home/alice/ran\n").unwrap();
    for words in [&["list"][..], &["self", "refresh"], &["self", "update"]] {
        machine.run(ROOT, COPY, words);
        machine.run(ROOT, "/opt/gvmr/shims/gvmr", words);
    }
    assert!(!machine.path("/home/alice/ran").exists());
    assert_eq!(machine.run(ALICE, SHIM, ["version"]).succeeds(), "go version go1.98.1 linux/amd64");
}

#[test]
fn a_user_with_a_home_of_their_own_renews_it_alone() {
    let Some(machine) = Machine::new(&["1.98.1"]) else { return };
    machine.directory("/opt/tools");
    fs::copy(gvmr(), machine.path(ORIGIN)).unwrap();
    fs::copy(shim(), machine.path("/opt/tools/gvmr-shim")).unwrap();
    machine.run(ALICE, ORIGIN, ["install", "1.98.1"]).succeeds();
    let go = "/home/alice/.local/share/gvmr/shims/go";
    assert!(same(&machine, "/opt/tools/gvmr-shim", go));
    upgrade(&machine, ORIGIN, "/opt/tools/gvmr-shim");
    assert_eq!(machine.run(ALICE, go, ["version"]).succeeds(), "go version go1.98.1 linux/amd64");
    assert!(!same(&machine, "/opt/tools/gvmr-shim", go), "a shim writes nothing");
    machine.run(ROOT, ORIGIN, ["list"]).succeeds();
    assert!(!same(&machine, "/opt/tools/gvmr-shim", go), "root's command is not its owner's");
    machine.run(ALICE, ORIGIN, ["list"]).succeeds();
    assert!(same(&machine, "/opt/tools/gvmr-shim", go));
    // A second gvmr on the machine leaves the home to the one that serves it.
    fs::create_dir_all(machine.path("/opt/other")).unwrap();
    for name in ["gvmr", "gvmr-shim"] {
        fs::copy(machine.path("/opt/tools").join(name), machine.path("/opt/other").join(name)).unwrap();
    }
    upgrade(&machine, "/opt/other/gvmr", "/opt/other/gvmr-shim");
    machine.run(ALICE, "/opt/other/gvmr", ["list"]).succeeds();
    assert!(same(&machine, "/opt/tools/gvmr-shim", go));
    fs::remove_file(machine.path(ORIGIN)).unwrap();
    machine.run(ALICE, "/opt/other/gvmr", ["list"]).succeeds();
    assert!(same(&machine, "/opt/other/gvmr-shim", go), "until that one is gone");
}
