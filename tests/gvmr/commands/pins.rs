//! Pin files that are wrong: file and line are named, nothing blocks, no other version is picked silently.

use crate::support::mirror::Mirror;
use crate::support::world::{Run, World};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The shim and the command line say the same, and never wait.
#[track_caller]
fn refused(world: &World, directory: &Path, words: &[&str]) {
    let start = Instant::now();
    let shim = world.shim("go", directory, ["version"]);
    let code = shim.code.unwrap();
    shim.exits(code, words);
    assert!(matches!(code, 126 | 127), "{code}");
    let current = world.gvmr_in(directory, ["current"]);
    assert!(current.code != Some(0) && words.iter().all(|word| current.stderr.contains(word)), "{current:?}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn wrong_pins_name_file_and_line_and_never_block() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    for (name, content, words) in [
        ("empty", Vec::new(), [".go-version", "empty"]),
        ("comments", b"# nothing\n\n".to_vec(), [".go-version", "no version"]),
        ("path", b"../../x\n".to_vec(), [".go-version:1", "not a Go version"]),
        ("two", b"\n\n1.98.1 1.97\n".to_vec(), [".go-version:3", "not a Go version"]),
        ("binary", vec![0x7f, b'E', b'L', b'F', 0, 1, 2, 0xff], [".go-version:1", "not"]),
        ("huge", vec![b'1'; 1 << 20], [".go-version", "64 KiB"]),
    ] {
        let project = world.project(name, &[]);
        std::fs::write(project.join(".go-version"), content).unwrap();
        refused(&world, &project, &words);
    }
    let directory = world.project("directory", &[]);
    std::fs::create_dir(directory.join(".go-version")).unwrap();
    refused(&world, &directory, &[".go-version", "director"]);
    let fifo = world.project("fifo", &[]);
    Run::of(Command::new("mkfifo").arg(fifo.join(".go-version"))).succeeds();
    refused(&world, &fifo, &[".go-version", "FIFO"]);
}

#[test]
fn line_ends_marks_and_prefixes_are_tolerated() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    for (name, content) in
        [("crlf", "1.98.1\r\n"), ("mark", "\u{feff}1.98.1\n"), ("go", "go1.98.1"), ("blank", "\n  1.98  \n")]
    {
        let project = world.project(name, &[(".go-version", content)]);
        assert_eq!(
            world.shim("go", &project, ["version"]).succeeds(),
            "go version go1.98.1 linux/amd64",
            "{name}"
        );
    }
}

#[test]
fn a_damaged_toolchain_says_so() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let go = world.goroot("1.98.1").join("bin/go");
    std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o644)).unwrap();
    world.shim("go", &world.path("user"), ["version"]).exits(126, &["bin/go", "ermission"]);
}
