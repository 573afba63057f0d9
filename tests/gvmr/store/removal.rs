//! Removal deletes one version and nothing that it leads to.

use super::child::answer_without_rights;
use super::{install, lock, names, place};
use crate::support::skip;
use gvmr::store::StoreError;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

#[test]
fn a_version_goes_and_the_others_stay() {
    let place = place();
    install(&place.store, "1.99.1").unwrap();
    install(&place.store, "1.99.2").unwrap();
    assert!(place.store.remove(&lock(&place.store, "1.99.1"), false).unwrap());
    assert!(!place.store.remove(&lock(&place.store, "1.99.1"), false).unwrap(), "it is gone already");
    assert_eq!(names(&place.store.home().versions()), ["go1.99.2"]);
    assert!(names(&place.store.home().staging()).is_empty());
}

#[test]
fn links_in_a_tree_are_not_followed() {
    let place = place();
    let outside = place.directory.path().join("outside");
    fs::create_dir_all(outside.join("below")).unwrap();
    fs::write(outside.join("below/kept"), b"kept").unwrap();
    install(&place.store, "1.99.1").unwrap();
    let goroot = place.store.home().versions().join("go1.99.1");
    symlink(&outside, goroot.join("src/directory")).unwrap();
    symlink(outside.join("below/kept"), goroot.join("src/file")).unwrap();
    symlink("nowhere", goroot.join("src/broken")).unwrap();
    assert!(place.store.remove(&lock(&place.store, "1.99.1"), false).unwrap());
    assert_eq!(fs::read(outside.join("below/kept")).unwrap(), b"kept");
}

#[test]
fn a_version_that_is_a_link_is_left_alone() {
    let place = place();
    let outside = place.directory.path().join("outside");
    fs::create_dir(&outside).unwrap();
    symlink(&outside, place.store.home().versions().join("go1.99.1")).unwrap();
    let error = place.store.remove(&lock(&place.store, "1.99.1"), true).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(outside.exists() && names(&place.store.home().versions()) == ["go1.99.1"]);
}

#[test]
fn read_only_directories_are_removed_too() {
    let place = place();
    install(&place.store, "1.99.1").unwrap();
    let goroot = place.store.home().versions().join("go1.99.1");
    for (path, mode) in [("src", 0o555), ("bin", 0o111), (".", 0o555)] {
        fs::set_permissions(goroot.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let said = answer_without_rights("remove", place.store.home().root());
    assert_eq!(said, "removed true");
    assert!(names(&place.store.home().staging()).is_empty());
}

#[test]
fn a_version_in_use_is_named_with_its_processes_and_kept() {
    let place = place();
    install(&place.store, "1.99.1").unwrap();
    let program = place.store.home().versions().join("go1.99.1/bin/sleep");
    if fs::copy("/bin/sleep", &program).is_err() {
        return skip("there is no /bin/sleep");
    }
    let mut running = Command::new(&program).arg("60").spawn().unwrap();
    let lock = lock(&place.store, "1.99.1");
    let error = place.store.remove(&lock, false).unwrap_err();
    assert!(matches!(&error, StoreError::InUse { pids } if *pids == [running.id()]), "{error}");
    assert!(program.exists());
    let removed = place.store.remove(&lock, true).unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(removed && names(&place.store.home().versions()).is_empty());
}
