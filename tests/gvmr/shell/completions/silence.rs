//! Whoever is typing is not disturbed: what cannot be completed is passed over, and completion leaves no trace.

use super::fixture::{BASHES, Machine, script};
use super::terminal::Terminal;
use crate::support::server::{Reply, Server};
use crate::support::world::{Run, World, gvmr};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const ZSH: &str = "autoload -Uz compinit && compinit -D -u";

/// Shells with handlers for commands that are not found, as distributions have them.
fn shells(machine: &Machine) -> Vec<Terminal> {
    let handler = "command_not_found_handle() { echo noise; echo noise >&2; }\n";
    let mut shells: Vec<_> =
        BASHES.iter().map(|before| machine.bash(&format!("{handler}{before}"))).collect();
    if Command::new("zsh").arg("--version").output().is_ok() {
        let handler = handler.replace("_handle", "_handler");
        shells.push(machine.zsh(&format!("{handler}{ZSH}\n. {}", script("_gvmr").display())));
    }
    shells
}

/// Asserts that neither key nor list changes the line, and that the screen shows nothing but it.
fn says_nothing(machine: &Machine, case: &str) {
    for mut shell in shells(machine) {
        for text in ["gvmr use 1", "gvmr ins", "gvmr install 1.2", "gvmr exec 1.9"] {
            let (line, shown) = shell.line(&format!("{text}\t\t"));
            assert_eq!(line, text, "{case}");
            assert!(!shown.contains('\n'), "{case}: {shown:?}");
        }
    }
    if Command::new("fish").arg("--version").output().is_ok() {
        // To a command that is not there fish offers files.
        let offered = machine.fish(&["gvmr use 1", "gvmr ins"]).concat();
        assert!(offered.iter().all(|word| word == "go1.22.1.linux-amd64.tar.gz"), "{case}: {offered:?}");
    }
}

/// Puts a program in the place of gvmr.
fn pretend(machine: &Machine, program: &str) {
    let path = machine.world.path("bin/gvmr");
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, program).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn without_gvmr_or_with_a_broken_one_nothing_is_said() {
    let machine = Machine::new();
    std::fs::remove_file(machine.world.path("bin/gvmr")).unwrap();
    says_nothing(&machine, "none on PATH");
    pretend(&machine, "#!/bin/sh\necho noise >&2\nexit 2\n");
    says_nothing(&machine, "one that cannot complete");
    pretend(&machine, "#!/bin/sh\nkill -SEGV $$\n");
    says_nothing(&machine, "one that crashes");
    pretend(&machine, "#!/no/such/interpreter\n");
    says_nothing(&machine, "one that cannot run");
}

#[test]
fn the_answer_of_a_newer_gvmr_is_understood_as_far_as_it_can_be() {
    let machine = Machine::new();
    pretend(&machine, "#!/bin/sh\necho something-new 3 4\necho 1.22.1\n");
    for mut shell in shells(&machine) {
        assert_eq!(shell.completed("gvmr use 1"), "gvmr use 1.22.1 ");
    }
    if Command::new("fish").arg("--version").output().is_ok() {
        assert_eq!(machine.fish(&["gvmr use 1"]), [["1.22.1"]]);
    }
}

/// What `gvmr` answers to bash; it must succeed and say nothing else.
fn answer(world: &World, words: &[&str]) -> String {
    quiet(world.gvmr(["completions", "bash", "--", "gvmr"].iter().chain(words)))
}

fn quiet(run: Run) -> String {
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    run.stdout
}

#[test]
fn a_home_in_disorder_offers_nothing_that_is_installed() {
    let fresh = || Machine::new().world;
    let broken: [(&str, fn(&mut World)); 6] = [
        ("no home", |world| std::fs::remove_dir_all(world.home()).unwrap()),
        ("a file in the place of the home", |world| {
            std::fs::remove_dir_all(world.home()).unwrap();
            std::fs::write(world.home(), "").unwrap();
        }),
        ("a link that leads to itself", |world| {
            std::fs::remove_dir_all(world.home()).unwrap();
            symlink(world.home(), world.home()).unwrap();
        }),
        ("settings with a mistake", |world| {
            world.project("user/.config/gvmr", &[("config.toml", "mistake")]);
        }),
        ("a relative home", |world| {
            world.set("GVMR_HOME", "relative");
        }),
        ("no HOME", |world| {
            world.set("HOME", "").set("GVMR_HOME", "/no/such/home");
        }),
    ];
    for (case, break_it) in broken {
        let mut world = fresh();
        break_it(&mut world);
        for command in ["use", "uninstall", "exec", "where", "verify"] {
            assert_eq!(answer(&world, &[command, ""]), "nothing\n", "{case}");
        }
        assert!(answer(&world, &["install", "1.22.1"]).contains("\n1.22.12\n"), "{case}");
        assert_eq!(answer(&world, &["ins"]), "nothing\ninstall\n", "{case}");
        assert_eq!(answer(&world, &["which", ""]), "nothing\ngo\ngofmt\n", "{case}");
    }
    assert_eq!(answer(&fresh(), &["use", "1.9"]), "nothing\n1.90.1\n");
}

#[test]
fn a_home_that_may_not_be_read_offers_nothing_that_is_installed() {
    let machine = Machine::new();
    let versions = machine.world.home().join("versions");
    std::fs::set_permissions(&versions, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads whatever it likes, unless it gives its rights away.
    let as_root = rustix::process::geteuid().is_root();
    let program = if as_root { "setpriv" } else { "env" };
    let rights: &[&str] = if as_root { &["--bounding-set=-all", "--inh-caps=-all"] } else { &[] };
    let mut command = machine.world.command(Path::new(program), &machine.world.path("user"));
    command.args(rights).arg(gvmr()).args(["completions", "bash", "--", "gvmr", "use", ""]);
    assert_eq!(quiet(Run::of(&mut command)), "nothing\n");
    std::fs::set_permissions(&versions, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(quiet(Run::of(&mut command)), "nothing\n1.90.1\n1.22.10\n1.22.1\n1.21.3\n");
}

#[test]
fn the_home_is_the_one_that_the_program_would_use() {
    let mut world = Machine::new().world;
    std::fs::create_dir_all(world.path("other/gvmr/versions/go1.5.1")).unwrap();
    world.set("XDG_DATA_HOME", world.path("other").to_str().unwrap());
    assert_eq!(answer(&world, &["use", ""]), "nothing\n1.5.1\n");
    world.set("GVMR_HOME", world.home().to_str().unwrap());
    assert_eq!(answer(&world, &["use", "1.9"]), "nothing\n1.90.1\n");
}

/// All paths below a directory.
fn tree(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    let mut paths: Vec<_> = entries
        .flat_map(|entry| {
            let below = if entry.file_type().unwrap().is_dir() { tree(&entry.path()) } else { Vec::new() };
            [vec![entry.path()], below].concat()
        })
        .collect();
    paths.sort();
    paths
}

/// The index says what is new, but only when it was asked by a command that may ask.
#[test]
fn no_server_is_asked_and_nothing_is_written() {
    let list = |version: &str| {
        serde_json::json!({ "version": version, "stable": true, "files": [{
            "filename": format!("{version}.linux-{}.tar.gz", gvmr::host::platform().arch()), "os": "linux",
            "arch": gvmr::host::platform().arch(), "version": version, "sha256": "ab".repeat(32), "size": 7, "kind": "archive",
        }] })
    };
    let body = serde_json::json!([list("go1.99.1"), list("go1.99.0")]).to_string();
    let server = Server::start(move |_| Reply::ok(&body).header("EditContent-Type", "application/json"));
    let mut world = World::new(&server.url("/proxy"));
    world.set("GVMR_SOURCES", "archive").set("GVMR_INDEX", &server.url("/index"));
    let ask = |world: &World| answer(world, &["install", "1.99."]);
    assert_eq!(ask(&world), "archives\n");
    for command in ["use", "uninstall", "exec", "host", "ls-remote", "which", "where", "verify", "import"] {
        answer(&world, &[command, ""]);
    }
    assert_eq!(server.requests().len(), 0);
    assert_eq!(tree(&world.path("user")), [""; 0].map(PathBuf::from));

    world.gvmr(["ls-remote"]).succeeds();
    let (before, asked) = (tree(&world.path("user")), server.requests().len());
    assert_eq!(ask(&world), "nothing\n1.99.1\n1.99.0\n");
    assert_eq!((tree(&world.path("user")), server.requests().len()), (before, asked));
}
