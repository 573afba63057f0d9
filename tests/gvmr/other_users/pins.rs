//! Pins and project files that another user left above, or in, a directory of one's own.

use super::{ALICE, BOB, Machine, ROOT};
use crate::support::world::Run;
use std::fs;
use std::os::unix::fs::{chown, lchown};
use std::process::Command;

/// Every way to ask for 1.98.1 besides a module; by default 1.97.2 runs.
const PINS: [(&str, &str); 4] = [
    (".go-version", "1.98.1\n"),
    (".tool-versions", "golang 1.98.1\n"),
    ("mise.toml", "[tools]\ngo = \"1.98.1\"\n"),
    (".config/mise.toml", "[tools]\ngo = \"1.98.1\"\n"),
];

#[test]
fn what_anyone_may_have_put_above_does_not_count_and_is_named_once() {
    let Some(machine) = Machine::of(ALICE) else { return };
    for (number, (name, text)) in PINS.into_iter().enumerate() {
        for mode in [0o1777, 0o777] {
            let open = format!("open{number}{mode:o}");
            machine.directory(ROOT, &open, mode);
            machine.directory(BOB, &format!("{open}/.config"), 0o755);
            machine.directory(ALICE, &format!("{open}/work"), 0o755);
            let pin = machine.file(BOB, &format!("{open}/{name}"), text);
            let work = format!("{open}/work");
            let (file, owner) = (pin.to_str().unwrap(), "belongs to user 4002");
            let first = machine.go(&work, &["version"]).exits(0, &["ignoring", file, owner]);
            assert!(first.stdout.contains("go1.97.2"), "{first:?}");
            assert_eq!(machine.go(&work, &["version"]).stderr, "", "said within the last day");
            machine.gvmr(&work, &["current"]).exits(0, &["ignoring", file, owner]);
            assert_eq!(machine.version(&work), "go1.97.2");
            // A link of theirs, to a file of one's own.
            fs::rename(&pin, machine.path("pin")).unwrap();
            lchown(machine.path("pin"), Some(ALICE), None).unwrap();
            machine.link(BOB, &format!("{open}/{name}"), machine.path("pin"));
            assert_eq!(machine.version(&work), "go1.97.2");
            fs::remove_file(&pin).unwrap();
            // One's own counts there, and root's.
            for user in [ALICE, ROOT] {
                machine.file(user, &format!("{open}/{name}"), text);
                assert_eq!(machine.version(&work), "go1.98.1", "{name} {mode:o} {user}");
            }
        }
    }
}

#[test]
fn a_pin_of_another_user_installs_nothing() {
    let Some(mut machine) = Machine::of(ALICE) else { return };
    machine.world.set("GVMR_AUTO_INSTALL", "always");
    machine.directory(ROOT, "open", 0o1777);
    machine.directory(ALICE, "open/work", 0o755);
    machine.file(BOB, "open/.go-version", "1.96.3\n");
    machine.go("open/work", &["version"]).succeeds();
    machine.gvmr("open/work", &["install"]);
    assert_eq!(machine.world.installed(), ["go1.97.2", "go1.98.1"]);
}

#[test]
fn it_is_named_where_nothing_runs_and_where_a_version_is_installed_first() {
    let Some(mut machine) = Machine::of(ALICE) else { return };
    machine.directory(ROOT, "open", 0o1777);
    machine.directory(ALICE, "open/work", 0o755);
    let pin = machine.file(BOB, "open/.tool-versions", "golang 1.98.1\n");
    let named = ["ignoring", pin.to_str().unwrap(), "belongs to user 4002"];
    let notices = machine.world.home().join("notices");
    // Nothing can be decided.
    machine.file(ALICE, "open/work/.go-version", "nonsense\n");
    machine.go("open/work", &["version"]).exits(127, &named);
    machine.gvmr("open/work", &["current"]).exits(2, &named);
    machine.gvmr("open/work", &["install"]).exits(2, &named);
    // A version is missing, with and without one who installs it.
    machine.file(ALICE, "open/work/.go-version", "1.96.3\n");
    machine.world.set("GVMR_AUTO_INSTALL", "never");
    machine.go("open/work", &["version"]).exits(127, &named);
    fs::remove_dir_all(&notices).unwrap();
    machine.gvmr("user", &["uninstall", "1.98.1"]).succeeds();
    machine.file(ALICE, "open/work/.go-version", "1.98.1\n");
    machine.world.set("GVMR_AUTO_INSTALL", "always");
    machine.go("open/work", &["version"]).exits(0, &named);
    assert_eq!(machine.go("open/work", &["version"]).stderr, "", "said within the last day");
    assert_eq!(machine.world.installed(), ["go1.97.2", "go1.98.1"]);
}

#[test]
fn a_pin_of_another_user_counts_where_nobody_else_can_write() {
    let Some(machine) = Machine::of(ALICE) else { return };
    for (number, (name, text)) in PINS.into_iter().enumerate() {
        for (mode, group) in [(0o755, BOB), (0o775, ALICE)] {
            let theirs = format!("theirs{number}{mode:o}");
            chown(machine.directory(BOB, &theirs, mode), Some(BOB), Some(group)).unwrap();
            machine.directory(BOB, &format!("{theirs}/.config"), 0o755);
            machine.file(BOB, &format!("{theirs}/{name}"), text);
            assert_eq!(machine.version(&theirs), "go1.98.1", "{name} {mode:o}");
            assert_eq!(machine.go(&theirs, &["version"]).stderr, "");
        }
    }
}

#[test]
fn a_module_counts_whoever_owns_it() {
    let Some(machine) = Machine::of(ALICE) else { return };
    machine.directory(ROOT, "open", 0o1777);
    machine.directory(ALICE, "open/work", 0o755);
    for (name, text) in [("go.mod", "module m\n\ngo 1.98.1\n"), ("go.work", "go 1.98.1\n")] {
        let file = machine.file(BOB, &format!("open/{name}"), text);
        assert_eq!(machine.version("open/work"), "go1.98.1", "{name}");
        fs::remove_file(file).unwrap();
    }
}

#[test]
fn root_heeds_the_pins_of_the_user_who_called_sudo() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    machine.directory(ROOT, "open", 0o1777);
    machine.directory(ALICE, "open/work", 0o755);
    machine.file(ALICE, "open/.go-version", "1.98.1\n");
    assert_eq!(machine.version("open/work"), "go1.97.2");
    machine.world.set("SUDO_UID", &ALICE.to_string());
    assert_eq!(machine.version("open/work"), "go1.98.1");
    machine.world.set("SUDO_UID", &BOB.to_string());
    assert_eq!(machine.version("open/work"), "go1.97.2");
}

#[test]
fn a_project_file_of_another_user_counts_once_it_is_trusted_by_name() {
    const RULES: &str = "go = \"1.98.1\"\n";
    // A container's root in a checkout of the host's user, and the user ids that shared folders show.
    for (user, owner) in [(ROOT, 1000), (ALICE, 501), (ALICE, 999)] {
        let Some(machine) = Machine::of(user) else { return };
        machine.directory(owner, "checkout", 0o755);
        let file = machine.file(owner, "checkout/gvmr.toml", RULES);
        let (belongs, next) = (format!("belongs to user {owner}"), format!("gvmr trust {}", file.display()));
        assert_eq!(machine.version("checkout"), "go1.97.2");
        let path = file.to_str().unwrap();
        machine.gvmr("checkout", &["trust"]).exits(7, &[path, &belongs, "gvmr trust FILE"]);
        assert!(machine.gvmr("checkout", &["current"]).stderr.contains(&next));
        machine.gvmr("checkout", &["trust", path]).succeeds();
        assert_eq!(machine.version("checkout"), "go1.98.1");
        assert!(machine.gvmr("user", &["trust", "--list"]).succeeds().starts_with("in force"));
        // Bound to the owner and to the content.
        lchown(&file, Some(BOB), None).unwrap();
        assert_eq!(machine.version("checkout"), "go1.97.2");
        assert!(machine.gvmr("user", &["trust", "--list"]).succeeds().starts_with("other owner"));
        lchown(&file, Some(owner), None).unwrap();
        assert_eq!(machine.version("checkout"), "go1.98.1");
        machine.file(owner, "checkout/gvmr.toml", "go = \"1.97.2\"\n# changed\n");
        assert_eq!(machine.version("checkout"), "go1.97.2");
        machine.file(owner, "checkout/gvmr.toml", RULES);
        machine.gvmr("checkout", &["trust", "--revoke"]).succeeds();
        assert_eq!(machine.version("checkout"), "go1.97.2");
    }
}

#[test]
fn root_works_in_a_bind_mounted_checkout_of_the_hosts_user() {
    let Some(machine) = Machine::of(ROOT) else { return };
    machine.directory(1000, "host/p/.git", 0o755);
    machine.directory(1000, "host/p", 0o755);
    machine.file(1000, "host/p/.go-version", "1.98.1\n");
    machine.directory(ROOT, "workspace", 0o755);
    let shim = machine.world.home().join("shims/go");
    let script = "mount --bind \"$1/host\" \"$1/workspace\" && cd \"$1/workspace/p\" && \"$2\" version && \
                  \"$3\" use 1.97.2 && \"$2\" version && stat -c '%u %n' .go-version";
    let mut enter = machine.world.command(std::path::Path::new("/usr/bin/unshare"), &machine.path("user"));
    enter.args(["--mount", "sh", "-c", script, "sh"]).arg(machine.path("")).arg(shim);
    let run = Run::of(enter.arg(crate::support::world::gvmr()));
    let said = run.succeeds();
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].contains("go1.98.1") && lines[1].contains("go1.97.2"), "{said}");
    assert_eq!(lines[2], "1000 .go-version");
}

#[test]
fn nobody_is_told_to_review_another_users_fifo() {
    let Some(machine) = Machine::of(ALICE) else { return };
    machine.directory(BOB, "theirs", 0o755);
    let file = machine.path("theirs/gvmr.toml");
    Run::of(Command::new("mkfifo").arg(&file)).succeeds();
    chown(&file, Some(BOB), None).unwrap();
    let why = ["belongs to user 4002 and is a FIFO; it must be a regular file"];
    let current = machine.gvmr("theirs", &["current"]).exits(0, &why);
    assert!(!current.stderr.contains("gvmr trust"), "{current:?}");
    for words in [&["trust"][..], &["trust", "gvmr.toml"]] {
        let trust = machine.gvmr("theirs", words).exits(2, &["is a FIFO", "regular file"]);
        assert!(!trust.stderr.contains("review"), "{trust:?}");
    }
}
