//! A commit installs what was proved, whole, once, or changes nothing.

use super::child::{answer, answer_in, command, has};
use super::{Committed, archive, commit, facts, fixture, install, lock, names, proof, version};
use crate::support::skip;
use crate::unpack::real_modules::SmallDisk;
use gvmr::store::{Receipt, Store, StoreError, toolchains};
use gvmr::unpack::{ArchiveLimits, module_zip};
use gvmr_core::home::paths::Home;
use std::fs;

#[test]
fn a_commit_installs_the_tree_with_its_receipt() {
    let fixture = fixture();
    let Committed::New(toolchain) = install(&fixture.store, "1.99.1").unwrap() else { panic!("not new") };
    assert_eq!(toolchain.goroot, fixture.store.home().toolchain(&version("1.99.1")));
    assert_eq!(fs::read(toolchain.goroot.join("src/go.mod")).unwrap(), b"module std\n");
    let receipt = Receipt::read(&toolchain.goroot).unwrap().unwrap();
    assert_eq!(Some(&receipt), toolchain.receipt.as_ref());
    assert_eq!((receipt.version.as_str(), receipt.platform.as_str()), ("1.99.1", "linux-amd64"));
    assert_eq!((receipt.files, receipt.bytes, receipt.source.as_str()), (3, 24, "https://proxy.example.org"));
    assert!(receipt.h1.starts_with("h1:") && receipt.time.ends_with('Z'), "{receipt:?}");
    assert!(names(&fixture.store.home().staging()).is_empty());
}

#[test]
fn a_second_commit_finds_the_first() {
    let fixture = fixture();
    install(&fixture.store, "1.99.1").unwrap();
    let goroot = fixture.store.home().toolchain(&version("1.99.1"));
    let before = fs::read(goroot.join(gvmr::unpack::RECEIPT)).unwrap();
    assert!(matches!(install(&fixture.store, "1.99.1").unwrap(), Committed::Existing(_)));
    assert_eq!(fs::read(goroot.join(gvmr::unpack::RECEIPT)).unwrap(), before);
    assert!(names(&fixture.store.home().staging()).is_empty());
}

#[test]
fn a_directory_that_gvmr_did_not_install_is_not_taken_for_a_toolchain() {
    let fixture = fixture();
    fs::create_dir(fixture.store.home().toolchain(&version("1.99.1"))).unwrap();
    let error = install(&fixture.store, "1.99.1").unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(names(&fixture.store.home().toolchain(&version("1.99.1"))).is_empty());
}

#[test]
fn tree_proof_and_version_must_belong_together() {
    let prefix = "golang.org/toolchain@v0.0.1-go1.99.1.linux-amd64/";
    let other = "golang.org/toolchain@v0.0.1-go1.99.2.linux-amd64/";
    let fixture = fixture();
    let lock = lock(&fixture.store, "1.99.1");
    let limits = ArchiveLimits::default();
    let bytes = archive(prefix);
    let manifest_of = |prefix: &str| {
        let directory = tempfile::tempdir().unwrap();
        let staged = module_zip(&mut &archive(prefix)[..], prefix, directory.path(), &limits).unwrap();
        staged.manifest().clone()
    };
    for (module_version, manifest) in [
        ("v0.0.1-go1.99.1.linux-amd64", manifest_of(other)),
        ("v0.0.1-go1.99.2.linux-amd64", manifest_of(prefix)),
        ("v0.0.1-go1.99.linux-amd64", manifest_of(prefix)),
        ("v0.0.1-go1.99.1.1.linux-amd64", manifest_of(prefix)),
    ] {
        let staging = fixture.store.stage(&lock).unwrap();
        let staged = module_zip(&mut &bytes[..], prefix, staging.path(), &limits).unwrap();
        let error =
            fixture.store.commit(staging, staged, proof(module_version, &manifest), facts()).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{module_version}: {error}");
    }
    let (one, two) = (fixture.store.stage(&lock).unwrap(), fixture.store.stage(&lock).unwrap());
    let staged = module_zip(&mut &bytes[..], prefix, one.path(), &limits).unwrap();
    let verified = proof("v0.0.1-go1.99.1.linux-amd64", staged.manifest());
    assert!(fixture.store.commit(two, staged, verified, facts()).is_err(), "a tree in another directory");
    drop(one);
    assert!(names(&fixture.store.home().staging()).is_empty());
    assert!(fixture.store.toolchains().unwrap().is_empty());
}

#[test]
fn a_staged_tree_that_is_not_committed_is_gone() {
    let fixture = fixture();
    let lock = lock(&fixture.store, "1.99.1");
    let staging = fixture.store.stage(&lock).unwrap();
    fs::create_dir_all(staging.path().join("src/fmt")).unwrap();
    fs::write(staging.path().join("src/fmt/x.go"), b"x").unwrap();
    drop(staging);
    assert!(names(&fixture.store.home().staging()).is_empty());
}

#[test]
fn eight_threads_make_one_toolchain_and_eight_successes() {
    let fixture = fixture();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| install(&fixture.store, "1.99.1").unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let new = outcomes.iter().filter(|outcome| matches!(outcome, Committed::New(_))).count();
    assert_eq!((new, fixture.store.toolchains().unwrap().len()), (1, 1));
    assert!(names(&fixture.store.home().staging()).is_empty());
}

#[test]
fn six_processes_make_one_toolchain_and_six_successes() {
    let fixture = fixture();
    let root = fixture.store.home().root();
    let children: Vec<_> = (0..6).map(|_| command(&[], "install", root).spawn().unwrap()).collect();
    let mut answers: Vec<_> = children
        .into_iter()
        .map(|child| answer_in(&String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout)))
        .collect();
    answers.sort();
    assert_eq!(answers, ["existing", "existing", "existing", "existing", "existing", "new"]);
}

#[test]
fn a_kernel_without_the_newer_calls_will_do() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let fixture = fixture();
    let inject = ["renameat2:error=EINVAL", "syncfs:error=ENOSYS"].map(|what| format!("inject={what}"));
    let under = ["strace", "-f", "-o", "/dev/null", "-e", &inject[0], "-e", &inject[1]];
    let root = fixture.store.home().root();
    assert_eq!(answer(&under, "install", root), "new");
    assert_eq!(answer(&under, "install", root), "existing");
}

#[test]
fn a_disk_that_fails_while_syncing_installs_nothing() {
    if !has("strace") {
        return skip("there is no strace");
    }
    let fixture = fixture();
    let under = ["strace", "-f", "-o", "/dev/null", "-e", "inject=syncfs:error=EIO"];
    let said = answer(&under, "install", fixture.store.home().root());
    assert!(said.starts_with("Io { what: \"sync\""), "{said}");
    assert!(fixture.store.toolchains().unwrap().is_empty());
    assert!(names(&fixture.store.home().staging()).is_empty());
    install(&fixture.store, "1.99.1").unwrap();
}

#[test]
fn a_full_disk_installs_nothing() {
    let Some(disk) = SmallDisk::mount(1 << 20) else {
        return skip("mounting a small file system needs root");
    };
    let store = Store::open(Home::at(disk.path().join("home"))).unwrap();
    let lock = lock(&store, "1.99.1");
    let error = commit(&store, &lock, |tree| {
        let mut rest = fs::File::create(tree.join("rest")).unwrap();
        while std::io::Write::write_all(&mut rest, &[0; 4096]).is_ok() {}
    });
    let Err(StoreError::Io { source, .. }) = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    assert!(store.toolchains().unwrap().is_empty());
    commit(&store, &lock, |_| {}).unwrap();
}

#[test]
fn listing_leaves_out_what_is_no_version_and_sorts_as_go_does() {
    let fixture = fixture();
    let versions = fixture.store.home().versions();
    for name in
        ["go1.9", "go1.10", "go1.22rc1", "go1.22.0", "go1.20.0", "1.21.0", "go1.21.0-x", "tmp", "go1.x"]
    {
        fs::create_dir(versions.join(name)).unwrap();
    }
    std::os::unix::fs::symlink("go1.9", versions.join("go1.8")).unwrap();
    std::os::unix::fs::symlink("nowhere", versions.join("go1.6")).unwrap();
    std::os::unix::fs::symlink("go1.7", versions.join("go1.5")).unwrap();
    fs::write(versions.join("go1.7"), b"").unwrap();
    fs::write(versions.join("go1.9").join(gvmr::unpack::RECEIPT), b"{").unwrap();
    let found = fixture.store.toolchains().unwrap();
    let texts: Vec<_> = found.iter().map(|toolchain| toolchain.version.as_str()).collect();
    assert_eq!(texts, ["1.8.0", "1.9.0", "1.10.0", "1.22rc1", "1.22.0"]);
    assert_eq!((found[0].link.as_deref(), &found[1].link), (Some("go1.9".as_ref()), &None));
    assert!(found[1].receipt.is_none() && Receipt::read(&found[1].goroot).is_err());
    assert!(toolchains(&Home::at(fixture.directory.path().join("none"))).unwrap().is_empty());
}
