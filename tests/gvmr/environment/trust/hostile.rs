//! A hostile repository, and every way in which it could come to be taken for one that is trusted.

use super::fixture::{Machine, fifo};
use std::fs::{self, File, FileTimes};
use std::os::unix::fs::symlink;
use std::path::Path;

const APPROVED: &str = "[env]\nGOFLAGS = \"-tags=approved\"\n";
const EVIL: &str = "[env]\nGOFLAGS = \"-toolexec=/tmp\"\n"; // of one length

/// One way to change what was approved, away from the project.
type Change = fn(&Path);

#[test]
fn nothing_that_was_not_approved_has_effect() {
    let machine = Machine::new();
    assert_eq!(APPROVED.len(), EVIL.len());
    let ways: [(&str, Change, &str); 9] = [
        ("one byte", |p| fs::write(p.join("gvmr.toml"), APPROVED.replace("ved", "veD")).unwrap(), ""),
        ("one byte more", |p| fs::write(p.join("gvmr.toml"), format!("{APPROVED}\n")).unwrap(), ""),
        ("one byte less", |p| fs::write(p.join("gvmr.toml"), APPROVED.trim_end()).unwrap(), ""),
        ("nothing", |p| fs::write(p.join("gvmr.toml"), "").unwrap(), ""),
        ("of the same size and time", same_size_and_time, ""),
        ("a link to another file", |p| linked(p, EVIL), ""),
        (
            "a directory",
            |p| {
                fs::remove_file(p.join("gvmr.toml")).unwrap();
                fs::create_dir(p.join("gvmr.toml")).unwrap();
            },
            "",
        ),
        (
            "a FIFO",
            |p| {
                fs::remove_file(p.join("gvmr.toml")).unwrap();
                fifo(&p.join("gvmr.toml"));
            },
            "",
        ),
        // The very bytes through a link of the user's own: nothing else takes effect than what was approved.
        ("a link to the same bytes", |p| linked(p, APPROVED), "-tags=approved"),
    ];
    for (way, change, expected) in ways {
        let project = machine.project(way, APPROVED);
        assert_eq!(machine.gets(&project, "GOFLAGS"), "", "{way}, before");
        machine.trust(&project, &[]).succeeds();
        assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved", "{way}, trusted");
        change(&project);
        assert_eq!(machine.gets(&project, "GOFLAGS"), expected, "{way}, changed");
        assert_eq!(machine.state(&project) == "in-force", !expected.is_empty(), "{way}");
    }
}

fn same_size_and_time(project: &Path) {
    let file = project.join("gvmr.toml");
    let before = fs::metadata(&file).unwrap();
    fs::write(&file, EVIL).unwrap();
    let times = FileTimes::new().set_modified(before.modified().unwrap());
    File::options().write(true).open(&file).unwrap().set_times(times).unwrap();
    let after = fs::metadata(&file).unwrap();
    assert_eq!((before.len(), before.modified().unwrap()), (after.len(), after.modified().unwrap()));
}

fn linked(project: &Path, text: &str) {
    fs::write(project.join("other.toml"), text).unwrap();
    fs::remove_file(project.join("gvmr.toml")).unwrap();
    symlink("other.toml", project.join("gvmr.toml")).unwrap();
}

#[test]
fn trust_stays_at_its_place() {
    let machine = Machine::new();
    let project = machine.project("p", APPROVED);
    machine.trust(&project, &[]).succeeds();
    let copy = machine.project("copy", APPROVED);
    assert_eq!(machine.gets(&copy, "GOFLAGS"), "", "a copy elsewhere");
    let moved = project.with_file_name("moved");
    fs::rename(&project, &moved).unwrap();
    assert_eq!(machine.gets(&moved, "GOFLAGS"), "", "moved");
    symlink("copy", &project).unwrap();
    assert_eq!(machine.gets(&project, "GOFLAGS"), "", "a link where it was, to a copy");
    fs::remove_file(&project).unwrap();
    symlink("moved", &project).unwrap();
    assert_eq!(machine.gets(&project, "GOFLAGS"), "", "a link where it was, to itself elsewhere");
    fs::remove_file(&project).unwrap();
    fs::rename(&moved, &project).unwrap();
    assert_eq!(machine.gets(&project, "GOFLAGS"), "-tags=approved", "back again");
}

#[test]
fn an_untrusted_file_hides_no_trusted_one_above() {
    let machine = Machine::new();
    let outer = machine.project("p", "[env]\nGOFLAGS = \"-tags=approved\"\nGOPRIVATE = \"outer\"\n");
    let inner = machine
        .project("p/vendor/evil", "[env.override]\nGOFLAGS = \"-toolexec=/x\"\nGOPROXY = \"http://x\"\n");
    machine.trust(&outer, &[]).succeeds();
    assert_eq!(machine.gets(&inner, "GOFLAGS"), "-tags=approved");
    assert_eq!(machine.gets(&inner, "GOPROXY"), "");
    machine.trust(&inner, &[]).succeeds();
    assert_eq!(machine.gets(&inner, "GOFLAGS"), "-toolexec=/x");
    assert_eq!(machine.gets(&inner, "GOPRIVATE"), "", "of several trusted files the nearest counts alone");
    machine.trust(&inner, &["--revoke"]).succeeds();
    assert_eq!(machine.gets(&inner, "GOFLAGS"), "-tags=approved");
}

#[test]
fn every_variable_waits_for_trust() {
    let machine = Machine::new();
    let settings = [
        ("GOFLAGS", "-toolexec=/x"),
        ("GOPROXY", "http://evil.example"),
        ("GOAUTH", "/x"),
        ("GOSUMDB", "off"),
        ("GOMODCACHE", "/x"),
        ("GOCACHE", "/x"),
        ("CGO_CFLAGS", "-fplugin=/x.so"),
        ("HTTPS_PROXY", "http://evil.example:1"),
        ("NO_PROXY", "*"),
    ];
    let own = settings.map(|(name, _)| machine.gets(&machine.world.path("user"), name));
    for table in ["env", "env.override"] {
        let lines: Vec<_> = settings.iter().map(|(name, value)| format!("{name} = \"{value}\"")).collect();
        let project = machine.project(table, &format!("[{table}]\n{}\n", lines.join("\n")));
        let gets = |name: &str| machine.gets(&project, name);
        assert_eq!(settings.map(|(name, _)| gets(name)), own, "{table}");
        assert_eq!((gets("https_proxy"), gets("no_proxy")), (String::new(), String::new()));
        machine.trust(&project, &[]).succeeds();
        for ((name, value), own) in settings.into_iter().zip(&own) {
            let stays = table == "env" && !own.is_empty(); // such as the log that the test's process names
            assert_eq!(gets(name), if stays { own } else { value }, "{table} {name}");
        }
        let proxies = (gets("https_proxy"), gets("no_proxy"));
        assert_eq!(proxies, ("http://evil.example:1".to_owned(), "*".to_owned()));
    }
}

#[test]
fn one_notice_tells_and_an_edit_after_trust_is_told_again() {
    let machine = Machine::new();
    let project = machine.project("p", APPROVED);
    let said = || machine.world.shim("go", &project, ["version"]).stderr;
    let first = said();
    assert!(first.contains("gvmr.toml"), "{first}");
    assert_eq!(said(), "");
    machine.trust(&project, &[]).succeeds();
    assert_eq!(said(), "");
    for edit in ["# one\n", "# two\n"] {
        fs::write(project.join("gvmr.toml"), edit).unwrap();
        let changed = said();
        assert!(changed.contains("gvmr.toml"), "{edit}: {changed}");
        assert_eq!(said(), "", "{edit}");
        machine.trust(&project, &[]).succeeds();
    }
}
