//! What users can do with a home that root keeps, and what they cannot.

use super::sandbox::{ALICE, BOB, Machine, ROOT, User, visit};
use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};

const GO: &str = "/opt/gvmr/shims/go";
const GVMR: &str = "/opt/gvmr/shims/gvmr";

fn go(machine: &Machine, user: User) -> String {
    let run = machine.run(user, GO, ["version"]);
    assert_eq!(run.stderr, "", "the shim is quiet");
    run.succeeds()
}

#[test]
fn each_user_has_a_default_of_their_own_over_one_store() {
    let Some(machine) = Machine::shared(&["1.98.1", "1.98.2"]) else { return };
    for user in [ROOT, ALICE, BOB] {
        assert_eq!(go(&machine, user), "go version go1.98.1 linux/amd64", "the home's default");
    }
    let before = machine.everything("/opt");
    let said = machine.run(ALICE, GVMR, ["use", "--global", "1.98.2"]);
    assert!(
        said.stderr.contains("your default is now 1.98.2 (/home/alice/.config/gvmr/default)"),
        "{said:?}"
    );
    said.succeeds();
    let config = [("XDG_CONFIG_HOME", "/home/bob/etc")];
    machine.write(BOB, "/home/bob/etc/gvmr/default", "1.98\n");
    assert_eq!(go(&machine, ALICE), "go version go1.98.2 linux/amd64");
    assert_eq!(go(&machine, BOB), "go version go1.98.1 linux/amd64");
    assert!(machine.run_with(BOB, &config, GO, ["version"]).succeeds().contains("go1.98.2"));
    let why = |user| machine.run(user, GVMR, ["current", "--why"]).succeeds();
    assert!(
        why(ALICE).starts_with("1.98.2\t/home/alice/.config/gvmr/default:1: \"1.98.2\""),
        "{}",
        why(ALICE)
    );
    assert!(why(BOB).starts_with("1.98.1\t/opt/gvmr/default:1: \"1.98.1\""), "{}", why(BOB));
    let list = |user| machine.run(user, GVMR, ["list"]).succeeds();
    assert!(list(ALICE).contains("* 1.98.2     default"), "{}", list(ALICE));
    assert!(list(BOB).contains("* 1.98.1     default"), "{}", list(BOB));
    assert_eq!(machine.everything("/opt"), before, "no user wrote into the home");

    // A directory's own word goes before every default, and a minimum is measured by one's own.
    machine.write(ALICE, "/home/alice/exact/.go-version", "1.98.1\n");
    machine.write(BOB, "/home/bob/module/go.mod", "module m\n\ngo 1.98.2\n");
    machine.write(ALICE, "/home/alice/module/go.mod", "module m\n\ngo 1.98.0\n");
    let at = |user, pwd| machine.run_with(user, &[("PWD", pwd)], GO, ["version"]).succeeds();
    assert!(at(ALICE, "/home/alice/exact").contains("go1.98.1"));
    assert!(at(ALICE, "/home/alice/module").contains("go1.98.2"), "her default satisfies it");
    assert!(at(BOB, "/home/bob/module").contains("go1.98.2"), "his does not");

    // Root's default is for all users without their own.
    machine.run(ROOT, GVMR, ["use", "--global", "1.98.2"]).succeeds();
    assert!(go(&machine, BOB).contains("go1.98.2"));
    assert_eq!(fs::read(machine.path("/opt/gvmr/default")).unwrap(), b"1.98.2\n");
    assert!(!machine.path("/home/root/.config").exists());
}

#[test]
fn a_user_reads_everything_and_changes_nothing() {
    let Some(machine) = Machine::shared(&["1.98.1", "1.98.2"]) else { return };
    let before = machine.everything("/opt");
    let gvmr = |words: &[&str]| machine.run(ALICE, GVMR, words);
    assert!(gvmr(&["list"]).succeeds().contains("1.98.2"));
    assert_eq!(gvmr(&["current"]).succeeds(), "1.98.1");
    assert_eq!(gvmr(&["which", "gofmt"]).succeeds(), "/opt/gvmr/versions/go1.98.1/bin/gofmt");
    assert_eq!(gvmr(&["where", "1.98.2"]).succeeds(), "/opt/gvmr/versions/go1.98.2");
    assert_eq!(gvmr(&["where", "--shims"]).succeeds(), "/opt/gvmr/shims");
    assert!(gvmr(&["exec", "1.98.2", "--", "go", "version"]).succeeds().contains("go1.98.2"));
    assert!(gvmr(&["host", "1.98.2"]).succeeds().contains("1.98.2"));
    assert!(gvmr(&["ls-remote"]).succeeds().contains("1.98.2\tinstalled"));
    let verified = gvmr(&["verify"]).succeeds();
    assert_eq!(verified.matches("\tproved\t").count(), 2, "{verified}");
    assert!(machine.path("/home/alice/.cache/gvmr/sumdb").is_dir(), "what the log said is kept by the user");
    gvmr(&["use", "1.98.2"]).succeeds();
    assert_eq!(fs::read(machine.path("/home/alice/.go-version")).unwrap(), b"1.98.2\n");
    fs::remove_file(machine.path("/home/alice/.go-version")).unwrap();

    for words in [&["install", "~1.98"][..], &["uninstall", "1.98.1"], &["prune", "--yes"]] {
        let sudo = format!("sudo /opt/gvmr/bin/gvmr {}", words.join(" ").replace("~1.98", "'~1.98'"));
        let run = gvmr(words);
        assert_eq!(
            run.stderr.contains("GVMR_HOME=~/.local/share/gvmr gvmr"),
            words[0] == "install",
            "{run:?}"
        );
        run.exits(8, &["/opt/gvmr is shared by all users", &sudo]);
    }
    let error = gvmr(&["install", "--json", "1.98.3"]).json();
    assert_eq!((&error["error"]["code"], &error["error"]["kind"]), (&8.into(), &"storage".into()));
    machine.write(ALICE, "/home/alice/missing/.go-version", "1.98.9\n");
    let missing =
        ["go1.98.9 is not installed", "run: sudo /opt/gvmr/bin/gvmr install 1.98.9 (for all users)"];
    for always in ["always", "ask"] {
        let variables = [("PWD", "/home/alice/missing"), ("GVMR_AUTO_INSTALL", always)];
        machine.run_with(ALICE, &variables, GO, ["version"]).exits(127, &missing);
    }
    for command in [
        "rm -f shims/go",
        "ln -s /bin/true shims/go2",
        "touch versions/go9.9.9",
        "echo 1.98.2 >default",
        "echo >>versions/go1.98.1/bin/go",
        "mv versions/go1.98.1 x",
        "cat >/etc/gvmr/home </dev/null",
    ] {
        let command = format!("cd /opt/gvmr && {command}");
        let run = machine.run(ALICE, "sh", ["-c", &command]);
        assert!(run.code != Some(0) && run.stderr.contains("Permission denied"), "{command}: {run:?}");
    }
    assert_eq!(machine.everything("/opt"), before);
}

#[test]
fn a_umask_that_hides_everything_hides_nothing_of_a_shared_home() {
    let Some(machine) = Machine::shared(&["1.98.1"]) else { return };
    machine.run(ROOT, GVMR, ["use", "--global", "1.98"]).succeeds();
    let private = ["staging", "locks", "cache"].map(|name| machine.path("/opt/gvmr").join(name));
    for directory in &private {
        assert_eq!(fs::metadata(directory).unwrap().mode() & 0o777, 0o700, "{}", directory.display());
    }
    let (mut seen, home) = (0, machine.path("/opt/gvmr"));
    visit(&home, &mut |path, found| {
        let mode = found.mode() & 0o7777;
        let expected: &[u32] = match () {
            () if found.is_symlink() || private.iter().any(|private| path.starts_with(private)) => return,
            () if found.is_dir() => &[0o755],
            () => &[0o644, 0o755],
        };
        seen += 1;
        assert!(expected.contains(&mode) && found.uid() == 0, "{} {mode:o}", path.display());
    });
    assert!(seen > 40, "{seen}");
    let go = fs::metadata(home.join("versions/go1.98.1/bin/go")).unwrap().mode() & 0o777;
    let file = fs::metadata(home.join("versions/go1.98.1/VERSION")).unwrap().mode() & 0o777;
    assert_eq!((go, file), (0o755, 0o644));
}

#[test]
fn a_default_that_another_user_planted_is_passed_over() {
    let Some(machine) = Machine::shared(&["1.98.1", "1.98.2"]) else { return };
    // In a directory of Alice's own, of Bob's, and behind a link of Bob's.
    let file = "/home/alice/.config/gvmr/default";
    machine.write(ALICE, file, "1.98.2\n");
    assert!(go(&machine, ALICE).contains("go1.98.2"));
    chown(machine.path(file), Some(BOB.id), None).unwrap();
    machine.write(BOB, "/home/bob/.config/gvmr/default", "1.98.2\n");
    machine.write(BOB, "/home/bob/linked/gvmr/x", "");
    symlink("/home/alice/real", machine.path("/home/bob/linked/gvmr/default")).unwrap();
    std::os::unix::fs::lchown(machine.path("/home/bob/linked/gvmr/default"), Some(BOB.id), None).unwrap();
    machine.write(ALICE, "/home/alice/real", "1.98.2\n");
    for config in ["/home/alice/.config", "/home/bob/.config", "/home/bob/linked"] {
        let variables = [("XDG_CONFIG_HOME", config)];
        let run = machine.run_with(ALICE, &variables, GO, ["version"]);
        let notice = format!("ignoring {config}/gvmr/default, which belongs to user 4002; make it yours");
        assert_eq!(run.stderr.matches(&format!("gvmr: {notice}")).count(), 1, "{run:?}");
        assert!(run.succeeds().contains("go1.98.1"), "{config}");
        let current = machine.run_with(ALICE, &variables, GVMR, ["current", "--why"]);
        let notice = format!("warning: {notice}");
        assert_eq!(current.stderr.matches(&notice).count(), 1, "{current:?}");
        assert!(current.succeeds().contains("/opt/gvmr/default:1"));
    }
    // Root may settle it for a user.
    chown(machine.path(file), Some(0), None).unwrap();
    assert!(go(&machine, ALICE).contains("go1.98.2"));
    // One's own that says nothing is a mistake that is told, as every pin's is.
    machine.write(ALICE, file, "nonsense\n");
    machine
        .run(ALICE, GO, ["version"])
        .exits(127, &["/home/alice/.config/gvmr/default:1", "not a Go version"]);
    machine.run(ALICE, GVMR, ["use", "--global", "1.98"]).succeeds();
    assert!(go(&machine, ALICE).contains("go1.98.2"));
}

#[test]
fn a_link_on_path_finds_the_home_and_is_never_the_go_outside() {
    let Some(machine) = Machine::shared(&["1.98.1"]) else { return };
    machine.directory("/home/bin");
    for name in ["go", "gofmt", "go1.98.1", "gvmr"] {
        symlink(format!("/opt/gvmr/shims/{name}"), machine.path("/home/bin").join(name)).unwrap();
    }
    let path = [("PATH", "/home/bin")];
    let run =
        |name: &str| machine.run_with(ALICE, &path, &format!("/home/bin/{name}"), ["version"]).succeeds();
    let all = |expected: &str| {
        for (name, said) in [("go", expected), ("go1.98.1", expected), ("gofmt", "gofmt of go1.98.1")] {
            assert_eq!(run(name), said, "{name}");
        }
    };
    all("go version go1.98.1 linux/amd64");
    // Without any default the search for a Go outside gvmr meets the links, and runs none of them.
    fs::remove_file(machine.path("/opt/gvmr/default")).unwrap();
    all("go version go1.98.1 linux/amd64");
    assert_eq!(
        machine.run_with(ALICE, &path, "/home/bin/gvmr", ["where", "--shims"]).succeeds(),
        "/opt/gvmr/shims"
    );
    fs::rename(machine.path("/opt/gvmr/versions/go1.98.1"), machine.path("/opt/gvmr/x")).unwrap();
    let nothing = ["no Go version is installed", "PATH has no go"];
    machine.run_with(ALICE, &path, "/home/bin/go", ["version"]).exits(127, &nothing);
}

#[test]
fn which_home_counts_for_whom() {
    let Some(machine) = Machine::shared(&["1.98.1", "1.98.2"]) else { return };
    let shims = |user, variables: &[(&str, &str)]| {
        machine.run_with(user, variables, "/opt/gvmr/bin/gvmr", ["where", "--shims"]).succeeds()
    };
    // A home of one's own begins with a named one, and counts from then on.
    let own = [("GVMR_HOME", "/home/alice/.local/share/gvmr")];
    machine.run_with(ALICE, &own, GVMR, ["install", "1.98.2"]).succeeds();
    assert_eq!(shims(ALICE, &[]), "/home/alice/.local/share/gvmr/shims");
    assert!(
        machine
            .run(ALICE, "/home/alice/.local/share/gvmr/shims/go", ["version"])
            .succeeds()
            .contains("go1.98.2")
    );
    assert_eq!(shims(ALICE, &[("GVMR_HOME", "/opt/gvmr")]), "/opt/gvmr/shims");
    assert_eq!(shims(BOB, &[]), "/opt/gvmr/shims");
    // Root's own is only for when it is named: sudo is meant for all users, whatever HOME it has.
    let roots = [("GVMR_HOME", "/home/root/.local/share/gvmr")];
    machine.run_with(ROOT, &roots, GVMR, ["install", "1.98.2"]).succeeds();
    assert_eq!(shims(ROOT, &[]), "/opt/gvmr/shims");
    assert_eq!(shims(ROOT, &[("HOME", "/home/alice")]), "/opt/gvmr/shims");
    assert_eq!(shims(ROOT, &roots), "/home/root/.local/share/gvmr/shims");
    // A link beside the shims is the program itself.
    assert_eq!(
        fs::read_link(machine.path("/opt/gvmr/shims/gvmr")).unwrap().to_str(),
        Some("/opt/gvmr/bin/gvmr")
    );

    fs::write(machine.path("/etc/gvmr/home"), "opt/gvmr\n").unwrap();
    machine.run(BOB, GVMR, ["list"]).exits(2, &["/etc/gvmr/home", "absolute", "as root"]);
    assert_eq!(
        shims(ALICE, &[]),
        "/home/alice/.local/share/gvmr/shims",
        "whom it does not concern is not troubled"
    );
    fs::write(machine.path("/etc/gvmr/home"), "/opt/gvmr\n").unwrap();
    chown(machine.path("/etc/gvmr/home"), Some(BOB.id), None).unwrap();
    machine.run(BOB, GVMR, ["list"]).exits(2, &["/etc/gvmr/home", "belongs to user 4002"]);
}
