//! The home's directories, single files in and outside of it, and the room they need.

use super::{StoreError, fixture, names, open};
use crate::support::skip;
use crate::unpack::real_modules::SmallDisk;
use gvmr::store::replace;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn opening_makes_a_private_home_and_opens_it_again() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("a/b/home");
    open(&root).unwrap();
    open(&root).unwrap();
    assert_eq!(mode(&root), 0o700);
    assert_eq!(names(&root), ["cache", "locks", "shims", "staging", "versions"]);
}

#[test]
fn a_home_that_is_none_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, b"").unwrap();
    let shared = directory.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o777)).unwrap();
    let linked = directory.path().join("linked");
    fs::create_dir(&linked).unwrap();
    symlink("/tmp", linked.join("versions")).unwrap();
    for root in [Path::new("relative/home"), &file, &linked] {
        let error = open(root).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{}: {error}", root.display());
    }
    assert!(matches!(open(&shared).unwrap_err(), StoreError::Open { by: "all users", .. }));
    assert_eq!(names(&shared).len(), 0);
}

#[test]
fn root_leaves_a_home_of_another_user_alone() {
    let directory = tempfile::tempdir().unwrap();
    let user = directory.path().join("user");
    fs::create_dir(&user).unwrap();
    if !rustix::process::geteuid().is_root() || chown(&user, Some(65534), None).is_err() {
        return skip("giving a directory to another user needs root");
    }
    // One below is refused where it is that user's home: other_users::homes.
    let error = open(&user).unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { owner: 65534, .. }), "{error}");
    assert!(names(&user).is_empty());
    replace(&user.join(".go-version"), b"1.99.1\n", 0o644).unwrap();
    assert_eq!(
        fs::metadata(user.join(".go-version")).unwrap().uid(),
        65534,
        "a new file is its directory's owner's"
    );
}

#[test]
fn replacing_keeps_mode_and_leaves_no_trace() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("default");
    replace(&file, b"1.99.1\n", 0o600).unwrap();
    assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"1.99.1\n".to_vec(), 0o600));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    replace(&file, b"1.99.2\n", 0o600).unwrap();
    assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"1.99.2\n".to_vec(), 0o664));
    assert_eq!(names(directory.path()), ["default"]);
}

#[test]
fn only_regular_files_are_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("directory")).unwrap();
    fs::write(at("target"), b"target").unwrap();
    symlink("target", at("link")).unwrap();
    let fifo = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    for name in ["directory", "link", "fifo"] {
        let error = replace(&at(name), b"new", 0o644).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{name}: {error}");
    }
    assert!(matches!(replace(&at("none/file"), b"new", 0o644), Err(StoreError::Io { .. })));
    assert_eq!(fs::read(at("target")).unwrap(), b"target");
    assert_eq!(names(directory.path()), ["directory", "fifo", "link", "target"]);
}

#[test]
fn a_full_disk_keeps_the_old_content() {
    let Some(disk) = SmallDisk::mount(64 << 10) else {
        return skip("mounting a small file system needs root");
    };
    let file = disk.path().join("default");
    replace(&file, b"old", 0o644).unwrap();
    let error = replace(&file, &vec![0; 128 << 10], 0o644).unwrap_err();
    assert!(
        matches!(&error, StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull)
    );
    assert_eq!((fs::read(&file).unwrap(), names(disk.path())), (b"old".to_vec(), vec!["default".to_owned()]));
}

#[test]
fn room_is_counted_in_bytes_and_in_files() {
    let fixture = fixture();
    fixture.store.check_space(1, 1).unwrap();
    let error = fixture.store.check_space(u64::MAX, 1).unwrap_err();
    assert!(matches!(error, StoreError::NoSpace { unit: "bytes", needed: u64::MAX, .. }), "{error}");
    let Some(disk) = SmallDisk::mount(1 << 20) else {
        return skip("mounting a small file system needs root");
    };
    let store = open(&disk.path().join("home")).unwrap();
    let error = store.check_space(1, u64::MAX).unwrap_err();
    assert!(matches!(error, StoreError::NoSpace { unit: "files", .. }), "{error}");
    let error = store.check_space(2 << 20, 1).unwrap_err();
    assert!(
        matches!(error, StoreError::NoSpace { unit: "bytes", available, .. } if available <= 1 << 20),
        "{error}"
    );
}
