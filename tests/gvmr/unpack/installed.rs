//! An installed tree gives the hash of the module it came from, and names what does not belong there.

use super::{small, unpack};
use crate::support::zip::PREFIX;
use gvmr::unpack::{EntryKind, InstalledEntry, RECEIPT, installed, manifest};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

/// A small unpacked tree, its h1 and the directory that is removed with it.
fn tree() -> (tempfile::TempDir, PathBuf, String) {
    let parent = tempfile::tempdir().unwrap();
    let tree = parent.path().join("tree");
    let h1 = unpack(&small().bytes(), &tree).unwrap().manifest().h1().to_string();
    (parent, tree, h1)
}

fn h1(entries: &[InstalledEntry]) -> String {
    manifest(entries).unwrap().h1().to_string()
}

#[test]
fn a_tree_as_it_was_unpacked_has_the_modules_hash() {
    let (_parent, tree, expected) = tree();
    fs::write(tree.join(RECEIPT), b"{}").unwrap();
    let entries = installed(&tree, PREFIX).unwrap();
    assert_eq!((h1(&entries), entries.len()), (expected, 5));
    assert!(entries.iter().any(|entry| entry.name == format!("{PREFIX}src/_go.mod")));
}

#[test]
fn any_change_of_content_or_name_changes_the_hash() {
    let changes: [fn(&PathBuf); 6] = [
        |tree| fs::write(tree.join("VERSION"), b"go1.99.2\n").unwrap(),
        |tree| fs::write(tree.join("src/new.go"), b"").unwrap(),
        |tree| fs::write(tree.join("src").join(RECEIPT), b"").unwrap(),
        |tree| fs::remove_file(tree.join("src/empty")).unwrap(),
        |tree| fs::rename(tree.join("src/empty"), tree.join("src/Empty")).unwrap(),
        |tree| fs::write(tree.join("go.mod"), b"module cmd\n").unwrap(),
    ];
    for (number, change) in changes.iter().enumerate() {
        let (_parent, tree, before) = tree();
        change(&tree);
        assert_ne!(h1(&installed(&tree, PREFIX).unwrap()), before, "change {number}");
    }
}

#[test]
fn a_twin_of_a_module_file_is_left_out_only_while_it_is_one() {
    let (_parent, tree, expected) = tree();
    fs::copy(tree.join("src/go.mod"), tree.join("src/_go.mod")).unwrap();
    assert_eq!(h1(&installed(&tree, PREFIX).unwrap()), expected);
    fs::write(tree.join("src/go.mod"), b"module other\n").unwrap();
    let entries = installed(&tree, PREFIX).unwrap();
    assert_ne!(h1(&entries), expected);
    assert!(entries.iter().any(|entry| entry.name == format!("{PREFIX}src/go.mod")));
}

#[test]
fn what_is_no_regular_file_is_named_and_not_read() {
    let (_parent, tree, expected) = tree();
    symlink("/etc/passwd", tree.join("src/link")).unwrap();
    symlink("..", tree.join("src/loop")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        tree.join("bin/fifo"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o644),
        0,
    )
    .unwrap();
    fs::create_dir_all(tree.join("test/deep")).unwrap();
    fs::write(tree.join("test/deep/x.go"), b"").unwrap();
    let entries = installed(&tree, PREFIX).unwrap();
    assert_eq!(h1(&entries), expected, "only regular files enter the manifest");
    let kind =
        |name: &str| &entries.iter().find(|entry| entry.name == format!("{PREFIX}{name}")).unwrap().kind;
    assert!(matches!(kind("src/link"), EntryKind::Link));
    assert!(matches!(kind("src/loop"), EntryKind::Link));
    assert!(matches!(kind("bin/fifo"), EntryKind::Special));
    assert!(matches!(kind("test"), EntryKind::Uncovered));
    assert_eq!(entries.len(), 9);
}

#[test]
fn what_cannot_be_read_is_named() {
    let (_parent, tree, _) = tree();
    for name in ["VERSION", "src/fmt"] {
        fs::set_permissions(tree.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    assert_eq!(crate::store::child::answer_without_rights("walk", &tree), "VERSION fmt");
}

#[test]
fn a_missing_tree_is_an_error() {
    assert!(installed(&PathBuf::from("/nonexistent/goroot"), PREFIX).is_err());
}

/// The regular files below `root`.
pub(super) fn files(root: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
