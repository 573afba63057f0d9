//! Signals and limits: gvmr ends by the signal that ended it, and a limit on file sizes is an error like any other.

use crate::support::mirror::Mirror;
use crate::support::server::Fault;
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SIGNALS: [(Signal, &str); 3] =
    [(Signal::SIGINT, "INT"), (Signal::SIGTERM, "TERM"), (Signal::SIGHUP, "HUP")];

/// A mirror whose downloads take minutes.
fn slow_mirror() -> Mirror {
    Mirror::small_but(&["1.99.1"], |request, reply| {
        if request.target.ends_with(".zip") {
            reply.fault(Fault::Slow(64, Duration::from_millis(200)))
        } else {
            reply
        }
    })
}

/// Starts `WORDS… env … gvmr install 1.99.1`, and waits until it downloads.
fn installing(mirror: &Mirror, world: &World, words: &[&str]) -> Child {
    let before = mirror.downloads("1.99.1");
    let mut command = world.command(Path::new("env"), &world.path("user"));
    command.args(words).args(["env", "--default-signal=INT,TERM,HUP"]);
    command.arg(gvmr()).args(["install", "1.99.1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    mirror.awaits_download("1.99.1", before);
    child
}

#[test]
fn an_interrupted_install_cleans_up_and_ends_by_the_signal_that_ended_it() {
    let mirror = slow_mirror();
    let world = mirror.world();
    for (signal, name) in SIGNALS {
        let child = installing(&mirror, &world, &[]);
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(signal as i32), "{name}: {output:?}");
        assert_eq!(crate::support::world::names(&world.home().join("staging")), [""; 0], "{name}");
        assert_eq!(world.installed(), [""; 0], "{name}");
    }
}

#[test]
fn as_process_1_of_a_container_it_exits_with_the_code_that_a_shell_would_give() {
    const UNSHARE: [&str; 4] = ["unshare", "--pid", "--fork", "--kill-child"];
    if !Command::new(UNSHARE[0]).args(&UNSHARE[1..]).arg("true").status().is_ok_and(|status| status.success())
    {
        return skip("pid namespaces need root and unshare");
    }
    let mirror = slow_mirror();
    let world = mirror.world();
    for (signal, name) in SIGNALS {
        let child = installing(&mirror, &world, &UNSHARE);
        let first = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap();
        kill(Pid::from_raw(first.trim().parse().unwrap()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(128 + signal as i32), "{name}: {output:?}");
        assert_eq!(crate::support::world::names(&world.home().join("staging")), [""; 0], "{name}");
    }
}

/// `ulimit -f 0; PROGRAM ARGUMENTS…`, whose output goes to pipes.
fn limited(world: &World, program: &Path, arguments: &str) -> Run {
    let mut command = world.command(Path::new("sh"), &world.path("user"));
    let script = format!("ulimit -f 0; exec \"$0\" {arguments}");
    Run::of(command.args(["-c", &script]).arg(program))
}

#[test]
fn a_limit_on_file_sizes_is_an_error_and_changes_nothing() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    world.project("user", &[("gvmr.toml", "[env]\nGOFLAGS = \"-v\"\n"), ("data", "")]);
    for arguments in [
        "install 1.99.1",
        "use 1.98.1",
        "use --global 1.98.1",
        "trust gvmr.toml",
        "auth set example.com --user me </etc/hostname",
        "setup --yes",
        "--help >data",
        "list --json >data",
        "completions bash >data",
    ] {
        limited(&world, gvmr(), arguments).exits(8, &["File too large"]);
    }
    limited(&world, gvmr(), "install 1.99.1").exits(8, &["next: ", "ulimit -f"]);
    limited(&world, gvmr(), "no-such-command 2>data").exits(2, &[]);
    assert_eq!(world.installed(), ["go1.98.1"]);
    assert!(!world.path("user/.go-version").exists());
    world.gvmr(["install", "1.99.1"]).succeeds();
}

#[test]
fn a_shim_lives_on_beyond_the_limit_and_its_go_finds_the_signal_as_it_was() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let go = world.home().join("shims/go");
    let config = world.path("user/.config/gvmr");
    std::fs::create_dir_all(&config).unwrap();
    // Its rules are to be compiled, which nothing can be written for.
    std::fs::write(config.join("config.toml"), "[[directory]]\npath = \"/\"\nenv.GOFLAGS = \"-v\"\n")
        .unwrap();
    let run = limited(&world, &go, "version");
    assert_eq!((run.code, run.stdout.contains("go1.98.1")), (Some(0), true), "{run:?}");
    std::fs::write(world.path("user/data"), "").unwrap();
    // Its one line does not fit into the file.
    assert_eq!(limited(&world, &go, "+1.2.3.4 version 2>data").code, Some(127));

    let dispositions = "grep -E '^Sig(Ign|Cgt|Blk)' /proc/self/status";
    for before in ["trap - XFSZ", "trap '' XFSZ", "trap '' XFSZ HUP"] {
        let told = |word: &str| {
            let script = format!("{before}; exec {word} sh -c \"{dispositions}\"");
            let mut command = world.command(Path::new("sh"), &world.path("user"));
            Run::of(command.args(["-c", &script]).env("GVMR", gvmr())).succeeds()
        };
        assert_eq!(told("\"$GVMR\" exec 1.98.1 --"), told("env"), "{before}");
    }
    for ends in [("trap - XFSZ", Some(25)), ("trap '' XFSZ", None)] {
        let script = format!("{}; ulimit -f 0; exec \"$0\" exec 1.98.1 -- sh -c 'echo x >data'", ends.0);
        let mut command = world.command(Path::new("sh"), &world.path("user"));
        let status = command.args(["-c", &script]).arg(gvmr()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.signal(), ends.1, "{status:?}");
    }
}
