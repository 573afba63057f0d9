//! Whatever bytes names, settings, files and arguments hold: what the programs print moves no cursor, ends no line of ours
//! and is text. Only what a script asks for by name is given as it is.

use crate::environment::env_why::fixture::Fixture;
use crate::support::typist::Typist;
use crate::support::world::{World, gvmr};
use gvmr_core::sys::printable::is_unprintable;
use proptest::prelude::*;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// What a hostile name is made of. The second line of a name would be read as one of ours.
const PIECES: [&[u8]; 14] = [
    b"\x1b[31;5m",
    b"\x1b]0;title\x07",
    b"\r",
    b"\nINJECTED",
    b"\x08\x08",
    b"\x7f",
    b"\xc2\x9b2J",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    "\u{2066}\u{200b}".as_bytes(),
    "\u{2028}".as_bytes(),
    b"\xed\xa0\x80",
    b"plain name",
    b"%s{}$(x)",
];

/// Where it stands.
const PLACES: [&str; 14] = [
    "argument",
    "HOME",
    "GVMR_HOME",
    "GVMR_CONFIG",
    "GVMR_VERSION",
    "GVMR_INDEX",
    "GVMR_MIRROR",
    "GVMR_SOURCES",
    "GVMR_AUTO_INSTALL",
    "GOPROXY",
    "HTTP_PROXY",
    "GOWORK",
    "GOPATH",
    "directory",
];

/// `§` stands for the hostile name.
const COMMANDS: [&[&str]; 38] = [
    &["§"],
    &["list"],
    &["list", "--long"],
    &["list", "§"],
    &["ls-remote"],
    &["ls-remote", "§"],
    &["install", "§"],
    &["install"],
    &["uninstall", "§"],
    &["use", "§"],
    &["use"],
    &["use", "--global", "§"],
    &["current", "--why"],
    &["which", "--why", "§"],
    &["where", "§"],
    &["exec", "§", "--", "true"],
    &["exec", "1.99.1", "--", "§"],
    &["exec", "-e", "§", "1.99.1", "--", "true"],
    &["each", "§", "--", "true"],
    &["each", "1.99.1", "--", "§"],
    &["env", "--why"],
    &["env", "§"],
    &["env", "--shell", "§"],
    &["trust"],
    &["trust", "§"],
    &["trust", "--list"],
    &["trust", "--revoke", "§"],
    &["auth", "list"],
    &["auth", "§"],
    &["auth", "set", "§", "--user", "§"],
    &["auth", "remove", "§"],
    &["host", "§"],
    &["verify"],
    &["verify", "§"],
    &["prune", "--dry-run"],
    &["import", "§"],
    &["completions", "§"],
    &["--color", "§", "list"],
];

fn joined(start: &str, rest: &OsStr) -> OsString {
    let mut whole = OsString::from(start);
    whole.push(rest);
    whole
}

/// What is wrong with a program's output.
fn fault(output: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(output) else { return Some("not UTF-8".to_owned()) };
    let odd = text.chars().find(|one| !matches!(one, '\n' | '\t') && is_unprintable(*one));
    let injected = text.lines().any(|line| line.starts_with("INJECTED"));
    match (odd, injected) {
        (Some(odd), _) => Some(format!("{odd:?}")),
        (None, true) => Some("a line of its own".to_owned()),
        (None, false) => None,
    }
}

/// A machine where the name stands at `place`, and the directory to stand in.
fn placed(
    fixture: &Fixture,
    place: &str,
    name: &OsStr,
) -> (Vec<(&'static str, OsString)>, std::path::PathBuf) {
    let root = fixture.root();
    let below = |name: &OsStr| root.join(name).into_os_string();
    let directory = root.join("project").join(if place == "directory" { name } else { OsStr::new("p") });
    fs::create_dir_all(&directory).unwrap();
    if place == "directory" {
        fs::write(directory.join(".go-version"), name.as_bytes()).unwrap();
        fs::write(directory.join("gvmr.toml"), name.as_bytes()).unwrap();
        fs::write(directory.join("go.mod"), [b"module x\ngo ", name.as_bytes(), b"\n"].concat()).unwrap();
    }
    let variable = PLACES
        .iter()
        .find(|one| **one == place)
        .filter(|one| one.starts_with(|first: char| first.is_ascii_uppercase()));
    let value = match place {
        "HOME" | "GVMR_HOME" | "GVMR_CONFIG" | "GOWORK" | "GOPATH" => below(name),
        "GVMR_SOURCES" => joined("dir:", &below(name)),
        _ => name.to_owned(),
    };
    if let ("HOME", Some(path)) = (place, Some(Path::new(&value))) {
        fs::create_dir_all(path).unwrap();
    }
    (variable.map(|variable| (*variable, value)).into_iter().collect(), directory)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn nothing_that_is_printed_is_raw(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..4),
        place in proptest::sample::select(&PLACES[..]),
        words in proptest::sample::select(&COMMANDS[..]),
        by_shim: bool,
    ) {
        let name = OsString::from_vec(pieces.concat());
        let fixture = Fixture::new();
        fs::create_dir_all(fixture.root().join("cwd")).unwrap();
        let (variables, directory) = placed(&fixture, place, &name);
        let shim = fixture.world.home().join("shims/go");
        let program = if by_shim { shim.as_path() } else { gvmr() };
        let mut command = fixture.world.command(program, &directory);
        command.env("GVMR_SOURCES", "archive").env("GVMR_INDEX", "off").env("GVMR_MIRROR", "http://127.0.0.1:9/");
        command.envs(variables).stdin(Stdio::null());
        let argument = if place == "argument" { name.as_os_str() } else { OsStr::new("1.99.1") };
        if by_shim {
            command.arg(joined("+", argument)).arg("version");
        } else {
            command.args(words.iter().map(|word| if *word == "§" { argument } else { OsStr::new(*word) }));
        }
        let output = command.output().unwrap();
        prop_assert_eq!(fault(&output.stderr), None, "{:?} {}", words, String::from_utf8_lossy(&output.stderr));
        // These give a script the path or its variables; the toolchain of the shim prints what it gets.
        let is_data = by_shim || matches!(words[0], "which" | "where" | "env") && !words.contains(&"--why");
        if !is_data {
            prop_assert_eq!(fault(&output.stdout), None, "{:?} {}", words, String::from_utf8_lossy(&output.stdout));
        }
    }
}

#[test]
fn a_path_is_given_to_a_script_as_it_is_and_to_a_person_printable() {
    let fixture = Fixture::new();
    let hostile = fixture.root().join(OsStr::from_bytes(b"h\x1b[31m\xff\r\xe2\x80\xaex"));
    fs::rename(fixture.world.home(), &hostile).unwrap();
    let mut command = fixture.world.command(gvmr(), &fixture.here());
    let output = command.env("GVMR_HOME", &hostile).args(["where", "1.99.1"]).output().unwrap();
    assert_eq!(output.stdout, [hostile.as_os_str().as_bytes(), b"/versions/go1.99.1\n"].concat());
    let mut world = World::new("off");
    let home = fixture.root().join("h\u{1b}[31m\r\u{202e}x");
    fs::rename(&hostile, &home).unwrap();
    world.set("GVMR_HOME", home.to_str().unwrap());
    let mut typist = Typist::start(&world, &["where", "1.99.1"]);
    let screen = typist.sees("go1.99.1");
    assert!(screen.contains("/h\\u{1b}[31m\\r\\u{202e}x/versions/go1.99.1"), "{screen:?}");
    assert_eq!(typist.ends(), Some(0));
}

#[test]
fn json_escapes_itself() {
    let fixture = Fixture::new();
    let name = "d\u{9b}31m\u{7f}\u{202e}\u{1b}";
    let directory = fixture.root().join(name);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(".go-version"), "1.99.1\n").unwrap();
    let run = fixture.world.gvmr_in(&directory, ["current", "--json"]);
    assert_eq!(fault(run.stdout.as_bytes()), None, "{run:?}");
    let json = run.json();
    assert!(json["file"].as_str().unwrap().contains(name), "{json}");
}

#[test]
fn a_full_disk_behind_stdout_is_an_error() {
    let fixture = Fixture::new();
    let project = fixture.root().join("p");
    fs::write(project.join("gvmr.toml"), "[env]\nGOFLAGS = \"-x\"\n").unwrap();
    crate::auth::set(&fixture.world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    fixture.world.gvmr_in(&project, ["trust"]).succeeds();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["install", "--help"],
        &["help"],
        &["trust", "--list"],
        &["trust", "--list", "--json"],
        &["trust"],
        &["trust", "--revoke", "--json"],
        &["auth", "list"],
        &["auth", "list", "--json"],
        &["auth"],
        &["list"],
        &["list", "--json"],
        &["current"],
        &["current", "--json"],
        &["which"],
        &["which", "--json"],
        &["where"],
        &["where", "--json"],
        &["use"],
        &["env"],
        &["env", "--json"],
        &["env", "--why"],
        &["env", "GOPATH"],
        &["host"],
        &["host", "--json"],
        &["ls-remote"],
        &["verify", "--json"],
        &["prune", "--dry-run", "--json"],
        &["prune", "--indexes", "--json"],
        &["completions", "bash"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let plain = fixture.world.command(gvmr(), &project);
        let mut command = Command::new(gvmr());
        command.args(arguments).env_clear().stdin(Stdio::null()).stdout(full).current_dir(&project);
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("GVMR_SOURCES", "archive").env("GVMR_INDEX", "off");
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(8), "{arguments:?}: {stderr}");
        assert!(
            stderr.contains("cannot write to stdout: No space left on device"),
            "{arguments:?}: {stderr}"
        );
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let fixture = Fixture::new();
    let secret = "https://joe:canary-r1@git.corp/x?token=canary-r1";
    let project = fixture.root().join("p");
    let never = |name: &str, run: crate::support::world::Run| {
        assert!(!run.stderr.contains("canary") && !run.stdout.contains("canary"), "{name}: {run:?}");
        assert_ne!(run.code, Some(0), "{name}: {run:?}");
    };
    for arguments in [
        &["auth", "set", "git.corp", "--user", "joe", "canary-r1"][..],
        &["auth", "set", "git.corp", "--user", "joe", "--password=canary-r1"],
        &["auth", "remove", secret],
        &["list", "--json", "canary-r1"],
        &["use", secret],
        &["use", "--global", secret],
        &["install", secret],
        &["uninstall", secret],
        &["ls-remote", secret],
        &["where", secret],
        &["host", secret],
        &["verify", secret],
        &["exec", secret, "--", "true"],
        &["each", secret, "--", "true"],
        &["env", secret],
        &[secret],
    ] {
        never(&format!("{arguments:?}"), fixture.world.gvmr_in(&project, arguments));
    }
    let with = |name: &str, value: &str| {
        never(name, fixture.go(&[(name, value)], &["version"]));
        let mut command = fixture.world.command(gvmr(), &project);
        never(name, crate::support::world::Run::of(command.env(name, value).args(["current"])));
    };
    with("GVMR_VERSION", secret);
    with("GVMR_VERSION", "canary-r1@1.22");
    for (file, text) in [
        (".go-version", format!("{secret}\n")),
        (".tool-versions", format!("golang {secret}\n")),
        ("mise.toml", format!("[tools]\ngo = \"{secret}\"\n")),
        ("go.mod", format!("module x\n\ngo {secret}\n")),
        ("go.mod", format!("module x\n\ngo 1.99.1\n\ntoolchain {secret}\n")),
    ] {
        fs::write(project.join(file), text).unwrap();
        for run in [fixture.go(&[], &["version"]), fixture.world.gvmr_in(&project, ["current", "--why"])] {
            assert!(!run.stderr.contains("canary") && !run.stdout.contains("canary"), "{file}: {run:?}");
        }
        fs::remove_file(project.join(file)).unwrap();
    }
}

#[test]
fn what_a_receipt_says_is_printable() {
    let mirror = crate::support::mirror::Mirror::small(&["1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.99.1"]).succeeds();
    let receipt = fs::read_dir(world.goroot("1.99.1")).unwrap().map(|entry| entry.unwrap().path());
    let receipt = receipt.into_iter().find(|path| path.to_string_lossy().contains("gvmr")).unwrap();
    let text = fs::read_to_string(&receipt).unwrap();
    let hostile = text.replace("http://127.0.0.1", "http://\\u001b[31m\u{202e}\\r\\nINJECTED");
    assert_ne!(hostile, text);
    fs::write(&receipt, hostile).unwrap();
    for arguments in
        [&["list"][..], &["list", "--long"], &["list", "--json"], &["verify"], &["current", "--why"]]
    {
        let run = world.gvmr(arguments);
        assert_eq!((fault(run.stdout.as_bytes()), fault(run.stderr.as_bytes())), (None, None), "{run:?}");
    }
    assert!(world.gvmr(["list"]).stdout.contains("\\u{1b}[31m\\u{202e}\\r\\n"));
}
