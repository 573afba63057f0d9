//! A home that root keeps for all: whose default counts when another user calls.

use crate::support::{World, failed, ran, skip};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const USER: u32 = 65534;
const STRANGER: u32 = 65533;

/// A shared home whose default is 1.22.1, and a user with files; `None` where this process is not root.
fn world() -> Option<World> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        skip("only root can be several users");
        return None;
    }
    let world = World::new();
    world.installed(&["1.22.1", "1.23.1"]).file("home/default", "1.22.1\n").file("home/shared", "shared\n");
    fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap();
    own_default(&world, "user/.config", "1.23.1\n", USER);
    Some(world)
}

fn own_default(world: &World, config: &str, text: &str, owner: u32) {
    world.file(&format!("{config}/gvmr/default"), text);
    chown(world.path(&format!("{config}/gvmr/default")), Some(owner), None).unwrap();
}

/// The shim as the user calls it, from a home directory of that user.
fn go(world: &World) -> Command {
    let mut command = world.command("go");
    command.env("HOME", world.path("user")).uid(USER).gid(USER);
    command
}

fn chosen(command: &mut Command) -> String {
    ran(command).one("toolchain")
}

#[test]
fn a_users_own_default_counts_before_the_homes() {
    let Some(world) = world() else { return };
    assert_eq!(chosen(&mut go(&world)), "1.23.1");
    assert_eq!(chosen(go(&world).env_remove("HOME")), "1.22.1");
    assert_eq!(chosen(go(&world).env("HOME", "user")), "1.22.1");
    assert_eq!(chosen(go(&world).env("XDG_CONFIG_HOME", world.path("empty"))), "1.22.1");
    assert_eq!(
        chosen(go(&world).env("HOME", "/x").env("XDG_CONFIG_HOME", world.path("user/.config"))),
        "1.23.1"
    );
    // A relative one would be the project's to supply.
    world.file("project/gvmr/default", "1.23.1\n");
    let relative = |home: &Path| chosen(go(&world).env("XDG_CONFIG_HOME", ".").env("HOME", home));
    assert_eq!(
        (relative(Path::new("/x")), relative(&world.path("user"))),
        ("1.22.1".into(), "1.23.1".into())
    );
    // What a directory asks for goes before it.
    world.file("project/.go-version", "1.22.1\n");
    assert_eq!(chosen(&mut go(&world)), "1.22.1");
}

#[test]
fn a_home_of_ones_own_has_one_default() {
    let Some(world) = world() else { return };
    // Root keeps this one, so its word is the home's; where nothing is shared there is no other either.
    assert_eq!(chosen(world.command("go").env("HOME", world.path("user"))), "1.22.1");
    fs::remove_file(world.path("home/shared")).unwrap();
    assert_eq!(chosen(&mut go(&world)), "1.22.1");
}

#[test]
fn files_of_other_users_are_ignored_whatever_they_are() {
    let Some(world) = world() else { return };
    let of = |config: &str| chosen(go(&world).env("XDG_CONFIG_HOME", world.path(config)));
    own_default(&world, "planted", "1.23.1\n", STRANGER);
    own_default(&world, "nonsense", "nonsense\n", STRANGER);
    world.directory("fifo/gvmr").directory("directory/gvmr/default");
    assert!(Command::new("mkfifo").arg(world.path("fifo/gvmr/default")).status().unwrap().success());
    for place in ["fifo", "directory"] {
        chown(world.path(place).join("gvmr/default"), Some(STRANGER), None).unwrap();
    }
    for place in ["planted", "nonsense", "fifo", "directory"] {
        assert_eq!(of(place), "1.22.1", "{place}");
    }
    own_default(&world, "roots", "1.23.1\n", 0);
    assert_eq!(of("roots"), "1.23.1");
    // One's own mistake is told and named, as in every other pin.
    own_default(&world, "mine", "nonsense\n", USER);
    let said = failed(go(&world).env("XDG_CONFIG_HOME", world.path("mine")), 127);
    assert!(said.contains("mine/gvmr/default:1") && said.contains("not a Go version"), "{said}");
}

#[test]
fn borrowed_rights_hide_a_users_own_default() {
    let Some(world) = world() else { return };
    if !fs::read_to_string("/proc/self/status").unwrap().contains("NoNewPrivs:\t0") {
        return skip("nothing can borrow rights here");
    }
    let with = |effective: u32| {
        let mut command = Command::new("/usr/bin/setpriv");
        command.args([format!("--ruid={USER}"), format!("--euid={effective}"), "--clear-groups".to_owned()]);
        command.arg(world.path("home/shims/go")).env_clear().current_dir(world.path("project"));
        chosen(command.env("XDG_CONFIG_HOME", world.path("user/.config")).env("PATH", world.path("empty")))
    };
    assert_eq!((with(USER), with(STRANGER)), ("1.23.1".into(), "1.22.1".into()));
}

#[test]
fn a_missing_version_names_who_can_install_it() {
    let Some(world) = world() else { return };
    world.file("project/.go-version", "1.24.1\n");
    let said = failed(&mut go(&world), 127);
    let sudo = format!("run: sudo {} install 1.24.1 (for all users)", world.path("home/bin/gvmr").display());
    assert!(said.contains(&sudo) && said.contains("(for you alone)"), "{said}");
    let said = failed(&mut world.command("go"), 127);
    assert!(said.contains("run: gvmr install 1.24.1\n"), "{said}");
}
