//! What commands say besides their answer, and where they say nothing.

use super::screen::on_screen;
use crate::support::mirror::Mirror;
use crate::support::world::{Run, World};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn one() -> (Mirror, World) {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.97.4"]).succeeds();
    (mirror, world)
}

fn program(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn another_go_in_the_session_is_named_with_what_changes_that() {
    let (_mirror, mut world) = one();
    let other = world.path("other/go");
    program(&other);
    let project = world.project("project", &[(".go-version", "1.97.4\n")]);
    let line = format!(
        "`go` in this session is {}, not gvmr's; run `eval \"$(gvmr env)\"` here, and `gvmr setup` for every session\n",
        other.display()
    );
    let path = format!("{}:/usr/bin:/bin", other.parent().unwrap().display());
    world.set("PATH", &path);
    for words in [&["current"][..], &["current", "--why"], &["which"], &["which", "gofmt"]] {
        assert_eq!(world.gvmr_in(&project, words).stderr, line, "{words:?}");
        for silent in ["--json", "--quiet"] {
            assert_eq!(world.gvmr_in(&project, [words, &[silent]].concat()).stderr, "", "{words:?} {silent}");
        }
        assert!(on_screen(&world, 200, &[], words).contains("`go` in this session is "), "{words:?}");
    }
    // What is written and installed is right whatever the session has: only a person is told.
    for words in [&["use", "1.97.4"][..], &["install", "1.97.4"]] {
        assert!(!world.gvmr_in(&project, words).stderr.contains("in this session"), "{words:?}");
        assert!(on_screen(&world, 200, &[], words).contains("`go` in this session is "), "{words:?}");
    }
    world.set("SHELL", "/usr/bin/fish");
    world.gvmr(["which"]).exits(0, &["run `gvmr env --shell fish | source` here"]);
    world.set("SHELL", "/usr/bin/nu");
    world.gvmr(["which"]).exits(0, &["not gvmr's; run `gvmr setup` for every session"]);
    // After setup this is something else's doing, and doctor knows whose.
    world.gvmr(["setup", "--yes"]).succeeds();
    world.gvmr(["which"]).exits(0, &["not gvmr's; run `gvmr doctor`\n"]);
    world.gvmr(["setup", "--undo", "--yes"]).succeeds();
    world.set("PATH", "/no-such-directory");
    world.gvmr(["which"]).exits(0, &["this session has no `go` on PATH; run "]);
    let shims = world.home().join("shims");
    world.set("PATH", &format!("{}:{path}", shims.display()));
    assert_eq!(world.gvmr(["which"]).stderr, "");
    assert!(!on_screen(&world, 200, &[], &["install", "1.97.4"]).contains("session"));
}

#[test]
fn the_shim_of_another_home_is_called_that() {
    let (_mirror, mut world) = one();
    let other = world.path("second");
    world.set("GVMR_HOME", other.to_str().unwrap());
    world.gvmr(["install", "1.97.4"]).succeeds();
    world.set("GVMR_HOME", world.home().to_str().unwrap());
    world.set("PATH", &format!("{}:/usr/bin:/bin", other.join("shims").display()));
    let go = other.join("shims/go").display().to_string();
    let words =
        format!("`go` in this session is {go}, the shim of another gvmr home ({}); run", other.display());
    let which = world.gvmr(["which"]).exits(0, &[&words]);
    assert!(!which.stderr.contains("not gvmr's"), "{which:?}");
}

#[test]
fn a_bare_install_says_which_release_it_installs_and_why() {
    let mirror = Mirror::small(&["1.98.1", "1.98.2"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let project = world.project("project", &[(".go-version", "1.98\n")]);
    let words = ["1.98.2, the newest that ", ".go-version:1 allows; 1.98.1 is installed\n"];
    let run = world.gvmr_in(&project, ["install"]).exits(0, &words);
    assert!(!run.stderr.contains("because"), "{run:?}");
    let again = world.gvmr_in(&project, ["install"]).exits(0, &["1.98.2, because "]);
    assert!(!again.stderr.contains("allows"), "{again:?}");
}

#[test]
fn a_first_install_ends_with_the_way_onto_path_and_later_ones_do_not() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let mut world = mirror.world();
    let first = world.gvmr(["install", "1.97.4"]).exits(0, &["eval \"$(gvmr env)\"", "gvmr setup"]);
    assert!(!first.stderr.contains("in this session"), "not twice: {first:#?}");
    assert!(!world.gvmr(["install", "1.98.1"]).stderr.contains("gvmr setup"));
    world.set("GVMR_HOME", world.path("second").to_str().unwrap());
    let json = world.gvmr(["install", "--json", "1.97.4"]);
    assert!(!json.stderr.contains("gvmr setup"), "{json:#?}");
}

#[test]
fn an_untrusted_project_file_is_named_each_time() {
    let (_mirror, world) = one();
    let project = world.project("project", &[("gvmr.toml", "go = \"1.98.1\"\n[env]\nGOFLAGS = \"-v\"\n")]);
    let words = ["ignoring untrusted ", "gvmr.toml (would select Go 1.98.1 and set GOFLAGS)", "`gvmr trust "];
    for arguments in [&["current"][..], &["current", "--why"], &["install"]] {
        for _ in 0..2 {
            world.gvmr_in(&project, arguments).exits(0, &words);
        }
    }
    world.gvmr_in(&project, ["trust"]).succeeds();
    let current = world.gvmr_in(&project, ["current"]).exits(3, &["1.98.1 is not installed"]);
    assert!(!current.stderr.contains("ignoring"), "{current:#?}");
}

#[test]
fn a_second_version_in_a_pin_is_said_to_be_ignored() {
    let (_mirror, world) = one();
    let project = world.project("project", &[(".go-version", "# team\n1.97.4\n\n# later\n1.98.1\n")]);
    let why = world.gvmr_in(&project, ["current", "--why"]).succeeds();
    assert!(why.contains("/.go-version:5") && why.contains("only line 2 of the file is read"), "{why}");
    let single = world.project("single", &[(".go-version", "1.97.4\n# later\n")]);
    assert!(!world.gvmr_in(&single, ["current", "--why"]).succeeds().contains("only line"));
}

#[test]
fn an_install_that_was_not_asked_for_says_what_and_why() {
    let (_mirror, mut world) = one();
    let project = world.project("project", &[(".go-version", "1.98.1\n")]);
    world.set("GVMR_AUTO_INSTALL", "always");
    let run = world.shim("go", &project, ["version"]);
    run.exits(
        0,
        &["Go 1.98.1 is not installed (", "/.go-version:1", "(auto-install)", "installed go1.98.1 ("],
    );
}

#[test]
fn use_changes_the_version_and_keeps_the_comments() {
    let (_mirror, world) = one();
    let project = world.project("project", &[(".go-version", "# team\n1.98.1 # until May\n# end\n")]);
    world.gvmr_in(&project, ["use", "1.97.4"]).succeeds();
    let text = std::fs::read_to_string(project.join(".go-version")).unwrap();
    assert_eq!(text, "# team\n1.97.4 # until May\n# end\n");
    let quiet = world.gvmr_in(&project, ["use", "--quiet", "1.98.1"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
}

#[test]
fn uninstall_names_the_pin_that_asks_for_the_version() {
    let (_mirror, world) = one();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let project = world.project("project", &[]);
    world.gvmr_in(&project, ["use", "1.98.1"]).succeeds();
    let run = world.gvmr(["uninstall", "1.98.1"]);
    run.exits(0, &["removed go1.98.1", "go1.98.1 is still asked for: ", "project/.go-version:1"]);
}

#[test]
fn what_only_reads_needs_no_home_that_can_be_written() {
    let (_mirror, mut world) = one();
    for home in ["/proc/gvmr-test", "/sys/gvmr-test"] {
        world.set("GVMR_HOME", home);
        assert!(world.gvmr(["ls-remote"]).succeeds().contains("1.98.1"), "{home}");
        assert_eq!(world.gvmr(["latest"]).succeeds(), "1.98.1");
        world.gvmr(["verify"]).exits(0, &["no Go version is installed"]);
        world.gvmr(["outdated"]).exits(0, &["no Go version is installed"]);
        world.gvmr(["prune", "--dry-run"]).exits(0, &["nothing to remove"]);
        world.gvmr(["install", "1.98.1"]).exits(8, &[home, "GVMR_HOME"]);
    }
}

#[test]
fn a_mistake_in_config_toml_is_one_verdict_everywhere() {
    let (_mirror, mut world) = one();
    let file = world.path("user/.config/gvmr/config.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    for (text, words) in [
        ("mirorr = \"x\"\n", "unknown field `mirorr`"),
        ("[directry]\npath = \"/x\"\n", "unknown field `directry`"),
        ("sources = [3]\n", "line 1, column 11: sources: expected a string"),
        ("sources = [\"nowhere\"]\n", "nowhere"),
        ("[[network]]\ninterface = \"eth*\"\nenv.GOFLAGS = \"-v\"\n", "a pattern never matches"),
        ("[[network]]\nsubnet = \"127.0.0.0/8\"\nenv.GOFLAGS = \"-v\"\n", "this subnet never matches"),
        (
            "[[directory]]\npath = \"/x\"\nenv.GOFLAGS = \"-v\"\n[[directory]]\npath = \"/x/\"\nenv.GOFLAGS = \"-x\"\n",
            "line 1 already has a rule for this directory",
        ),
        ("[env]\nGOFLAG = \"-v\"\n", "did you mean GOFLAGS?"),
    ] {
        std::fs::write(&file, text).unwrap();
        same_verdict(&world, &[words, "config.toml", "next: correct "]);
    }
    std::fs::remove_file(&file).unwrap();
    world.set("GVMR_CONFIG", "/no-such-directory/config.toml");
    same_verdict(&world, &["/no-such-directory/config.toml", "GVMR_CONFIG"]);
}

/// The shim and each command refuse with the same words.
#[track_caller]
fn same_verdict(world: &World, words: &[&str]) {
    let user = world.path("user");
    let said = world.shim("go", &user, ["version"]).exits(127, words).stderr;
    for arguments in [
        &["env"][..],
        &["env", "--why", "GOPATH"],
        &["current"],
        &["which"],
        &["list"],
        &["use", "1.97.4"],
        &["host"],
    ] {
        let run: Run = world.gvmr(arguments).exits(2, words);
        assert_eq!(run.stderr, said, "{arguments:?}");
    }
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    let (_mirror, world) = one();
    for words in [&["--help"][..], &["--version"], &["install", "--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = world.command(crate::support::world::gvmr(), &world.path("user"));
        let output = command.args(words).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(8), "{words:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to stdout"));
    }
}

#[test]
fn a_word_behind_auth_is_a_command_or_an_error() {
    let (_mirror, world) = one();
    for word in ["lst", "delte", "git.corp.example"] {
        let run =
            world.gvmr(["auth", word]).exits(2, &[&format!("no command `auth {word}`"), "gvmr auth list"]);
        assert_eq!(run.stdout, "");
    }
    world.gvmr(["auth", "ls"]).exits(0, &["no credentials are stored"]);
    world
        .gvmr(["auth", "rm", "git.corp.example"])
        .exits(2, &["no credentials are stored for git.corp.example"]);
    world.gvmr(["auth", "https://git.corp.example/"]).succeeds();
}

#[test]
fn one_failure_is_said_once() {
    let (_mirror, world) = one();
    let run = world.gvmr(["each", "1.97.4", "--", "no-such-program"]);
    assert_eq!(run.stderr.matches("cannot run no-such-program: No such file").count(), 1, "{run:#?}");
    run.exits(127, &["no-such-program did not start with any version", "next: "]);
    let json = world.gvmr(["each", "--json", "1.97.4", "--", "no-such-program"]);
    assert_eq!(json.stderr.matches("cannot run no-such-program: No such file").count(), 1, "{json:#?}");
}

#[test]
fn exec_asks_and_obeys_auto_install_as_the_shim_does() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1", "1.99.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.97.4"]).succeeds();
    let project = world.project("project", &[(".go-version", "1.99.1\n")]);
    for words in [&["exec", "1.98", "--", "go", "version"][..], &["exec", "--", "go", "version"]] {
        world.gvmr_in(&project, words).exits(127, &["is not installed", "gvmr install 1.9"]);
    }
    assert_eq!(world.installed(), ["go1.97.4"]);
    world.set("GVMR_AUTO_INSTALL", "always");
    let version = |words: &[&str]| world.gvmr_in(&project, words).succeeds();
    assert_eq!(version(&["exec", "1.98", "--", "go", "version"]), "go version go1.98.1 linux/amd64");
    assert_eq!(version(&["exec", "--", "go", "version"]), "go version go1.99.1 linux/amd64");
    assert_eq!(world.installed(), ["go1.97.4", "go1.98.1", "go1.99.1"]);
    world.gvmr(["exec", "1.55", "--", "go"]).exits(3, &["there is no Go 1.55"]);
}

#[test]
fn env_prints_nothing_that_the_session_cannot_read() {
    let (_mirror, mut world) = one();
    let shims = world.home().join("shims").display().to_string();
    for (shell, words) in [
        ("/usr/bin/nu", vec!["nu cannot read sh's commands".to_owned(), "--shell nu".to_owned()]),
        ("/bin/tcsh", vec!["~/.tcshrc".to_owned(), format!("setenv PATH \"{shims}:$PATH\"")]),
        ("/usr/bin/elvish", vec!["rc.elv".to_owned(), format!("set paths = ['{shims}' $@paths]")]),
        ("/usr/bin/xonsh", vec!["~/.xonshrc".to_owned(), format!("$PATH.insert(0, '{shims}')")]),
    ] {
        world.set("SHELL", shell);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        assert_eq!(world.gvmr(["env"]).exits(2, &words).stdout, "");
        assert!(world.gvmr(["env", "--shell", "sh"]).succeeds().starts_with("export PATH="));
        world.gvmr(["env", "GOPATH"]).succeeds();
    }
    for shell in ["/bin/bash", "/usr/bin/zsh", "/bin/no-such-shell", ""] {
        world.set("SHELL", shell);
        assert!(world.gvmr(["env"]).succeeds().starts_with("export PATH="), "{shell}");
    }
}

#[test]
fn a_system_go_that_is_not_there_is_said_when_it_is_asked_for() {
    let (_mirror, mut world) = one();
    world.set("PATH", "/no-such-directory");
    world
        .gvmr(["exec", "system", "--", "/bin/true"])
        .exits(127, &["PATH has no Go outside gvmr", "name a version"]);
    world.gvmr(["use", "system"]).exits(0, &["pinned system", "PATH has no Go outside gvmr"]);
    world.gvmr(["use", "--global", "system"]).exits(0, &["PATH has no Go outside gvmr"]);
    for words in [&["where", "system"][..], &["uninstall", "system"], &["each", "system", "--", "true"]] {
        world.gvmr(words).exits(2, &["system is the Go outside gvmr", "gvmr use system"]);
    }
    let other = world.path("other/go");
    program(&other);
    world.set("PATH", other.parent().unwrap().to_str().unwrap());
    world.gvmr(["exec", "system", "--", "/bin/true"]).succeeds();
    assert!(!world.gvmr(["use", "system"]).stderr.contains("no Go outside"));
}

#[test]
fn a_gotoolchain_that_go_switches_to_is_named() {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.97.4"]).succeeds();
    let line = "GOTOOLCHAIN=go1.98.1+auto is set, so `go` switches to that version";
    assert!(!world.gvmr(["current"]).stderr.contains("GOTOOLCHAIN"));
    world.set("GOTOOLCHAIN", "go1.98.1+auto");
    world.gvmr(["current"]).exits(0, &[line]);
    world.gvmr(["which"]).exits(0, &[line]);
    for same in ["go1.97.4", "auto", "local", "path"] {
        world.set("GOTOOLCHAIN", same);
        assert!(!world.gvmr(["current"]).stderr.contains("GOTOOLCHAIN"), "{same}");
    }
}
