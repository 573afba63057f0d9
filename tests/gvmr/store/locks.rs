//! Locks exclude, say who holds them, and die with their process.

use super::child::{answer, has, holder};
use super::{fixture, install, lock, names, version};
use crate::support::skip;
use gvmr::store::StoreError;
use std::cell::RefCell;
use std::fs;
use std::time::{Duration, Instant};

#[test]
fn a_waiter_hears_who_holds_the_lock_and_can_stop() {
    let fixture = fixture();
    let mut child = holder(fixture.store.home().root());
    let (start, heard) = (Instant::now(), RefCell::new(Vec::new()));
    let waiting = |holder: &gvmr::store::Holder| heard.borrow_mut().push((holder.clone(), start.elapsed()));
    let cancelled = || start.elapsed() > Duration::from_millis(300);
    let error = fixture.store.lock(&version("1.99.1"), &waiting, &cancelled).unwrap_err();
    assert!(matches!(error, StoreError::Cancelled), "{error}");
    assert!(start.elapsed() < Duration::from_secs(30));
    let heard = heard.into_inner();
    let [(holder, after)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((holder.pid, holder.lock.as_str()), (Some(child.id()), "go1.99.1"));
    assert!(holder.since.is_some() && *after < Duration::from_secs(20));

    lock(&fixture.store, "1.99.2"); // another version is free
    child.kill().unwrap();
    child.wait().unwrap();
    let start = Instant::now();
    lock(&fixture.store, "1.99.1"); // died with its process
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn one_process_excludes_itself_too() {
    let fixture = fixture();
    let held = lock(&fixture.store, "1.20.0");
    assert_eq!(held.version().as_str(), "1.20.0");
    let again = fixture.store.lock(&version("1.20"), &|_| {}, &|| true);
    assert!(matches!(again, Err(StoreError::Cancelled)), "one release, one lock");
    drop(held);
    lock(&fixture.store, "1.20");
}

#[test]
fn a_lock_file_that_was_deleted_by_hand_is_not_a_lock() {
    let fixture = fixture();
    let held = lock(&fixture.store, "1.99.1");
    fs::remove_file(fixture.store.home().locks().join("go1.99.1.lock")).unwrap();
    drop(held);
    let _held = lock(&fixture.store, "1.99.1");
    let again = fixture.store.lock(&version("1.99.1"), &|_| {}, &|| true);
    assert!(matches!(again, Err(StoreError::Cancelled)));
}

#[test]
fn a_file_system_without_locks_is_said_to_be_one() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let fixture = fixture();
    for errno in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let inject = format!("inject=flock:error={errno}");
        let said =
            answer(&["strace", "-f", "-o", "/dev/null", "-e", &inject], "lock", fixture.store.home().root());
        assert!(said.starts_with("NoLocks"), "{errno}: {said}");
    }
}

#[test]
fn sweeping_removes_only_what_no_process_holds() {
    let fixture = fixture();
    let home = fixture.store.home();
    install(&fixture.store, "1.99.3").unwrap();
    let outside = fixture.directory.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("kept"), b"").unwrap();
    for name in
        ["go1.99.1-1-0", "go1.99.2-1-0", "go1.99.2-77-3", "foreign", "go1.99.2-x-0", "go1.99.2", "x-1-0"]
    {
        fs::create_dir(home.staging().join(name)).unwrap();
    }
    std::os::unix::fs::symlink(&outside, home.staging().join("go1.99.2-1-0/link")).unwrap();
    std::os::unix::fs::symlink(&outside, home.staging().join("go1.99.2-5-5")).unwrap();
    let old = home.root().join(".default.gvmr-1-0");
    let young = home.root().join(".default.gvmr-1-1");
    for path in [&old, &young, &home.shims().join(".go.gvmr-1-0"), &home.shims().join(".profile")] {
        fs::write(path, b"").unwrap();
    }
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(7200);
    fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();

    let held = lock(&fixture.store, "1.99.1");
    assert_eq!(fixture.store.sweep().unwrap(), 5);
    assert_eq!(names(&home.staging()), ["foreign", "go1.99.1-1-0", "go1.99.2", "go1.99.2-x-0", "x-1-0"]);
    assert!(!old.exists() && young.exists(), "a young temporary file may have a writer");
    assert_eq!(names(&home.shims()), [".profile"]);
    drop(held);
    assert_eq!(fixture.store.sweep().unwrap(), 1);
    assert_eq!(names(&outside), ["kept"]);
    assert_eq!(names(&home.versions()), ["go1.99.3"]);
}
