//! A tool that runs after the shim handed over finds itself as if it had been run directly.

use super::fixture::Fixture;
use crate::support::mirror::Mirror;
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Stdio;

/// Makes the shim hand over: something is to be said each time.
fn to_say(fixture: &Fixture) -> [(&'static str, &'static str); 1] {
    fixture.date_marks(std::time::UNIX_EPOCH);
    [("GOPATH", "@/user/.local/share/gvmr/versions")]
}

#[test]
fn arguments_directory_and_environment_are_the_same() {
    let fixture = Fixture::with_program("/bin/cat");
    for file in ["/proc/self/cmdline", "/proc/self/environ"] {
        let run = |variables: &[(&str, &str)]| {
            let mut command = fixture.command(variables);
            command.env("GVMR_SHIM_DEPTH", "0").env("X", "a b\n\"c").arg0("/odd name/go");
            Run::of(command.args([file, "--", "-", "+1.22"]))
        };
        let quiet = run(&[("GOPATH", "@/gopath")]);
        let loud = run(&to_say(&fixture));
        assert!(loud.stderr.contains("gvmr: GOPATH") && !quiet.stderr.contains("gvmr:"), "{loud:?}");
        let (quiet, loud) = (quiet.stdout, loud.stdout);
        assert_eq!(
            loud,
            quiet.replace(&fixture.text("@/gopath"), &fixture.text("@/user/.local/share/gvmr/versions"))
        );
        assert!(!loud.is_empty());
    }
}

#[test]
fn the_process_its_files_and_its_signals_are_the_same() {
    let fixture = Fixture::with_program("/bin/cat");
    let signals = |prelude: &str, variables: &[(&str, &str)]| {
        let script = format!("{prelude}; exec \"$0\" /proc/self/status");
        let run = fixture.under(&["sh", "-c", &script], variables, &[]).succeeds();
        let of = |name| run.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        ["SigBlk", "SigIgn", "SigCgt", "Seccomp:", "CapEff", "Threads"].map(of)
    };
    for prelude in [":", "trap '' PIPE", "trap '' HUP INT TERM", "trap '' PIPE USR1"] {
        let direct = signals(prelude, &[("GOPATH", "@/gopath")]);
        assert_eq!(signals(prelude, &to_say(&fixture)), direct, "{prelude}");
    }
    assert_ne!(
        signals("trap '' PIPE", &to_say(&fixture)),
        signals(":", &to_say(&fixture)),
        "the tables can be told apart"
    );
    // The process is the one that was started, with the files that it was given.
    let mut command = fixture.command(&to_say(&fixture));
    let child =
        command.args(["/proc/self/stat"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let started = child.id().to_string();
    let stat = Run::from(child.wait_with_output().unwrap()).stdout;
    assert_eq!(stat.split(' ').next(), Some(started.as_str()));

    let fixture = Fixture::with_program("/bin/ls");
    let open = |variables: &[(&str, &str)]| {
        let words = ["sh", "-c", "exec 7</dev/null; exec \"$0\" /proc/self/fd"];
        fixture.under(&words, variables, &[]).succeeds()
    };
    let direct = open(&[("GOPATH", "@/gopath")]);
    assert_eq!(open(&to_say(&fixture)), direct);
    assert!(direct.lines().any(|file| file == "7"), "{direct}");
}

#[test]
fn an_exit_code_and_a_death_by_signal_are_the_tools() {
    let fixture = Fixture::with_program("/bin/sh");
    for script in ["exit 0", "exit 3", "exit 200", "kill -TERM $$", "kill -PIPE $$"] {
        let run = |variables: &[(&str, &str)]| {
            fixture.command(variables).args(["-c", script]).output().unwrap().status
        };
        assert_eq!(run(&to_say(&fixture)), run(&[("GOPATH", "@/gopath")]), "{script}");
    }
}

/// A wrapper may call the shim again, which is counted; that the shim handed over is no step of that.
#[test]
fn a_wrapper_is_as_deep_as_without_the_hand_over() {
    let fixture = Fixture::with_program("/bin/cat");
    let wrapper = fixture.write("bin/go", "#!/bin/sh\necho \"$GVMR_SHIM_DEPTH\"\n");
    fs::set_permissions(wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(fixture.world.home().join("default")).unwrap(); // now the Go outside runs
    let path = fixture.text("@/bin:/usr/bin:/bin");
    for (depth, expected) in [("", "1"), ("1", "2")] {
        let more = [("PATH", path.as_str()), ("GVMR_SHIM_DEPTH", depth)];
        for variables in [[("GOPATH", "@/gopath")], to_say(&fixture)] {
            let run = fixture.go(&[&variables[..], &more].concat(), &[]);
            assert_eq!(run.succeeds(), expected);
        }
    }
}

#[test]
fn what_the_shim_says_of_a_choice_is_said_with_the_same_code() {
    let fixture = Fixture::with_program("/bin/cat");
    fixture.config("[env]\nGOPATH = \"@/a\"\n");
    fs::write(fixture.path("p/.go-version"), "nonsense\n").unwrap();
    let with_hand_over = fixture.go(&[], &["x"]);
    let without = fixture.go(&[], &["x"]);
    assert!(fixture.world.home().join("rules").exists());
    assert_eq!((with_hand_over.code, with_hand_over.stderr), (without.code, without.stderr));
    assert_eq!(without.code, Some(127));
}

/// A version that has to be installed first gets the user's rules too, whichever way the shim hands over.
#[test]
fn what_was_missing_runs_by_the_rules() {
    let mirror = Mirror::small(&["1.98.1", "1.98.2"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    world.set("GVMR_AUTO_INSTALL", "always");
    let config = world.path("user/.config/gvmr/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, "[env.override]\nGOPATH = \"~/mine\"\n").unwrap();
    let gopath = format!("GOPATH={}", world.path("user/mine").display());
    // The rules are stale, and the version is missing.
    let environment = world.shim("go", &world.path("user"), ["+1.98.2", "env"]).succeeds();
    assert!(environment.lines().any(|line| line == gopath), "{environment}");
    assert!(!environment.contains("GVMR_SHIM_DEPTH"), "{environment}");
    // The rules are compiled, and the version is missing again.
    world.gvmr(["uninstall", "--force", "1.98.2"]).succeeds();
    let environment = world.shim("go", &world.path("user"), ["+1.98.2", "env"]).succeeds();
    assert!(environment.lines().any(|line| line == gopath), "{environment}");
    assert!(environment.contains("GOTOOLCHAIN=local"), "{environment}");
    // Where it is not to be installed, it is said as ever.
    world.gvmr(["uninstall", "--force", "1.98.2"]).succeeds();
    world.set("GVMR_AUTO_INSTALL", "never");
    fs::write(&config, "").unwrap();
    for _ in 0..2 {
        world.shim("go", &world.path("user"), ["+1.98.2", "env"]).exits(127, &["go1.98.2 is not installed"]);
    }
}
