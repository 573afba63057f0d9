//! Homes that others own, or can write to.

use super::{ALICE, BOB, Machine, ROOT};
use crate::support::share::{Loses, Share};
use crate::support::skip;
use crate::support::world::{Run, gvmr};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

/// `gvmr WORDS…` of root on a machine whose `/etc/passwd` holds root and this line.
fn as_root_with(machine: &Machine, line: &str, words: &[&str]) -> Run {
    let passwd = machine.file(ROOT, "passwd", &format!("root:x:0:0:root:/root:/bin/sh\n{line}"));
    let mut enter = machine.world.command(Path::new("/usr/bin/unshare"), &machine.path(""));
    enter.args(["--mount", "sh", "-c", "mount --bind \"$0\" /etc/passwd && exec \"$@\""]);
    Run::of(enter.arg(passwd).arg(gvmr()).args(words))
}

#[test]
fn root_is_refused_a_home_in_a_users_own_and_nowhere_else() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    let home = machine.directory(BOB, "github/home", 0o755);
    machine.world.set("HOME", home.to_str().unwrap());
    let of_bob = |place: &Path| format!("bob:x:{BOB}:{BOB}::{}:/bin/sh\n", place.display());
    for words in [&["install", "1.98.1"][..], &["use", "--global", "1.22"]] {
        as_root_with(&machine, &of_bob(&home), words).exits(8, &["belongs to user 4002", "as that user"]);
    }
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
    // Neither where the directories are there already, nor below one of them.
    let data = machine.directory(BOB, "github/home/.local/share", 0o755);
    chown(data.parent().unwrap(), Some(BOB), Some(BOB)).unwrap();
    as_root_with(&machine, &of_bob(&home), &["install", "1.98.1"]).exits(8, &["belongs to user 4002"]);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    fs::remove_dir_all(data.parent().unwrap()).unwrap();
    // As in a container's job: the user has another home, or is no user at all.
    for line in [of_bob(Path::new("/home/runner")), String::new()] {
        as_root_with(&machine, &line, &["install", "1.98.1"]).succeeds();
        let made = home.join(".local/share/gvmr");
        assert_eq!(fs::metadata(made.join("versions/go1.98.1")).unwrap().uid(), 0);
        for words in [&["list"][..], &["verify"], &["use", "--global", "1.98"], &["prune", "--yes"]] {
            as_root_with(&machine, &line, words).exits(0, &[]);
        }
        as_root_with(&machine, &line, &["setup", "--yes"]).exits(0, &[]);
        assert!(fs::read_to_string(home.join(".profile")).unwrap().contains("gvmr"));
        as_root_with(&machine, &line, &["setup", "--undo", "--yes"]).exits(0, &[]);
        fs::remove_dir_all(home.join(".local")).unwrap();
    }
}

#[test]
fn a_home_that_others_can_write_to_is_refused_by_commands_that_write() {
    let Some(machine) = Machine::of(ALICE) else { return };
    let home = machine.world.home();
    for (directory, mode) in
        [(home.clone(), 0o777), (home.join("versions"), 0o1777), (home.join("shims"), 0o757)]
    {
        let before = fs::metadata(&directory).unwrap().permissions();
        fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
        let hint = format!("chmod go-w {}", directory.display());
        for words in [&["install", "1.98.1"][..], &["uninstall", "1.98.1"], &["use", "--global", "1.98"]] {
            machine.gvmr("user", words).exits(7, &["writable by all users", &hint]);
        }
        machine.gvmr("user", &["list"]).exits(0, &[]);
        machine.go("user", &["version"]).exits(0, &[]);
        fs::set_permissions(&directory, before).unwrap();
    }
    // A group of others is as bad; one's own and root's are fine, as is the umask that comes with them.
    for (group, code) in [(BOB, 7), (ALICE, 0), (0, 0)] {
        chown(&home, None, Some(group)).unwrap();
        fs::set_permissions(&home, Permissions::from_mode(0o2775)).unwrap();
        machine.gvmr("user", &["use", "--global", "1.98"]).exits(code, &[]);
    }
}

#[test]
fn a_container_may_give_each_run_another_user_of_roots_group() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    let home = machine.directory(ROOT, "app", 0o775);
    machine.world.set("HOME", home.to_str().unwrap());
    machine.gvmr("app", &["install", "1.97.2"]).succeeds();
    // What an image does for OpenShift.
    Run::of(std::process::Command::new("chmod").args(["-R", "g=u"]).arg(&home)).succeeds();
    let mut umask = 0o002;
    for user in [1_000_660_000, 1_000_670_000] {
        let run = |words: &[&str]| {
            let mut command = machine.world.command(Path::new("/bin/sh"), &home);
            command.args(["-c", "umask $0; exec \"$@\"", &format!("{umask:o}")]).arg(gvmr()).args(words);
            Run::of(command.uid(user).gid(0))
        };
        run(&["install", "1.98.1"]).succeeds();
        run(&["use", "--global", "1.98.1"]).succeeds();
        run(&["use", "1.97.2"]).succeeds();
        let says = Run::of(
            machine
                .world
                .command(&home.join(".local/share/gvmr/shims/go"), &home)
                .arg("version")
                .uid(user)
                .gid(0),
        );
        assert!(says.succeeds().contains("go1.97.2"));
        run(&["uninstall", "--force", "1.98.1"]).succeeds();
        fs::remove_file(home.join(".go-version")).unwrap();
        Run::of(std::process::Command::new("chmod").args(["-R", "g=u"]).arg(&home)).succeeds();
        umask = 0o007;
    }
}

#[test]
fn root_edits_no_file_of_another_user_in_its_own_home() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    let home = machine.directory(ROOT, "root", 0o700);
    machine.world.set("HOME", home.to_str().unwrap());
    for user in [BOB, ROOT] {
        machine.file(user, "root/.bashrc", "# mine\n");
    }
    machine.gvmr("root", &["setup", "--yes"]).exits(0, &[]);
    assert!(machine.text("root/.bashrc").contains("gvmr"));
    machine.gvmr("root", &["setup", "--undo", "--yes"]).exits(0, &[]);
    machine.file(BOB, "root/.bashrc", "# mine\n");
    let run = machine.gvmr("root", &["setup", "--yes"]);
    assert!(run.stderr.contains(".bashrc belongs to user 4002"), "{run:#?}");
    assert_eq!(machine.text("root/.bashrc"), "# mine\n");
}

#[test]
fn a_root_that_kept_a_users_home_leaves_nothing_of_its_own_there() {
    let Some(mut machine) = Machine::of(ALICE) else { return };
    machine.directory(ALICE, "user/p", 0o755);
    machine.file(ALICE, "user/p/go.mod", "module m\n\ngo 1.97\n");
    machine.file(ALICE, "user/p/gvmr.toml", "[env]\nGOFLAGS = \"-v\"\n");
    let before = listed(&machine);
    // As sudo does that keeps HOME.
    machine.world.set("SUDO_UID", &ALICE.to_string());
    machine.owner = ROOT;
    assert!(machine.go("user/p", &["version"]).succeeds().contains("go1.97.2"));
    for words in [
        &["current", "--why"][..],
        &["list"],
        &["which"],
        &["env", "--why"],
        &["env"],
        &["exec", "1.98.1", "--", "go", "version"],
        &["each", "1.98.1", "--", "go", "version"],
        &["host", "1.98.1"],
        &["ls-remote"],
        &["outdated"],
        &["verify"],
        &["install", "1.98.1"],
        &["uninstall", "1.98.1"],
        &["use", "--global", "1.98.1"],
        &["use", "1.98.1"],
        &["trust", "."],
        &["auth", "list"],
        &["prune", "--yes"],
        &["upgrade"],
        &["setup", "--yes"],
        &["setup", "--undo", "--yes"],
        &["import", "--dry-run"],
    ] {
        machine.gvmr("user/p", words);
    }
    assert_eq!(listed(&machine), before);
    machine.gvmr("user/p", &["install", "1.98.1"]).exits(8, &["belongs to user 4001", "as that user"]);
}

/// Path, owner and size of everything in the user's home.
fn listed(machine: &Machine) -> Vec<String> {
    let mut find = std::process::Command::new("/usr/bin/find");
    let found = Run::of(find.arg(machine.path("user")).args(["-printf", "%p %u %s\n"])).succeeds();
    let mut lines: Vec<_> = found.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_home_on_a_shared_folder_that_everyone_can_write_to_is_warned_of_and_works() {
    let Some(mut machine) = Machine::of(ROOT) else { return };
    let Some(share) = Share::mount(Loses { modes: Some(0o777), ..Loses::default() }) else {
        return skip("there is no /dev/fuse, or mounting needs root");
    };
    let home = share.path().join("home");
    machine.world.set("GVMR_HOME", home.to_str().unwrap());
    let warning = ["everyone can write to", "keeps no modes", "GVMR_HOME"];
    machine.gvmr("user", &["install", "1.98.1"]).exits(0, &warning);
    machine.gvmr("user", &["use", "--global", "1.98"]).exits(0, &warning);
    let go = machine.world.command(&home.join("shims/go"), &machine.path("user"));
    assert!(super::run(ROOT, go, &["version"]).succeeds().contains("go1.98.1"));
    machine.gvmr("user", &["uninstall", "--force", "1.98.1"]).exits(0, &warning);
}

#[test]
fn what_changes_nothing_works_in_a_home_that_cannot_be_written() {
    let Some(machine) = Machine::of(ROOT) else { return };
    let home = machine.world.home();
    // Another user's, which is open to readers.
    for directory in
        ["user/.local", "user/.local/share", "user/.local/share/gvmr", "user/.local/share/gvmr/versions"]
    {
        fs::set_permissions(machine.path(directory), Permissions::from_mode(0o755)).unwrap();
    }
    let mut alice = machine.world.command(gvmr(), &machine.path(""));
    Run::of(alice.uid(ALICE).gid(ALICE).env("GVMR_HOME", &home).args(["verify", "1.98.1"])).exits(0, &[]);
    // A read-only one.
    let mut frozen = machine.world.command(Path::new("/usr/bin/unshare"), &machine.path("user"));
    let freeze = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && exec \"$@\"";
    frozen.args(["--mount", "sh", "-c", freeze]).arg(&home).arg(gvmr());
    Run::of(frozen.args(["install", "1.98.1"])).exits(0, &["already installed"]);
}

#[test]
fn verify_names_what_of_a_tree_another_user_can_change() {
    let Some(machine) = Machine::of(ALICE) else { return };
    let goroot = machine.world.goroot("1.98.1");
    let verify = |code, words: &[&str]| machine.gvmr("user", &["verify", "1.98.1"]).exits(code, words);
    let found = "go1.98.1: other users can change it";
    let next = "gvmr uninstall --force go1.98.1 && gvmr install go1.98.1";
    verify(0, &[]);
    chown(goroot.join("bin/go"), Some(BOB), None).unwrap();
    let said = verify(1, &[found, next]).stdout;
    assert!(
        said.contains("go1.98.1\tEXPOSED\t") && said.contains("  belongs to user 4002\tbin/go\n"),
        "{said}"
    );
    let json = machine.gvmr("user", &["verify", "1.98.1", "--json"]).json();
    assert_eq!(json[0]["verdict"], "exposed");
    assert_eq!(json[0]["exposed"][0], serde_json::json!({"file": "bin/go", "why": "belongs to user 4002"}));
    chown(goroot.join("bin/go"), Some(0), None).unwrap();
    verify(0, &[]); // root's is as good as one's own
    fs::set_permissions(&goroot, Permissions::from_mode(0o777)).unwrap();
    assert!(verify(1, &[found]).stdout.contains("  is writable by all users\t.\n"));
    fs::set_permissions(&goroot, Permissions::from_mode(0o775)).unwrap();
    verify(0, &[]); // by a group of the owner's number, which no one else is known to be in
    chown(&goroot, None, Some(BOB)).unwrap();
    assert!(verify(1, &[found]).stdout.contains("  is writable by group 4002\t.\n"));
    chown(&goroot, None, Some(0)).unwrap();
    // A file in it, with the same content, and a directory above it.
    let version = goroot.join("VERSION");
    fs::set_permissions(&version, Permissions::from_mode(0o646)).unwrap();
    assert!(verify(1, &[found]).stdout.contains("  is writable by all users\tVERSION\n"));
    fs::set_permissions(&version, Permissions::from_mode(0o644)).unwrap();
    let versions = machine.world.home().join("versions");
    fs::set_permissions(&versions, Permissions::from_mode(0o1777)).unwrap();
    let named = format!("  is writable by all users\t{}\n", versions.display());
    assert!(verify(1, &[found]).stdout.contains(&named));
    fs::set_permissions(&versions, Permissions::from_mode(0o755)).unwrap();
    verify(0, &[]);
    // What has other content is worse.
    fs::write(goroot.join("VERSION"), "other").unwrap();
    verify(5, &["does not match the checksum database"]);
}
