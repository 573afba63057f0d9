//! What the toolchain gets: the caller's process, with a few edits to the environment.

use crate::support::{World, failed, output, ran, real_goroot, skip, started};
use std::io::Read;
use std::process::{Command, Stdio};

#[test]
fn arguments_environment_and_exit_code_pass_through() {
    let world = World::new();
    world.installed(&["1.23.4"]).file("project/.go-version", "1.23.4");
    let mut go = world.command("go");
    go.args(["build", "", "a b", "-x=\t*", "ü"]).env("GOPATH", "/p").env("GOFLAGS", "-x").env("ODD", "=a=b");
    go.env("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION", "go1.23.4").env("GOTOOLCHAIN_INTERNAL_SWITCH_COUNT", "3");
    let said = ran(&mut go);
    assert_eq!(said.all("argument"), ["build", "", "a b", "-x=\t*", "ü"]);
    for (name, value) in [
        ("GOPATH", "/p"),
        ("GOFLAGS", "-x"),
        ("ODD", "=a=b"),
        ("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION", "go1.23.4"),
        ("GOTOOLCHAIN_INTERNAL_SWITCH_COUNT", "3"),
    ] {
        assert_eq!(said.one(name), value);
    }
    assert_eq!(output(world.command("go").env("EXIT", "42")).status.code(), Some(42));
}

#[test]
fn the_process_signals_mask_and_umask_are_the_callers() {
    let world = World::new();
    world.installed(&["1.23.4"]).file("project/.go-version", "1.23.4");
    let show = "#!/bin/sh\numask\nwhile read line; do case $line in Sig[!Q]*|Pid:*) echo $line;; esac; done </proc/$$/status\n";
    world.script("home/versions/go1.23.4/bin/go", show);
    let shim = world.path("home/shims/go");
    let real = world.path("home/versions/go1.23.4/bin/go");
    for prepare in ["trap '' PIPE; umask 027;", "umask 022;", "trap '' INT HUP; umask 077;"] {
        let run = |program: &std::path::Path| {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(format!("{prepare} exec \"$0\" version")).arg(program);
            let mut child = started(shell.current_dir(world.path("project")).stdout(Stdio::piped()));
            let mut text = String::new();
            child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            let process = format!("Pid: {}", child.id());
            assert!(child.wait().unwrap().success());
            assert!(text.lines().any(|line| line == process), "{text} has not {process}");
            text.replace(&process, "")
        };
        assert_eq!(run(&shim), run(&real), "{prepare}");
    }
}

#[test]
fn goroot_is_removed_unless_it_is_the_chosen_one() {
    let world = World::new();
    world.installed(&["1.23.4", "1.8.7"]).file("project/.go-version", "1.23.4");
    let own = world.path("home/versions/go1.23.4");
    let goroot = |value: &str| ran(world.command("go").env("GOROOT", value).env("GOTOOLDIR", "/x"));
    let said = goroot("/usr/local/go");
    assert!(said.lacks("GOROOT") && said.lacks("GOTOOLDIR"));
    assert_eq!(goroot(own.to_str().unwrap()).one("GOROOT"), own.to_str().unwrap());
    assert!(ran(&mut world.command("go")).lacks("GOROOT"));
    // Until 1.8 a go command knew only the directory it was built for.
    let old = ran(world.command("go").arg("+1.8.7").env("GOROOT", "/usr/local/go"));
    assert_eq!(old.one("GOROOT"), world.path("home/versions/go1.8.7").to_str().unwrap());
}

#[test]
fn an_explicit_choice_keeps_go_from_switching() {
    let world = World::new();
    world.installed(&["1.23.4"]).file("home/default", "1.23");
    let gotoolchain = |arguments: &[&str], environment: &[(&str, &str)]| {
        ran(world.command("go").args(arguments).envs(environment.iter().copied())).all("GOTOOLCHAIN")
    };
    assert!(gotoolchain(&[], &[]).is_empty());
    assert_eq!(gotoolchain(&["+1.23"], &[]), ["local"]);
    assert_eq!(gotoolchain(&[], &[("GVMR_VERSION", "1.23")]), ["local"]);
    assert_eq!(gotoolchain(&["+1.23"], &[("GOTOOLCHAIN", "")]), ["local"]);
    assert_eq!(gotoolchain(&["+1.23"], &[("GOTOOLCHAIN", "auto")]), ["auto"]);
    world.file(".tool-versions", "golang 1.23.4");
    assert!(gotoolchain(&[], &[]).is_empty());
    world.file("project/go.mod", "go 1.23\n");
    assert!(gotoolchain(&[], &[]).is_empty());
    world.file("project/.tool-versions", "golang 1.23.4");
    assert_eq!(gotoolchain(&[], &[]), ["local"]);
    world.file("project/.go-version", "1.23.4");
    assert_eq!(gotoolchain(&[], &[]), ["local"]);
}

#[test]
fn a_go_that_knows_no_switch_is_not_kept_from_it() {
    let world = World::new();
    world.installed(&["1.20.14", "1.21rc2", "1.21.0"]);
    let gotoolchain = |word: &str| ran(world.command("go").args([word, "build"])).all("GOTOOLCHAIN");
    assert!(gotoolchain("+1.20").is_empty());
    assert_eq!(
        (gotoolchain("+1.21rc2"), gotoolchain("+1.21.0")),
        (vec!["local".to_owned()], vec!["local".to_owned()])
    );
}

#[test]
fn what_starts_programs_in_a_module_of_its_version_leaves_them_their_choice() {
    let world = World::new();
    world.installed(&["1.23.4"]).file("project/.go-version", "1.23.4");
    let run = |words: &[&str], file: &str| {
        world.file("project/go.mod", file);
        ran(world.command("go").args(words).env("HOME", world.path("user"))).all("GOTOOLCHAIN")
    };
    let enough = "module m\n\ngo 1.23\n";
    for words in [
        &["generate", "./..."][..],
        &["test", "./..."],
        &["run", "."],
        &["tool", "stringer"],
        &["-C", ".", "test"],
    ] {
        assert!(run(words, enough).is_empty(), "{words:?}");
        assert!(run(words, "module m\n\ngo 1.23.4\ntoolchain go1.23.1\n").is_empty(), "{words:?}");
        for more in ["go 1.24\n", "go 1.23.5\n", "go 1.23\ntoolchain go1.24.0\n"] {
            assert_eq!(run(words, more), ["local"], "{words:?} {more:?}");
        }
    }
    for words in [
        &["build"][..],
        &["install", "x@latest"],
        &["run", "x.y/z@latest"],
        &["test", "-modfile=other.mod"],
        &["get", "x"],
        &["mod", "tidy"],
        &["version"],
        &[],
    ] {
        assert_eq!(run(words, enough), ["local"], "{words:?}");
    }
    // What the user wrote for all versions would decide.
    for line in ["GOTOOLCHAIN=go1.20.1", "GOFLAGS=-v -modfile=x.mod"] {
        world.file("user/.config/go/env", format!("{line}\n"));
        assert_eq!(run(&["test"], enough), ["local"], "{line}");
    }
    world.file("user/.config/go/env", "GOFLAGS=-v\n");
    assert!(run(&["test"], enough).is_empty());
}

#[test]
fn a_goroot_in_the_go_env_file_is_beaten() {
    let world = World::new();
    world.installed(&["1.23.4", "1.22.1"]).file("home/default", "1.23.4").directory("user");
    let goroot = |value: &str, arguments: &[&str]| {
        world.file("user/.config/go/env", format!("GOFLAGS=-v\nGOROOT={value}\n"));
        ran(world.command("go").args(arguments).env("HOME", world.path("user"))).all("GOROOT")
    };
    let own = |version: &str| world.path(&format!("home/versions/go{version}")).display().to_string();
    assert_eq!(goroot("/opt/gone", &[]), [own("1.23.4")]);
    assert_eq!(goroot(&own("1.22.1"), &[]), [own("1.23.4")]);
    assert_eq!(goroot(&own("1.22.1"), &["+1.23"]), [own("1.23.4")]);
    assert!(goroot(&own("1.22.1"), &["+1.22"]).is_empty());
    assert!(goroot("", &[]).is_empty());
    // Only one that go reads.
    goroot("/opt/gone", &[]);
    let run = |name: &str, value: &str| {
        let mut go = world.command("go");
        ran(go.env("HOME", world.path("user")).env("GOROOT", "/x").env(name, value)).all("GOROOT")
    };
    assert!(run("GOENV", "off").is_empty());
    assert_eq!(run("GOPATH", "/p"), [own("1.23.4")]);
    // A Go outside gvmr reads it too; what a wrapper runs is not known.
    std::fs::remove_dir_all(world.path("home/versions")).unwrap();
    std::fs::remove_file(world.path("home/default")).unwrap();
    world.goroot("outside", "1.18.1").script("wrapper/go", "#!/bin/sh\n/usr/bin/env\n");
    let system = |directory: &str| {
        let mut go = world.command("go");
        ran(go.env("HOME", world.path("user")).env("PATH", world.path(directory))).all("GOROOT")
    };
    assert_eq!(system("outside/bin"), [world.path("outside").display().to_string()]);
    assert!(system("wrapper").is_empty());
}

#[test]
fn a_missing_version_goes_to_the_program_that_wrote_the_shims() {
    let world = World::new();
    world.file("project/.go-version", "# pinned\n1.23.4\n").goroot("program", "the program");
    let program = world.path("program/bin/go");
    world.file("home/program", format!("{}\n", program.display()));
    let said = ran(world.command("go").args(["build", "./..."]));
    let home = world.home();
    let file = world.path("project/.go-version");
    let reason = format!("{}:2: \"1.23.4\" selects exactly this version", file.display());
    let called = format!("--called={}", home.join("shims/go").display());
    let words = [
        "shim-missing",
        &called,
        "--home",
        home.to_str().unwrap(),
        "--version",
        "1.23.4",
        "--reason",
        &reason,
    ];
    let rest = ["--file", file.to_str().unwrap(), "--line", "2", "--exact", "--", "go", "build", "./..."];
    assert_eq!(said.all("argument"), [&words[..], &rest[..]].concat());

    for useless in ["relative/program\n", "/does/not/exist\n", "", "/etc\n"] {
        world.file("home/program", useless);
        let said = failed(&mut world.command("go"), 127);
        assert!(said.contains("go1.23.4 is not installed") && said.contains(&reason), "{said}");
    }
}

#[test]
fn the_real_go_runs_behind_it() {
    let Some(goroot) = real_goroot() else { return };
    let version = std::fs::read_to_string(goroot.join("VERSION")).unwrap();
    let Some(version) = version.lines().next().unwrap().strip_prefix("go").map(str::to_owned) else {
        return skip("the machine's Go is a development build");
    };
    let world = World::new();
    world.link(&format!("home/versions/go{version}"), &goroot).file("project/.go-version", &version);
    world.file("project/sub/go.mod", "module m\n");
    let go = |arguments: &[&str]| {
        let mut command = world.command("go");
        command.env("GOROOT", "/does/not/exist").env("HOME", world.path("empty")).args(arguments);
        let output = output(&mut command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    assert!(go(&["version"]).starts_with(&format!("go version go{version} ")));
    assert_eq!(go(&["-C", "sub", "env", "GOMOD"]), world.path("project/sub/go.mod").to_str().unwrap());
    assert_eq!(go(&["env", "GOTOOLCHAIN"]), "local");
}

#[test]
fn the_real_gos_own_switch_finds_the_toolchains_here() {
    let Some(goroot) = real_goroot() else { return };
    let world = World::new();
    world.installed(&["1.99.0"]).shim("go1.99.0").file("project/go.mod", "module m\n\ngo 1.99\n");
    let mut go = Command::new(goroot.join("bin/go"));
    go.args(["build", "-v"]).current_dir(world.path("project")).env_clear().env("HOME", world.path("empty"));
    let said = ran(go.env("GOTOOLCHAIN", "path").env("PATH", world.path("home/shims")));
    assert_eq!(said.one("toolchain"), "1.99.0");
    assert_eq!(said.all("argument"), ["build", "-v"]);
    assert_eq!(said.one("GOTOOLCHAIN"), "path");
    assert_eq!(said.one("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION"), "go1.99.0");
}
