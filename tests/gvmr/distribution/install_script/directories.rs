//! Where programs go: the default, another place, and places that cannot take them.

use super::forged::{Release, VERSION};
use super::machine::{Machine, executable};
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::path::Path;

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    machine
        .install(&["--to", "/proc/no/bin"])
        .exits(1, &["cannot make /proc/no/bin; pass --to DIR, or use sudo"]);
    fs::create_dir_all(machine.bin().join("gvmr")).unwrap();
    machine.install(&[]).exits(1, &["/.local/bin/gvmr is a directory; move it, or pass --to DIR"]);
    machine.world.unset("HOME");
    Run::of(&mut machine.command_without_place(&["dash"], &[])).exits(1, &["HOME is not set; pass --to DIR"]);
    machine.install(&["--to", "relative dir/bin"]).succeeds();
    assert!(machine.world.path("user/relative dir/bin/gvmr").exists());
    assert!(machine.world.path("user/relative dir/share/man/man1/gvmr.1").exists());
}

#[test]
fn a_link_that_another_tool_made_is_not_replaced() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    fs::create_dir_all(machine.bin()).unwrap();
    let link = machine.bin().join("gvmr");
    std::os::unix::fs::symlink("/opt/tools/gvmr", &link).unwrap();
    machine
        .install(&[])
        .exits(1, &["/.local/bin/gvmr is a link to /opt/tools/gvmr; update that gvmr, or pass --to DIR"]);
    assert_eq!(fs::read_link(link).unwrap(), Path::new("/opt/tools/gvmr"));
}

#[test]
fn a_user_installs_for_themselves() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    Run::of(&mut machine.command_without_place(&["dash"], &[])).succeeds();
    machine.has(VERSION);
}

#[test]
fn a_page_that_cannot_be_written_does_not_keep_the_programs_away() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION));
    fs::create_dir_all(machine.world.path("user/.local")).unwrap();
    fs::write(machine.world.path("user/.local/share"), "a file").unwrap();
    let run = machine.install(&[]);
    assert!(run.stderr.contains("cannot write"), "{run:#?}");
    run.succeeds();
    machine.has(VERSION);
}

#[test]
fn a_package_keeps_its_program() {
    for (manager, says) in [
        ("dpkg", "update it with `apt-get install --only-upgrade gvmr`"),
        ("rpm", "update it with `dnf upgrade gvmr`"),
        ("apk", "update it with `apk upgrade gvmr`"),
    ] {
        let mut machine = Machine::new();
        machine.release(&Release::of(VERSION));
        for name in ["dpkg", "rpm", "apk"] {
            let owned = machine.bin().join("gvmr");
            let answer = format!("for last; do :; done; [ \"$last\" = '{}' ]", owned.display());
            machine.tool(name, if name == manager { &answer } else { "exit 1" });
        }
        fs::create_dir_all(machine.bin()).unwrap();
        executable(&machine.bin().join("gvmr"), "#!/bin/sh\necho gvmr 1.0.0\n");
        machine.install(&[]).exits(1, &[says, "or pass --to DIR", "nothing was installed"]);
        assert_eq!(machine.says(), "gvmr 1.0.0");
        machine.install(&["--to", "other"]).succeeds();
    }
}

/// Runs the script with a file system of these options at `~/.local`, in mounts that end with it.
fn mounted(machine: &Machine, options: &str, words: &[&str]) -> Option<Run> {
    let at = machine.world.path("user/.local");
    fs::create_dir_all(&at).unwrap();
    let line = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" || exit 99; shift; dash \"$@\"; code=$?; ls -A ~/.local/bin >&2; exit $code";
    let mut command = machine.world.command(Path::new("/usr/bin/unshare"), &machine.world.path("user"));
    command.args(["--mount", "sh", "-c", line, options]).arg(at).arg(machine.script()).args(words);
    command.arg("--to").arg(machine.bin());
    let run = Run::of(&mut command);
    if run.code == Some(99) || run.stderr.contains("unshare") {
        skip(&format!("only root can mount: {}", run.stderr));
        return None;
    }
    Some(run)
}

#[test]
fn a_disk_that_takes_no_program_is_named() {
    let mut machine = Machine::new();
    machine.release(&Release::of(VERSION).with("share/man/man1/large.1", &"x".repeat(300_000)));
    for (options, says) in
        [("noexec", "the new gvmr does not run in"), ("ro", "cannot make"), ("size=64k", "is the disk full?")]
    {
        let Some(run) = mounted(&machine, options, &[]) else { return };
        println!("{options}: {}", run.stderr);
        let left = run.stderr.rsplit("nothing was installed\n").next().unwrap().to_owned();
        run.exits(1, &[says, "nothing was installed"]);
        assert!(!left.contains("gvmr-install") && !left.contains("shim"), "{left}");
    }
    mounted(&machine, "size=8m", &[]).unwrap().succeeds();
}

#[test]
fn root_installs_for_the_machine() {
    let mut machine = Machine::new();
    machine.tool("id", "echo 0");
    machine.release(&Release::of(VERSION));
    let line = "mount -t tmpfs tmpfs /usr/local || exit 99; umask 077; dash \"$0\" && \
        stat -c %a /usr/local/bin /usr/local/bin/gvmr /usr/local/share/man/man1 /usr/local/share/man/man1/gvmr.1";
    let mut command = machine.world.command(Path::new("/usr/bin/unshare"), &machine.world.path("user"));
    command.args(["--mount", "sh", "-c", line]).arg(machine.script());
    let run = Run::of(&mut command);
    if run.code == Some(99) || run.stderr.contains("unshare") {
        return skip(&format!("only root can mount: {}", run.stderr));
    }
    let said = run.succeeds();
    assert!(said.ends_with("755\n755\n755\n644"), "{said}");
}
