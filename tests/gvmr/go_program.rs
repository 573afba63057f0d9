//! Programs that real Go built, read as Go itself and `readelf` read them; and damaged ones, which are errors.

use crate::support::{skip, slow};
use gvmr::go_program::{BuildInfo, BuiltModule, ProgramError, ProgramFile};
use gvmr_core::sys::interpreter;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const MAIN: &str = "package main\n\nimport (\n\t\"example.com/local\"\n\t\"golang.org/x/mod/semver\"\n)\n\n\
                    func main() { println(semver.Major(local.Version)) }\n";
const MAIN_WITH_C: &str = "package main\n\n// static int one(void) { return 1; }\nimport \"C\"\n\n\
                           //export Two\nfunc Two() int { return 2 }\n\nfunc main() { println(C.one()) }\n";
const GO_MOD: &str = "module example.com/orders\n\ngo 1.16\n\nrequire (\n\texample.com/local v0.1.0\n\t\
                      golang.org/x/mod v0.5.0\n)\n\nreplace example.com/local => \"./local dir\"\n";

/// The Go, its variables, and the arguments of the build.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

const PURE: (&str, &str) = ("CGO_ENABLED", "0");
const CASES: &[Case<'_>] = &[
    ("1.26.8", &[PURE], &[]),
    ("1.26.8", &[PURE, ("GOARCH", "s390x")], &["-trimpath", "-ldflags=-s -w"]),
    ("1.16.15", &[PURE], &[]),
    ("1.26.8", &[("CGO_ENABLED", "1")], &["./c"]),
    ("1.26.8", &[("CGO_ENABLED", "1")], &["-buildmode=c-shared", "./c"]),
    ("1.26.8", &[PURE], &["-buildmode=pie"]),
    ("1.26.8", &[PURE, ("GOARCH", "386")], &["-ldflags=-X \"main.a=b c\""]),
    ("1.26.8", &[PURE, ("GOARCH", "arm64")], &[]),
    ("1.26.8", &[PURE, ("GOARCH", "mips")], &["-tags=a,b"]),
    ("1.16.15", &[PURE, ("GOARCH", "386")], &[]),
    ("1.16.15", &[PURE, ("GOARCH", "s390x")], &["-ldflags=-s -w"]),
    ("1.16.15", &[PURE, ("GOARCH", "mips")], &[]),
    ("1.16.15", &[("CGO_ENABLED", "1")], &["./c"]),
    ("1.20.14", &[PURE], &["-trimpath"]),
];

fn go(directory: &Path, version: &str) -> Command {
    let mut go = Command::new("go");
    go.current_dir(directory).env("GOTOOLCHAIN", format!("go{version}")).env("GOFLAGS", "-mod=mod");
    go
}

/// A project of several programs; none without Go or a network.
fn project(directory: &Path) -> Option<()> {
    for (name, text) in [
        ("go.mod", GO_MOD),
        ("main.go", MAIN),
        ("c/main.go", MAIN_WITH_C),
        ("local dir/go.mod", "module example.com/local\n"),
        ("local dir/local.go", "package local\n\nconst Version = \"v1.2.3\"\n"),
    ] {
        let file = directory.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let tidy = go(directory, "1.26.8").args(["mod", "tidy"]).output().ok()?;
    eprint!("{}", String::from_utf8_lossy(&tidy.stderr));
    tidy.status.success().then_some(())
}

fn build(directory: &Path, (version, env, arguments): Case<'_>, number: usize) -> PathBuf {
    let program = directory.join(format!("program {number}"));
    let mut build = go(directory, version);
    build.args(["build", "-o"]).arg(&program).args(arguments).envs(env.iter().copied());
    let output = build.output().unwrap();
    assert!(output.status.success(), "{build:?}: {}", String::from_utf8_lossy(&output.stderr));
    program
}

fn read(program: &Path) -> Result<BuildInfo, ProgramError> {
    BuildInfo::of(&ProgramFile::open(program)?)
}

/// As `go version -m -json` prints it, which leaves out what is empty.
fn as_json(info: &BuildInfo) -> Value {
    let module = |built: &BuiltModule| {
        let mut value = texts(&[("Path", &built.path), ("Version", &built.version), ("Sum", &built.sum)]);
        if let Some(other) = &built.replace {
            let replace = [("Path", &other.path), ("Version", &other.version), ("Sum", &other.sum)];
            value["Replace"] = texts(&replace);
        }
        value
    };
    let mut value = texts(&[("GoVersion", &info.go_version), ("Path", &info.path)]);
    value["Main"] = info.main.as_ref().map_or(json!({}), module);
    if !info.deps.is_empty() {
        value["Deps"] = info.deps.iter().map(module).collect();
    }
    if !info.settings.is_empty() {
        let pair = |(key, value): &(String, String)| texts(&[("Key", key), ("Value", value)]);
        value["Settings"] = info.settings.iter().map(pair).collect();
    }
    value
}

fn texts(pairs: &[(&str, &String)]) -> Value {
    pairs
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| ((*key).to_owned(), json!(text)))
        .collect()
}

/// The versions that `readelf` lists under those that a program needs.
fn versions_by_readelf(program: &Path) -> Vec<String> {
    let output = Command::new("readelf").args(["--version-info", "--wide"]).arg(program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let needed = text.split_once("Version needs section").map_or("", |(_, needed)| needed);
    let names = needed.lines().filter_map(|line| line.split_once("Name: ")?.1.split_whitespace().next());
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn build_info_is_what_go_reads_of_every_format_and_machine() {
    const TEST: &str = "go_program::build_info_is_what_go_reads_of_every_format_and_machine";
    let directory = tempfile::tempdir().unwrap();
    let Some(()) = project(directory.path()) else { return skip("no go, or no network") };
    for (number, case) in slow::first(TEST, 3, CASES).iter().enumerate() {
        let program = build(directory.path(), *case, number);
        let by_go = go(directory.path(), "1.26.8").args(["version", "-m", "-json"]).arg(&program).output();
        let by_go: Value = serde_json::from_slice(&by_go.unwrap().stdout).unwrap();
        let info = read(&program).unwrap_or_else(|error| panic!("{case:?}: {error}"));
        assert_eq!(as_json(&info), by_go, "{case:?}");
        assert_eq!(info.go_version, format!("go{}", case.0));
        let opened = ProgramFile::open(&program).unwrap();
        assert_eq!(opened.needs().loader, interpreter::of(&program), "{case:?}");
        assert_eq!(opened.needs().versions, versions_by_readelf(&program), "{case:?}");
        assert_eq!(opened.needs().libraries.is_empty(), !case.1.contains(&("CGO_ENABLED", "1")), "{case:?}");
        // Without its sections it is searched for, as the kernel runs it all the same.
        let mut bytes = fs::read(&program).unwrap();
        let is_wide = bytes[4] == 2;
        bytes[if is_wide { 0x28..0x30 } else { 0x20..0x24 }].fill(0);
        bytes[if is_wide { 0x3c..0x40 } else { 0x30..0x34 }].fill(0);
        fs::write(&program, &bytes).unwrap();
        assert_eq!(read(&program).ok(), Some(info), "{case:?} without sections");
        damage(&program, &bytes, slow::rounds(TEST, 400, 4_000));
    }
}

/// Any change of what is read gives an answer or an error.
fn damage(program: &Path, bytes: &[u8], rounds: usize) {
    let info = memchr::memmem::rfind(bytes, b"\xff Go buildinf:").unwrap();
    let mut random = 7u64;
    let mut next = |limit: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % limit
    };
    let file = fs::File::options().write(true).open(program).unwrap();
    for round in 0..rounds {
        let at = if round % 2 == 0 { next(1024) } else { info + next(256) };
        let value = [0, 1, 0x7f, 0x80, 0xff][next(5)];
        file.write_all_at(&[value; 8][..=next(7)], at as u64).unwrap();
        let _ = read(program);
        if next(3) == 0 {
            let range = at..(at + 8).min(bytes.len());
            file.write_all_at(&bytes[range], at as u64).unwrap();
        }
        if round % 64 == 63 {
            for range in [0..1100, info..info + 300] {
                file.write_all_at(&bytes[range.clone()], range.start as u64).unwrap();
            }
        }
    }
    for length in [0, 3, 16, 20, 63, 64, 200, 4096, info, info + 20, info + 31] {
        fs::write(program, &bytes[..length]).unwrap();
        assert!(read(program).is_err(), "{length} bytes");
    }
}

#[test]
fn what_go_did_not_build_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    for (bytes, error) in [
        (b"#!/bin/sh\necho\n".as_slice(), "not a program of Linux (ELF)"),
        (b"", "not a program of Linux (ELF)"),
        (b"MZ..............................", "not a program of Linux (ELF)"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "a damaged program: its header"),
    ] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(read(&file).unwrap_err().to_string(), error);
    }
    assert_eq!(read(directory.path()).unwrap_err().to_string(), "not a program of Linux (ELF)");
    assert!(matches!(read(&directory.path().join("none")), Err(ProgramError::Unreadable(_))));
    let shell = fs::canonicalize("/bin/sh").unwrap();
    assert!(matches!(read(&shell), Err(ProgramError::NoBuildInfo)));
    let needs = ProgramFile::open(&shell).unwrap().needs().clone();
    assert_eq!((needs.loader, needs.versions), (interpreter::of(&shell), versions_by_readelf(&shell)));
}

#[test]
fn pointers_of_either_byte_order_and_inline_text_are_read() {
    for (name, version) in
        [("go_inline", "go1.26.8"), ("go_pointer", "go1.16.15"), ("go_pointer_big", "go1.16.15")]
    {
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/elf").join(name);
        let info = read(&seed).unwrap();
        assert_eq!((info.go_version.as_str(), info.path.as_str()), (version, "example.com/a"), "{name}");
        assert_eq!(info.deps[0].replace.as_ref().unwrap().path, "./c", "{name}");
        assert_eq!(info.setting("-ldflags"), Some("-s -w"), "{name}");
    }
}
