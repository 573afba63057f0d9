//! Strange names, depths and lengths.

use super::fixture::{Machine, fifo};
use gvmr_core::sys::directory::PARENT_LIMIT;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

const TAGS: &str = "[env]\nGOFLAGS = \"-tags=approved\"\nGOPRIVATE = \"${PROJECT}\"\n";

#[test]
fn a_file_counts_for_so_many_directories_below_it() {
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    let deepest = project.join(vec!["d"; PARENT_LIMIT].join("/"));
    fs::create_dir_all(deepest.join("d")).unwrap();
    machine.trust(&deepest, &[]).succeeds();
    assert_eq!(machine.gets(&deepest, "GOFLAGS"), "-tags=approved");
    assert_eq!(machine.gets(&deepest.join("d"), "GOFLAGS"), "");
    machine.trust(&deepest.join("d"), &[]).exits(2, &["there is no"]);
}

#[test]
fn directories_may_have_any_name_that_a_line_holds() {
    let machine = Machine::new();
    for name in [
        &b"a b"[..],
        b"\xff\xfe",
        b"\x1b[2J\x07",
        b"quo'te\"$HOME",
        b"\xe2\x80\xae",
        b"...",
        b"=",
        b"GOFLAGS=x",
        b"\r",
        b"\t",
    ] {
        let project = machine.world.path("names").join(OsStr::from_bytes(name));
        fs::create_dir_all(&project).unwrap();
        fs::write(project.join("gvmr.toml"), TAGS.replace("\nGOPRIVATE = \"${PROJECT}\"", "")).unwrap();
        let run = machine.trust(&project, &[]);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\r', '\t']), "{run:?}");
        }
        run.succeeds();
        assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved", "{name:?}");
        machine.trust(&project, &["--revoke"]).succeeds();
        assert_eq!(machine.gets(&project, "GOFLAGS"), "", "{name:?}");
    }
    assert_eq!(machine.listed(), []);
}

#[test]
fn a_name_that_could_forge_a_line_of_the_record_is_refused() {
    let machine = Machine::new();
    for name in ["x\nfill 1 GOFLAGS=-toolexec=", "\n", "x\n\n", "x\nsource "] {
        let project = machine.project(&format!("{name}/p"), "[env]\nGOPRIVATE = \"harmless\"\n");
        let run = machine.trust(&project, &[]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert_eq!(
            (machine.listed(), machine.gets(&project, "GOFLAGS")),
            (vec![], String::new()),
            "{name:?}"
        );
        assert_eq!(run.stderr.lines().count(), 2, "{run:?}");
    }
}

#[test]
fn a_path_that_is_too_long_to_be_kept_is_refused() {
    let machine = Machine::new();
    let long = |length: usize| {
        let mut path = machine.world.path("long").canonicalize().unwrap();
        while path.as_os_str().len() + 202 < length {
            path.push("n".repeat(200));
        }
        path.push("n".repeat((length - path.as_os_str().len() - 1).clamp(1, 250)));
        path
    };
    fs::create_dir(machine.world.path("long")).unwrap();
    let kept = machine.world.home().canonicalize().unwrap().join("trusted").as_os_str().len();
    // The record's temporary name is the longest.
    let fits = 4095 - kept - "/.gvmr.toml.gvmr-4294967295-0".len();
    for (length, code) in [(fits, Some(0)), (4095 - kept - 11, Some(2)), (4095 - "/gvmr.toml".len(), Some(2))]
    {
        let project = long(length);
        fs::create_dir_all(&project).unwrap();
        fs::write(project.join("gvmr.toml"), TAGS).unwrap();
        let run = machine.world.gvmr([OsStr::new("trust"), project.as_os_str()]);
        assert_eq!(run.code, code, "{length}: {run:?}");
        if code == Some(0) {
            assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved");
            machine.trust(&project, &["--revoke"]).succeeds();
        } else {
            assert!(run.stderr.contains("too long"), "{run:?}");
            assert_eq!(machine.gets(&project, "GOFLAGS"), "");
            let word = project.to_str().unwrap();
            machine.trust(Path::new("/"), &["--revoke", word]).exits(2, &["is not trusted"]);
        }
        assert_eq!(machine.listed(), []);
    }
}

#[test]
fn records_that_are_not_what_was_kept_count_as_none() {
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    machine.trust(&project, &[]).succeeds();
    let record = machine.record(&project);
    let whole = fs::read(&record).unwrap();
    let gets = || machine.gets(&project, "GOFLAGS");
    let facts = whole.len() - TAGS.len();
    // Cut anywhere, it is none: neither a part of the settings nor a part of the bytes is enough.
    for end in (0..whole.len()).step_by(7).chain([facts - 1, facts, whole.len() - 1]) {
        fs::write(&record, &whole[..end]).unwrap();
        assert_eq!(gets(), "", "cut at {end}");
    }
    fs::write(&record, [&whole[..facts], b"\0".repeat(600 * 1024).as_slice()].concat()).unwrap();
    assert_eq!((gets(), machine.state(&project)), (String::new(), "damaged".to_owned()));
    fs::remove_file(&record).unwrap();
    let put = |make: &dyn Fn(&Path)| {
        make(&record);
        assert_eq!((gets(), machine.state(&project)), (String::new(), "damaged".to_owned()));
        machine.trust(&project, &[]).succeeds();
        assert_eq!(gets(), "-tags=approved");
        assert!(fs::symlink_metadata(&record).unwrap().is_file());
        fs::remove_file(&record).unwrap();
    };
    put(&|record| std::os::unix::fs::symlink("nothing", record).unwrap());
    put(&|record| fifo(record));
    fs::write(&record, &whole).unwrap();
    assert_eq!(gets(), "-tags=approved");
}

#[test]
fn a_link_among_the_kept_directories_is_not_followed() {
    let machine = Machine::new();
    let project = machine.project("p", TAGS);
    let elsewhere: PathBuf = machine.world.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::create_dir_all(machine.world.home().join("trusted")).unwrap();
    let first = project.components().nth(1).unwrap();
    std::os::unix::fs::symlink(&elsewhere, machine.world.home().join("trusted").join(first)).unwrap();
    machine.trust(&project, &[]).exits(10, &["links are not followed"]);
    assert_eq!(super::fixture::below(&elsewhere).len(), 0);
    assert_eq!(machine.listed(), []);
}

#[test]
fn a_file_in_the_place_of_a_directory_of_its_name_can_be_trusted() {
    let machine = Machine::new();
    let inner = machine.project("p/gvmr.toml", TAGS);
    let project = inner.parent().unwrap().to_owned();
    machine.trust(&inner, &["gvmr.toml"]).succeeds();
    fs::remove_file(inner.join("gvmr.toml")).unwrap();
    fs::remove_dir(&inner).unwrap();
    fs::write(project.join("gvmr.toml"), TAGS).unwrap();
    machine.trust(&project, &[]).succeeds();
    assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved");
    assert_eq!(machine.state(&project), "in-force");
    assert_eq!(machine.listed().len(), 1);
}
