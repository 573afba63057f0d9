//! The home on disk: commits, locks, removal, sweeping, shims.

pub(crate) mod child;
mod commits;
mod file_systems;
mod files;
mod former_home;
mod linked_versions;
mod locks;
mod removal;
mod shares;
mod shims;

use crate::support::log::TestLog;
use crate::support::zip::Zip;
use gvmr::store::{Committed, Facts, Store, StoreError, VersionLock};
use gvmr::unpack::{ArchiveLimits, module_zip};
use gvmr::verify::{Database, LogClient, Manifest, Remote, RemoteError, Verified, prove};
use gvmr_core::gover::version::Version;
use gvmr_core::home::paths::Home;
use std::path::Path;

/// A store in a directory that is thrown away.
pub(crate) struct Fixture {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) store: Store,
}

pub(crate) fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("home")).unwrap();
    Fixture { directory, store }
}

pub(crate) fn open(root: &Path) -> Result<Store, StoreError> {
    Store::open(Home::at(root))
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn lock(store: &Store, text: &str) -> VersionLock {
    store.lock(&version(text), &|_| {}, &|| false).unwrap()
}

/// What a log says that has one record, of this tree.
fn proof(module_version: &str, manifest: &Manifest) -> Verified {
    const MODULE: &str = "golang.org/toolchain";
    struct Served(TestLog);
    impl Remote for Served {
        fn read(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
            let absent = || RemoteError { absent: true, source: "404 Not Found".into() };
            self.0.answer(path).ok_or_else(absent)
        }
    }
    let mut log = TestLog::new("log.example.org");
    log.add(MODULE, module_version, &manifest.h1().to_string(), &manifest.h1().to_string());
    let cache = tempfile::tempdir().unwrap();
    let (database, served) = (Database::from_setting(&log.key()).unwrap(), Served(log));
    let logged = LogClient::new(database, &served, cache.path()).lookup(MODULE, module_version).unwrap();
    prove(manifest, logged).unwrap()
}

fn facts() -> Facts {
    Facts { source: "https://proxy.example.org".to_owned(), gvmr: "0.1.0".to_owned() }
}

/// Installs a small made-up toolchain, whose `bin/go` is a shell script.
pub(crate) fn install(store: &Store, text: &str) -> Result<Committed, StoreError> {
    let lock = lock(store, text);
    commit(store, &lock, |_| {})
}

/// Stages and commits the locked version, after `change` has had its way with the staged tree.
fn commit(store: &Store, lock: &VersionLock, change: fn(&Path)) -> Result<Committed, StoreError> {
    let staging = store.stage(lock)?;
    let module_version = format!("v0.0.1-{}.linux-amd64", lock.version().toolchain_name());
    let prefix = format!("golang.org/toolchain@{module_version}/");
    let bytes = archive(&prefix);
    let staged = module_zip(&mut &bytes[..], &prefix, staging.path(), &ArchiveLimits::default()).unwrap();
    change(staging.path());
    let verified = proof(&module_version, staged.manifest());
    store.commit(staging, staged, verified, facts())
}

fn archive(prefix: &str) -> Vec<u8> {
    let mut zip =
        Zip::of(&[("VERSION", b"go\n"), ("bin/go", b"#!/bin/sh\n"), ("src/_go.mod", b"module std\n")]);
    for (file, name) in zip.files.iter_mut().zip(["VERSION", "bin/go", "src/_go.mod"]) {
        file.rename(format!("{prefix}{name}").as_bytes());
    }
    zip.bytes()
}

/// The names in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
