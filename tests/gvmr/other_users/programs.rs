//! Programs that gvmr starts by their name: never what the working directory, or for root another user, put on `PATH`.

use super::{ALICE, BOB, Machine, ROOT};
use crate::support::world::{Run, gvmr};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;

const PROGRAMS: [&str; 14] = [
    "crontab",
    "systemctl",
    "sudo",
    "visudo",
    "sh",
    "bash",
    "dash",
    "zsh",
    "git",
    "dbus-launch",
    "unshare",
    "printenv",
    "go",
    "gofmt",
];

/// Puts programs of every name that gvmr might start into a directory; each leaves a mark.
fn plant(machine: &Machine, user: u32, directory: &str) {
    machine.directory(user, directory, 0o755);
    let mark = machine.file(user, "ran", "");
    fs::set_permissions(&mark, Permissions::from_mode(0o666)).unwrap();
    for name in PROGRAMS {
        let text = format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\n", mark.display());
        let file = machine.file(user, &format!("{directory}/{name}"), &text);
        fs::set_permissions(file, Permissions::from_mode(0o755)).unwrap();
    }
}

/// `gvmr WORDS…` there, on a machine that seems to run a systemd for this user.
fn with_service_manager(machine: &Machine, directory: &str, words: &[&str]) -> Run {
    let user = machine.owner;
    let mut enter = machine.world.command(Path::new("/usr/bin/unshare"), &machine.path(directory));
    enter.args(["--mount", "/bin/sh", "-c"]);
    enter.arg(
        "/usr/bin/mount -t tmpfs none /run/user 2>/dev/null || { /usr/bin/mount -t tmpfs none /run && \
         /usr/bin/mkdir /run/user; } || exit 99; /usr/bin/mkdir -p \"/run/user/$0/systemd/private\" && \
         exec /usr/bin/setpriv --reuid=\"$0\" --regid=\"$0\" --clear-groups \"$@\"",
    );
    let run = Run::of(enter.arg(user.to_string()).arg(gvmr()).args(words));
    assert!(run.code != Some(99), "no machine of one's own can be made here: {run:#?}");
    run
}

#[track_caller]
fn none_ran(machine: &Machine, words: &[&str]) {
    let ran = fs::read_to_string(machine.path("ran")).unwrap_or_default();
    assert!(ran.is_empty(), "gvmr {words:?} ran {ran}");
}

const COMMANDS: [&[&str]; 9] = [
    &["setup", "--dry-run"],
    &["setup", "--dry-run", "--cron"],
    &["setup", "--yes"],
    &["setup", "--undo", "--yes"],
    &["current", "--why"],
    &["env", "--why"],
    &["import", "--dry-run"],
    &["install"],
    &["host", "1.98.1"],
];

#[test]
fn nothing_in_the_working_directory_runs() {
    let Some(mut machine) = Machine::of(ALICE) else { return };
    plant(&machine, ALICE, "user/p");
    for path in [".", "", ":/usr/bin:/bin", ".:/usr/bin:/bin", "/usr/bin::/bin", "/usr/bin:/bin:", "p:../p"] {
        machine.world.set("PATH", path);
        for words in COMMANDS {
            with_service_manager(&machine, "user/p", words);
            none_ran(&machine, words);
        }
        machine.go("user/p", &["version"]).succeeds();
        none_ran(&machine, &["go"]);
    }
}

#[test]
fn root_runs_nothing_that_another_user_put_on_its_path() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    plant(&machine, BOB, "bob");
    plant(&machine, ROOT, "open");
    fs::set_permissions(machine.path("open"), Permissions::from_mode(0o777)).unwrap();
    machine.link(ROOT, "linked", "bob");
    machine.world.set("SHELL", machine.path("bob/bash").to_str().unwrap());
    for directory in ["bob", "open", "linked"] {
        machine.world.set("PATH", &format!("{}:/usr/bin:/bin", machine.path(directory).display()));
        for words in COMMANDS.into_iter().chain([&["setup", "--system", "--dry-run"][..]]) {
            with_service_manager(&machine, "user", words);
            none_ran(&machine, words);
        }
    }
    // Neither where nothing else is asked for.
    machine.gvmr("user", &["uninstall", "--force", "1.97.2", "1.98.1"]).succeeds();
    let before = machine.go("user", &["version"]);
    none_ran(&machine, &["go"]);
    assert!(!before.stdout.contains("bob"), "{before:?}");
}

#[test]
fn a_user_runs_what_their_own_path_has() {
    let Some(mut machine) = Machine::of(ALICE) else { return };
    plant(&machine, ALICE, "user/bin");
    machine.world.set("PATH", &format!("{}:/usr/bin:/bin", machine.path("user/bin").display()));
    machine.gvmr("user", &["setup", "--yes", "--cron"]);
    assert!(machine.text("ran").contains("user/bin/crontab -l"), "{}", machine.text("ran"));
    let mut command = machine.world.command(gvmr(), &machine.path("user"));
    let run =
        Run::of(command.args(["setup", "--yes", "--cron"]).env("PATH", "/nonexistent").uid(ALICE).gid(ALICE));
    run.exits(8, &["PATH has no crontab", "install cron"]);
}

#[test]
fn root_is_told_why_another_users_go_does_not_run() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    plant(&machine, BOB, "tools");
    let tools = machine.path("tools").canonicalize().unwrap();
    machine.world.set("PATH", &format!("{}:/nonexistent", tools.display()));
    let go = tools.join("go").display().to_string();
    let why = [&go, "does not count for root, since another user can change its directory"];
    machine.world.set("GVMR_VERSION", "system");
    machine.go("user", &["version"]).exits(127, &why);
    machine.gvmr("user", &["current"]).exits(127, &why);
    machine.world.set("GVMR_VERSION", "");
    machine.gvmr("user", &["use", "system"]).exits(0, &why);
    fs::remove_file(machine.path("user/.go-version")).unwrap();
    machine.gvmr("user", &["uninstall", "--force", "1.97.2", "1.98.1"]).succeeds();
    machine.go("user", &["version"]).exits(127, &why);
    machine.gvmr("user", &["current"]).exits(127, &why);
    none_ran(&machine, &["current"]);
    machine.world.set("PATH", "/nonexistent");
    machine.go("user", &["version"]).exits(127, &["PATH has no go"]);
}
