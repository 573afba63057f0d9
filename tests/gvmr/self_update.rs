//! Updates of gvmr itself from small releases that are signed with a key made for the test.

mod published;
mod real;
mod refused;
mod replaced;

use crate::support::scratch::tempdir;
use crate::support::skip;
use gvmr::installation::Installation;
use gvmr::net::{Client, NetSettings, Url};
use gvmr::self_update::{PublicKey, ReleaseLocation, SelfUpdate, SelfUpdateError};
use gvmr::store::Programs;
use published::{Publisher, Release};
use semver::Version;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A machine with a gvmr of this version in `bin`, and a directory for releases.
struct Machine {
    directory: TempDir,
    publisher: Publisher,
    installation: Installation,
}

impl Machine {
    /// `None` where nothing can be signed here.
    fn new() -> Option<Self> {
        let directory = tempdir().unwrap();
        let Some(publisher) = Publisher::new(&directory.path().join("key")) else {
            skip("minisign is not installed");
            return None;
        };
        for below in ["bin", "dist", "cache", "share/man/man1"] {
            fs::create_dir_all(directory.path().join(below)).unwrap();
        }
        let bin = directory.path().join("bin");
        let programs = Programs { program: bin.join("gvmr"), shim: bin.join("gvmr-shim") };
        put(&programs.program, b"#!/bin/sh\necho the old gvmr\n");
        put(&programs.shim, b"the old shim");
        Some(Self { directory, publisher, installation: Installation { programs, owner: None } })
    }

    fn path(&self, below: &str) -> PathBuf {
        self.directory.path().join(below)
    }

    /// Publishes a release in the directory.
    fn publish(&self, release: &Release) {
        self.publisher.publish(release, &self.path("dist"));
    }

    fn update(&self, version: Option<&str>) -> Result<Vec<PathBuf>, SelfUpdateError> {
        self.update_from(&Url::from_file_path(self.path("dist")).unwrap(), version)
    }

    fn update_from(&self, dist: &Url, version: Option<&str>) -> Result<Vec<PathBuf>, SelfUpdateError> {
        let client = Client::new(NetSettings::from_environment(&Vec::<(&str, &str)>::new()));
        let update = SelfUpdate {
            client: &client,
            location: ReleaseLocation::of(Some(dist)).unwrap(),
            key: PublicKey::parse(&self.publisher.public_key).unwrap(),
            installation: &self.installation,
            cache: &self.path("cache"),
        };
        let version = version.map(|version| Version::parse(version).unwrap());
        let offer = update.offer(version.as_ref())?;
        update.apply(&offer, &|_| true)
    }

    /// Asserts that the update fails, says all of `words`, and that both programs are as they were.
    #[track_caller]
    fn refuses(&self, dist: &Url, words: &[&str]) -> SelfUpdateError {
        let before = self.programs();
        let error = self.update_from(dist, None).unwrap_err();
        let said = gvmr::install::with_causes(&error);
        for word in words {
            assert!(said.contains(word), "{said:?} lacks {word:?}");
        }
        assert_eq!(self.programs(), before);
        assert_eq!(self.names_in_bin(), ["gvmr", "gvmr-shim"], "nothing is left behind");
        error
    }

    fn programs(&self) -> [Vec<u8>; 2] {
        ["bin/gvmr", "bin/gvmr-shim"].map(|name| fs::read(self.path(name)).unwrap())
    }

    fn names_in_bin(&self) -> Vec<String> {
        crate::support::world::names(&self.path("bin"))
    }
}

fn put(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
