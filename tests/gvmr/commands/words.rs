//! Words that people know from other version managers.

use crate::support::mirror::Mirror;
use crate::support::world::World;

fn two() -> (Mirror, World) {
    let mirror = Mirror::small(&["1.97.4", "1.98.1"]);
    let mut world = mirror.world();
    world.set("GVMR_SOURCES", "goproxy");
    world.gvmr(["install", "-y", "-v", "1.97.4"]).succeeds();
    (mirror, world)
}

#[test]
fn a_word_that_is_no_command_is_answered_with_one_line() {
    let (_mirror, world) = two();
    let rehash = world.gvmr(["rehash"]);
    assert_eq!((rehash.code, rehash.stderr.as_str()), (Some(0), "nothing to do: shims are always current\n"));
    for (words, answer) in [
        (&["shell", "1.22"][..], "export GVMR_VERSION=1.22"),
        (&["self-update"], "run `gvmr self update`"),
        (&["unpin"], "remove the file that `gvmr current --why` names"),
        (&["list", "--remote"], "run `gvmr ls-remote`"),
        (&["install", "--dry-run", "1.98"], "run `gvmr ls-remote VERSION`"),
    ] {
        let run = world.gvmr(words).exits(2, &[answer]);
        assert!(run.stderr.starts_with("gvmr: no ") && run.stderr.lines().count() == 1, "{run:#?}");
        assert_eq!(run.stdout, "");
    }
    world.gvmr(["no-such-word"]).exits(2, &["unrecognized subcommand 'no-such-word'"]);
}

#[test]
fn without_a_version_local_and_global_print_what_is_set() {
    let (_mirror, world) = two();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let project = world.project("project", &[(".go-version", "1.98.1\n")]);
    for word in ["use", "local"] {
        let pin = world.gvmr_in(&project, [word]).succeeds();
        assert!(pin.starts_with("1.98.1\t") && pin.contains("project/.go-version:1"), "{pin}");
    }
    for words in [&["global"][..], &["default"], &["use", "--global"]] {
        assert_eq!(world.gvmr_in(&project, words).succeeds(), "1.97.4");
    }
    assert_eq!(std::fs::read_to_string(project.join(".go-version")).unwrap(), "1.98.1\n");
    let other = Mirror::small(&["1.97.4"]).world();
    other.gvmr(["global"]).exits(2, &["no default version is set", "gvmr use --global latest"]);
}

#[test]
fn latest_is_the_newest_release_installed_or_not() {
    let (_mirror, world) = two();
    assert_eq!(world.gvmr(["latest"]).succeeds(), "1.98.1");
    world.gvmr(["add", "1.98.1"]).succeeds();
    assert_eq!(world.gvmr(["latest"]).succeeds(), "1.98.1");
}

#[test]
fn a_request_of_another_tool_gets_a_pointer() {
    let (_mirror, world) = two();
    for (request, answer) in [
        ("1.98@latest", "write 1.98"),
        ("go1.98.1.linux-amd64", "write 1.98.1"),
        ("tip", "golang.org/dl/gotip@latest"),
        ("lts", "`oldstable`"),
        ("unstable", "gvmr ls-remote --prereleases"),
    ] {
        world.gvmr(["install", request]).exits(2, &[answer]);
    }
}
