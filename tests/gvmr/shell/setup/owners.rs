//! Whose home it is: other users' homes and files, seen by root and by those whose files became root's.

use super::{everything, go_in_bash, setup, setup_without_rights, user, write};
use crate::support;
use crate::support::world::{Run, gvmr};
use gvmr::error::Error;
use gvmr::shell::AccountError;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;

/// Gives what is at `path` to another user, who alone may read it.
fn give_away(path: &Path) {
    chown(path, Some(1000), Some(1000)).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        support::skip("only root gives files to other users");
    }
    is_root
}

#[test]
fn root_edits_nothing_in_the_home_of_the_user_who_called_sudo() {
    if !is_root() {
        return;
    }
    let mut world = user();
    world.set("SUDO_UID", "1000");
    let home = world.path("user");
    chown(&home, Some(1000), Some(1000)).unwrap();
    let before = everything(&home);
    for arguments in [&["--yes"][..], &["--undo", "--yes"], &["--dry-run"]] {
        setup(&world, arguments).exits(2, &["belongs to user 1000", "without sudo", "--system"]);
    }
    assert_eq!(everything(&home), before);
    assert!(!world.path("user/.local").exists());
}

#[test]
fn who_has_somebody_elses_home_is_told_their_own() {
    if !is_root() {
        return;
    }
    let world = user();
    let home = world.path("user");
    chown(&home, Some(1000), Some(1000)).unwrap();
    // The user `daemon`, who still reaches what this process does.
    let mut command = world.command(Path::new("unshare"), Path::new("/"));
    command.args(["--user", "--map-user=1"]);
    let mut probe = world.command(Path::new("unshare"), Path::new("/"));
    if !probe.args(["--user", "--map-user=1", "true"]).status().is_ok_and(|status| status.success()) {
        return support::skip("no user namespaces here");
    }
    let run = Run::of(command.arg(gvmr()).args(["setup", "--yes"]));
    run.exits(2, &["but gvmr runs as user 1", "next: run `export HOME=/"]);
}

#[test]
fn a_home_that_root_took_is_to_be_given_back() {
    let home = Path::new("/home/u");
    let ours = |passwd: Option<&Path>| AccountError::NotOurs {
        home: home.to_owned(),
        owner: 0,
        uid: 1000,
        passwd: passwd.map(Path::to_owned),
    };
    let hint = |passwd| Error::from(ours(passwd)).hint.unwrap();
    assert_eq!(hint(Some(home)), "as root, run `chown 1000 /home/u`");
    assert_eq!(hint(Some(Path::new("/home/v"))), "run `export HOME=/home/v`");
    assert_eq!(hint(None), "set HOME to your home directory");
}

#[test]
fn files_that_cannot_be_read_are_moved_aside_with_repair_alone() {
    if !is_root() {
        return;
    }
    if !["/bin/zsh", "/usr/bin/zsh"].iter().any(|zsh| Path::new(zsh).exists()) {
        return support::skip("zsh is not installed, so nothing needs its files");
    }
    let world = user();
    let home = world.path("user");
    write(&home, ".bash_profile", ". ~/.bashrc\n");
    let theirs = [".bash_profile", ".bashrc", ".zshrc"];
    for name in theirs {
        give_away(&home.join(name));
    }
    let before = everything(&home);
    let shown = setup_without_rights(&world, &["--repair", "--dry-run"]);
    assert!(shown.code == Some(0) && shown.stderr.contains("would move"), "{shown:#?}");
    assert_eq!(everything(&home), before);

    setup_without_rights(&world, &["--yes"])
        .exits(8, &[".bash_profile cannot be read", "sudo chown", "--repair"]);
    let json = setup_without_rights(&world, &["--repair", "--yes", "--json"]).json();
    assert_eq!(json["moved_aside"].as_array().unwrap().len(), 3, "{json}");
    let names = everything(&home);
    let aside = |name: &str| {
        let start = format!("{name}.unreadable-");
        let mut names =
            names.iter().filter(|(path, _)| path.file_name().unwrap().to_str().unwrap().starts_with(&start));
        names.next().map(|(path, found)| (path.clone(), found.clone()))
    };
    for name in theirs {
        let (path, found) = aside(name).unwrap_or_else(|| panic!("{name} is not aside: {:?}", names.keys()));
        assert_eq!(found, before[&home.join(name)], "{name}");
        assert_eq!(fs::metadata(path).unwrap().uid(), 1000);
    }
    assert!(!home.join(".bash_profile").exists(), "it would hide .profile, and nothing needs it");
    if let Ok(model) = fs::read("/etc/skel/.bashrc") {
        let bashrc = fs::read(home.join(".bashrc")).unwrap();
        assert!(bashrc.windows(model.len()).any(|window| window == model));
    }
    assert_eq!(go_in_bash(&world), world.home().join("shims/go").display().to_string());
}
