//! Releases as `.ci/dist` writes them, with small scripts in the place of programs, signed by minisign itself.

use crate::support::tar::Tar;
use gvmr::hexadecimal::digits;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Who holds the key.
pub(super) struct Publisher {
    secret: PathBuf,
    /// The line that gvmr is built with.
    pub(super) public_key: String,
}

/// A release before it is published.
#[derive(Clone)]
pub(super) struct Release {
    pub(super) version: &'static str,
    pub(super) program: Vec<u8>,
    /// Each file of the archive besides the programs.
    pub(super) extras: Vec<(&'static str, &'static str)>,
    /// Changes the manifest before it is signed.
    pub(super) forge: fn(&mut Value),
}

impl Release {
    pub(super) fn new(version: &'static str) -> Self {
        let program = format!("#!/bin/sh\necho gvmr {version}\n").into_bytes();
        Self { version, program, extras: Vec::new(), forge: |_| {} }
    }

    pub(super) fn archive_name(&self) -> String {
        format!("gvmr-{}-linux-{}.tar.gz", self.version, std::env::consts::ARCH)
    }

    fn archive(&self) -> Vec<u8> {
        let root = self.archive_name().replace(".tar.gz", "");
        let shim = format!("the shim of {}", self.version).into_bytes();
        let mut files =
            vec![(format!("{root}/bin/gvmr"), self.program.clone()), (format!("{root}/bin/gvmr-shim"), shim)];
        files.extend(
            self.extras.iter().map(|(name, text)| (format!("{root}/{name}"), text.as_bytes().to_vec())),
        );
        Tar::of_files(&files).gz()
    }
}

impl Publisher {
    /// With a new key; `None` where minisign is missing.
    pub(super) fn new(directory: &Path) -> Option<Self> {
        fs::create_dir_all(directory).unwrap();
        let (secret, public) = (directory.join("key"), directory.join("key.pub"));
        let mut generate = Command::new("minisign");
        generate.args(["-G", "-W", "-s"]).arg(&secret).arg("-p").arg(&public).stdout(Stdio::null());
        generate.status().ok().filter(std::process::ExitStatus::success)?;
        let public_key = fs::read_to_string(public).unwrap().lines().nth(1).unwrap().to_owned();
        Some(Self { secret, public_key })
    }

    /// Writes the release, its manifest under both names and their signatures.
    pub(super) fn publish(&self, release: &Release, directory: &Path) {
        let archive = release.archive();
        fs::write(directory.join(release.archive_name()), &archive).unwrap();
        let sha256 = |bytes: &[u8]| digits(&Sha256::digest(bytes));
        let arch = std::env::consts::ARCH;
        let program = |name: &str, bytes: &[u8]| {
            json!({
                "name": format!("{}/bin/{name}", release.archive_name()),
                "kind": "program", "arch": arch, "size": bytes.len(), "sha256": sha256(bytes),
            })
        };
        let shim = format!("the shim of {}", release.version);
        let mut manifest = json!({
            "name": "gvmr",
            "version": release.version,
            "date": "2026-11-30",
            "files": [
                { "name": release.archive_name(), "kind": "archive", "arch": arch, "size": archive.len(), "sha256": sha256(&archive) },
                program("gvmr", &release.program),
                program("gvmr-shim", shim.as_bytes()),
            ],
        });
        (release.forge)(&mut manifest);
        for name in ["dist.json".to_owned(), format!("dist-{}.json", release.version)] {
            let path = directory.join(name);
            fs::write(&path, manifest.to_string()).unwrap();
            self.sign(&path);
        }
    }

    /// Signs a file: `FILE.minisig` beside it.
    pub(super) fn sign(&self, path: &Path) {
        let mut sign = Command::new("minisign");
        sign.arg("-S").arg("-s").arg(&self.secret).arg("-m").arg(path).stdout(Stdio::null());
        assert!(sign.status().unwrap().success());
    }
}
