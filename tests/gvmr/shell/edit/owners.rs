//! Whose files they are: edited as their owner, as root, as somebody else.

use super::child::{STRANGER, answer_as};
use super::{BLOCK, LINE, block, make, mode, names, set_mode, temporary, text, undo};
use crate::support::skip;
use gvmr::shell::{BlockPosition, EditError};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A home of the stranger's, in a directory of root's that everyone may enter.
fn home() -> Option<(TempDir, PathBuf)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let place = temporary();
    set_mode(place.path(), 0o755);
    let home = fs::canonicalize(place.path()).unwrap().join("home");
    fs::create_dir(&home).unwrap();
    give(&home, STRANGER);
    answer_as(STRANGER, "undo", &home.join("none"))?;
    Some((place, home))
}

fn give(path: &Path, uid: u32) {
    std::os::unix::fs::lchown(path, Some(uid), Some(uid)).unwrap();
}

fn owner(path: &Path) -> (u32, u32) {
    let found = fs::symlink_metadata(path).unwrap();
    (found.uid(), found.gid())
}

/// The answer of the stranger's edit.
fn said(task: &str, path: &Path) -> String {
    answer_as(STRANGER, task, path).unwrap()
}

const NO_ROOT: &str = "files of several users need root, and a temporary directory that others can reach";

#[test]
fn a_user_edits_their_own() {
    let Some((_place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bashrc");
    fs::write(&file, "a").unwrap();
    give(&file, STRANGER);
    set_mode(&file, 0o444);
    assert_eq!(said("setup", &file), "done");
    assert_eq!((owner(&file), mode(&file)), ((STRANGER, STRANGER), 0o444));
    assert_eq!(said("undo", &file), "done");
    assert_eq!((text(&file), names(&home)), ("a".to_owned(), vec![".bashrc".to_owned()]));
    set_mode(&file, 0o200);
    let error = said("setup", &file);
    assert!(error.starts_with("Unreadable") && error.contains("| run `chmod u+r "), "{error}");
}

#[test]
fn roots_readable_file_in_a_users_directory_becomes_the_users() {
    let Some((_place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    set_mode(&file, 0o4644);
    assert_eq!(said("setup", &file), "done");
    assert_eq!((owner(&file), mode(&file)), ((STRANGER, STRANGER), 0o644));
    assert_eq!(text(&file), format!("{BLOCK}a\n{BLOCK}"));
}

#[test]
fn roots_unreadable_file_waits_for_repair() {
    let Some((_place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bash_profile");
    fs::write(&file, "secret").unwrap();
    set_mode(&file, 0o600);
    let error = said("setup", &file);
    assert!(error.contains("owner: 0") && error.contains("belongs to user 0 and has mode 0600"), "{error}");
    assert!(error.contains("sudo chown \"$(id -un):\" ") && error.contains("setup --repair"), "{error}");
    assert!(said("undo", &file).starts_with("Unreadable"), "nobody knows");
    assert_eq!(said("aside", &file), "done");
    assert_eq!(names(&home), [".bash_profile.unreadable"]);
    assert_eq!(said("setup", &file), "done");
}

#[test]
fn another_users_file_is_left_alone() {
    let Some((place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    give(&file, STRANGER + 1);
    let error = said("setup", &file);
    assert!(
        error.starts_with("NotOurs") && error.contains(&format!("belongs to user {}", STRANGER + 1)),
        "{error}"
    );
    // A link to root's file elsewhere is an arrangement of somebody's.
    let theirs = place.path().join("shared.sh");
    fs::write(&theirs, "b\n").unwrap();
    symlink(&theirs, home.join(".profile")).unwrap();
    let error = said("setup", &home.join(".profile"));
    assert!(error.starts_with("Managed") && error.contains(LINE.trim_end()), "{error}");
    // What has no block needs no undo, whoever owns it.
    assert_eq!(said("undo", &file), "nothing to do");
    assert_eq!((text(&file), text(&theirs)), ("a\n".to_owned(), "b\n".to_owned()));
}

#[test]
fn a_directory_of_somebody_else_is_named_with_what_to_add() {
    let Some((place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    give(&file, STRANGER);
    give(&home, 0);
    for path in [&file, &home.join(".config/fish/config.fish")] {
        let error = said("setup", path);
        assert!(error.starts_with("DirectoryNotWritable") && error.contains("belongs to user 0"), "{error}");
        assert!(error.contains("add this at its top and at its end: if"), "{error}");
    }
    assert!(said("aside", &file).starts_with("NotOurs"));
    set_mode(&home, 0o700);
    assert!(said("setup", &file).starts_with("Io"), "not even a look");
    set_mode(&home, 0o755);
    assert_eq!(
        (text(&file), names(&home), names(place.path()).len()),
        ("a\n".to_owned(), vec![".bashrc".to_owned()], 1)
    );
}

#[test]
fn what_root_edits_stays_its_owners_and_what_root_makes_is_the_directorys_owners() {
    let Some((_place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    chown(&file, Some(STRANGER), Some(STRANGER + 1)).unwrap();
    set_mode(&file, 0o640);
    assert!(make(&block(&file, BlockPosition::Both)).unwrap());
    assert_eq!((owner(&file), mode(&file)), ((STRANGER, STRANGER + 1), 0o640));
    let new = home.join(".config/fish/config.fish");
    assert!(make(&block(&new, BlockPosition::Both)).unwrap());
    for path in [&new, &home.join(".config/fish"), &home.join(".config")] {
        assert_eq!(owner(path), (STRANGER, STRANGER), "{}", path.display());
    }
    assert!(undo(&block(&new, BlockPosition::Both)).unwrap());
    assert_eq!(names(&home), [".bashrc"]);
}

#[test]
fn root_follows_no_users_link_to_what_is_not_theirs() {
    let Some((place, home)) = home() else { return skip(NO_ROOT) };
    let precious = place.path().join("precious");
    fs::write(&precious, "a\n").unwrap();
    let link = home.join(".bashrc");
    symlink(&precious, &link).unwrap();
    give(&link, STRANGER);
    let error = block(&link, BlockPosition::Both).prepare().unwrap_err();
    assert!(matches!(error, EditError::NotOurs { owner: STRANGER, .. }), "{error:?}");
    give(&precious, STRANGER);
    assert!(make(&block(&link, BlockPosition::Both)).unwrap());
    assert_eq!(owner(&precious), (STRANGER, STRANGER));
}

#[test]
fn a_group_that_cannot_be_kept_leaves_its_rights_to_nobody() {
    let Some((_place, home)) = home() else { return skip(NO_ROOT) };
    let file = home.join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    chown(&file, Some(STRANGER), Some(STRANGER + 1)).unwrap();
    set_mode(&file, 0o664);
    assert_eq!(said("setup", &file), "done");
    assert_eq!((owner(&file), mode(&file)), ((STRANGER, STRANGER), 0o644));
}

#[test]
fn what_is_made_for_everyone_can_be_read_by_everyone_whatever_the_umask() {
    let Some((place, home)) = home() else { return skip(NO_ROOT) };
    let masked = |task: &str, path: &Path| {
        let under = ["sh", "-c", "umask 077; exec \"$@\"", "sh"];
        assert_eq!(super::child::answer(&mut super::child::command(&under, task, path)), "done");
    };
    let machine = place.path().join("etc/fish/config.fish");
    masked("setup", &machine);
    assert_eq!((mode(&machine), mode(&place.path().join("etc/fish"))), (0o644, 0o755));
    masked("whole", &place.path().join("profile.d/gvmr.sh"));
    assert_eq!(mode(&place.path().join("profile.d/gvmr.sh")), 0o644);
    masked("setup", &home.join(".config/fish/config.fish"));
    assert_eq!((mode(&home.join(".config/fish/config.fish")), mode(&home.join(".config"))), (0o600, 0o700));
}

#[test]
fn an_immutable_file_is_named() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    let opened = fs::File::open(&file).unwrap();
    let flags = |flags| rustix::fs::ioctl_setflags(&opened, flags).is_ok();
    if !flags(rustix::fs::IFlags::IMMUTABLE) {
        return skip("such a flag needs root and a file system with flags");
    }
    let error = block(&file, BlockPosition::End).prepare().unwrap_err();
    assert!(flags(rustix::fs::IFlags::empty()));
    assert!(matches!(error, EditError::Immutable { .. }), "{error:?}");
    assert!(error.hint().unwrap().starts_with("run `sudo chattr -i -a "));
}

/// An access control list that lets the stranger do `rights`, in the kernel's form.
fn access_list(rights: u16) -> Vec<u8> {
    let everyone = u32::MAX;
    let entries =
        [(1, 6, everyone), (2, rights, STRANGER), (4, 0, everyone), (0x10, 6, everyone), (0x20, 0, everyone)];
    let bytes = entries.iter().flat_map(|(tag, rights, id): &(u16, u16, u32)| {
        [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
    });
    2_u32.to_le_bytes().into_iter().chain(bytes).collect()
}

#[test]
fn an_access_list_stays_and_a_default_one_is_not_taken_over() {
    let home = temporary();
    let file = home.path().join(".bashrc");
    fs::write(&file, "a\n").unwrap();
    set_mode(&file, 0o600);
    let set = |path: &Path, which: &str, rights: u16| {
        let name = format!("system.posix_acl_{which}");
        rustix::fs::setxattr(path, name, &access_list(rights), rustix::fs::XattrFlags::empty())
    };
    let list = || {
        let mut value = [0; 256];
        let length = rustix::fs::getxattr(&file, "system.posix_acl_access", &mut value[..]).ok()?;
        Some(value[..length].to_vec())
    };
    if set(home.path(), "default", 6).is_err() {
        return skip("this file system has no access lists");
    }
    make(&block(&file, BlockPosition::End)).unwrap();
    assert_eq!((list(), mode(&file)), (None, 0o600), "one that the file never had");
    set(&file, "access", 4).unwrap();
    let before = (list().unwrap(), mode(&file));
    undo(&block(&file, BlockPosition::End)).unwrap();
    assert_eq!((list().unwrap(), mode(&file)), before);
}
