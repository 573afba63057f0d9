//! The directory on PATH always has a `go`, and names exactly the installed versions.

use super::{fixture, install, lock, names};
use gvmr::store::{ShimChanges, StoreError};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that prints `text`.
fn program(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, format!("#!/bin/sh\necho {text}\n")).unwrap();
    path
}

#[test]
fn shims_follow_the_installed_versions() {
    let fixture = fixture();
    let shims = fixture.store.home().shims();
    let (shim, gvmr) = (program(fixture.directory.path(), "shim", "one"), Path::new("/usr/bin/gvmr"));
    install(&fixture.store, "1.99.1").unwrap();
    fs::write(shims.join("mine"), b"mine").unwrap();

    let changes = fixture.store.write_shims(&shim, gvmr).unwrap();
    assert_eq!(changes.written, ["go", "gofmt", "go1.99.1", "gvmr"]);
    assert_eq!(names(&shims), ["go", "go1.99.1", "gofmt", "gvmr", "mine"]);
    assert_eq!(fs::read(fixture.store.home().program_file()).unwrap(), b"/usr/bin/gvmr\n");
    let inode = |name: &str| fs::metadata(shims.join(name)).unwrap().ino();
    let before = inode("go");
    assert_eq!((inode("gofmt"), inode("go1.99.1")), (before, before), "one inode");
    assert_eq!(fs::metadata(shims.join("go")).unwrap().permissions().mode() & 0o777, 0o755);

    assert_eq!(
        fixture.store.write_shims(&shim, gvmr).unwrap(),
        ShimChanges::default(),
        "nothing is rewritten"
    );
    assert_eq!(inode("go"), before);

    install(&fixture.store, "1.99.2").unwrap();
    fixture.store.remove(&lock(&fixture.store, "1.99.1"), false).unwrap();
    let changes = fixture.store.write_shims(&shim, gvmr).unwrap();
    assert_eq!(
        (changes.written, changes.removed),
        (vec!["go1.99.2".to_owned()], vec!["go1.99.1".to_owned()])
    );
    assert_eq!(inode("go1.99.2"), before);

    let newer = program(fixture.directory.path(), "newer", "two");
    let changes = fixture.store.write_shims(&newer, gvmr).unwrap();
    assert_eq!(changes.written, ["go", "gofmt", "go1.99.2"]);
    assert_eq!(names(&shims), ["go", "go1.99.2", "gofmt", "gvmr", "mine"], "no temporary file stays");
    let output = Command::new(shims.join("go1.99.2")).output().unwrap();
    assert_eq!(output.stdout, b"two\n");
}

#[test]
fn a_shim_that_is_a_link_or_not_executable_is_repaired() {
    let fixture = fixture();
    let shims = fixture.store.home().shims();
    let shim = program(fixture.directory.path(), "shim", "one");
    let planted = fixture.directory.path().join("planted");
    fs::write(&planted, b"planted").unwrap();
    std::os::unix::fs::symlink(&planted, shims.join("go")).unwrap();
    fs::copy(&shim, shims.join("gofmt")).unwrap();
    fixture.store.write_shims(&shim, &shim).unwrap();
    assert_eq!(fs::read(&planted).unwrap(), b"planted");
    for name in ["go", "gofmt"] {
        assert_eq!(Command::new(shims.join(name)).output().unwrap().stdout, b"one\n");
    }
}

#[test]
fn a_shim_binary_that_cannot_be_read_changes_nothing() {
    let fixture = fixture();
    let shim = program(fixture.directory.path(), "shim", "one");
    fixture.store.write_shims(&shim, &shim).unwrap();
    let error = fixture.store.write_shims(&fixture.directory.path().join("none"), &shim).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert_eq!(names(&fixture.store.home().shims()), ["go", "gofmt", "gvmr"]);
}

#[test]
fn gvmr_itself_is_a_link_beside_the_shims_and_another_program_of_that_name_stays() {
    let fixture = fixture();
    let (shims, directory) = (fixture.store.home().shims(), fixture.directory.path());
    let shim = program(directory, "shim", "one");
    let write = |program: &Path| fixture.store.write_shims(&shim, program).unwrap().written;
    assert_eq!(write(Path::new("/usr/bin/gvmr")), ["go", "gofmt", "gvmr"]);
    assert_eq!(fs::read_link(shims.join("gvmr")).unwrap(), Path::new("/usr/bin/gvmr"));
    assert_eq!(write(Path::new("/usr/local/bin/gvmr")), ["gvmr"]);
    assert_eq!(fs::read_link(shims.join("gvmr")).unwrap(), Path::new("/usr/local/bin/gvmr"));
    assert_eq!(fs::read(fixture.store.home().program_file()).unwrap(), b"/usr/local/bin/gvmr\n");

    fs::remove_file(shims.join("gvmr")).unwrap();
    fs::write(shims.join("gvmr"), b"mine").unwrap();
    assert!(write(Path::new("/usr/bin/gvmr")).is_empty());
    assert_eq!(fs::read(shims.join("gvmr")).unwrap(), b"mine");
    fs::remove_file(shims.join("gvmr")).unwrap();
    fs::create_dir(shims.join("gvmr")).unwrap();
    assert!(write(Path::new("/usr/bin/gvmr")).is_empty());
    assert_eq!(names(&shims), ["go", "gofmt", "gvmr"]);
}

#[test]
fn a_loop_that_runs_go_never_misses_it_while_it_is_replaced() {
    let fixture = fixture();
    let one = program(fixture.directory.path(), "shim-one", "one");
    let two = program(fixture.directory.path(), "shim-two", "two");
    fixture.store.write_shims(&one, &one).unwrap();
    let stop = fixture.directory.path().join("stop");
    // A child that another test is just starting may hold the new file open for writing, so that it is busy for a moment.
    let script = "n=0; while [ ! -e \"$2\" ]; do \"$1\" 2>\"$2.err\" || grep -q 'Text file busy' \"$2.err\" || exit 1; \
        n=$((n+1)); done; echo runs $n";
    let go = fixture.store.home().shims().join("go");
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(go).arg(&stop).stdout(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let start = std::time::Instant::now();
    for shim in [&two, &one].into_iter().cycle() {
        assert_eq!(fixture.store.write_shims(shim, &one).unwrap().written, ["go", "gofmt"]);
        if start.elapsed() > std::time::Duration::from_secs(2) {
            break;
        }
    }
    fs::write(&stop, b"").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let words: Vec<_> = text.lines().filter(|line| !line.starts_with("runs ")).collect();
    assert!(words.len() > 20 && words.iter().all(|word| ["one", "two"].contains(word)));
    assert!(words.contains(&"one") && words.contains(&"two"));
}
