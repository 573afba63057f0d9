//! What a package has to do on a machine: lead to a running go, and bring every home up to date, forth and back.

use super::root::{ALICES_HOME, Root, SHARED_HOME};
use crate::support::distribution::{current, next};
use crate::support::mirror::Mirror;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A real toolchain, whose `go` runs on every Linux.
pub(super) const REAL: &str = "1.22.10";
/// What users run where the toolchain does not matter.
pub(super) const SMALL: &str = "1.98.1";

/// A mirror with [`SMALL`].
pub(super) fn small() -> Mirror {
    Mirror::small(&[SMALL])
}

/// A release as users get it.
pub(super) struct Release<'d> {
    directory: &'d Path,
    pub(super) version: String,
}

/// Reads what a directory says of the release in it.
pub(super) fn as_released(directory: &Path) -> Release<'_> {
    let text = std::fs::read(directory.join("dist.json")).unwrap();
    let dist: serde_json::Value = serde_json::from_slice(&text).unwrap();
    Release { directory, version: dist["version"].as_str().unwrap().to_owned() }
}

impl Release<'_> {
    /// Its one file for this machine that ends like this.
    pub(super) fn file(&self, extension: &str) -> PathBuf {
        let arch = match (extension, std::env::consts::ARCH) {
            ("deb", "x86_64") => "amd64",
            ("deb", "aarch64") => "arm64",
            (_, arch) => arch,
        };
        let entries = std::fs::read_dir(self.directory).unwrap().map(|entry| entry.unwrap().path());
        let mut files = entries.filter(|path| {
            let is_for_it = path.file_name().unwrap().to_str().unwrap().contains(arch);
            is_for_it && path.extension().is_some_and(|found| found == extension)
        });
        let file = files.next().unwrap_or_else(|| panic!("no .{extension} in {}", self.directory.display()));
        assert_eq!(files.next(), None, "two files for this machine");
        file
    }
}

/// Installs gvmr, then as a user a real Go, and runs it; prints how long that took.
pub(super) fn from_nothing(way: &str, root: &Root, install: impl FnOnce()) {
    let start = Instant::now();
    install();
    let installed = start.elapsed();
    root.as_alice(&["gvmr", "install", REAL]).succeeds();
    let version = root.as_alice(&[&format!("{ALICES_HOME}/shims/go"), "version"]).succeeds();
    assert_eq!(version, format!("go version go{REAL} linux/amd64"));
    eprintln!("{way}: gvmr after {installed:.1?}, go after {:.1?}", start.elapsed());
}

/// Installs this release, the next, and this one again; each time all of the machine is of that release.
pub(super) fn goes_up_and_back(root: &Root, install: impl Fn(&Path)) {
    install(&current());
    settle_in(root);
    all_is_of(root, &current());
    for release in [next(), current()] {
        install(&release);
        all_is_of(root, &release);
    }
}

/// Makes a home that all users share, and one that is alice's, with the gvmr of the machine.
pub(super) fn settle_in(root: &Root) {
    root.as_root(&["/usr/bin/gvmr", "setup", "--system", "--yes"]).succeeds();
    root.as_root(&["/usr/bin/gvmr", "install", SMALL]).succeeds();
    root.as_alice(&["/usr/bin/env", &format!("GVMR_HOME={ALICES_HOME}"), "/usr/bin/gvmr", "install", SMALL])
        .succeeds();
}

/// Both homes have the programs of this release, and go runs by each.
pub(super) fn all_is_of(root: &Root, release: &Path) {
    programs_are_of(root, "/usr/bin", release);
    programs_are_of(root, &format!("{SHARED_HOME}/bin"), release);
    root.as_alice(&["/usr/bin/gvmr", "list"]).succeeds(); // the owner's next command
    for home in [SHARED_HOME, ALICES_HOME] {
        let shim = format!("{home}/shims/go");
        assert!(root.bytes(&shim) == root.bytes("/usr/bin/gvmr-shim"), "{shim} is of another release");
        let version = root.as_alice(&[&shim, "version"]).succeeds();
        assert_eq!(version, format!("go version go{SMALL} linux/amd64"));
    }
}

/// The programs in this directory are those of the release.
pub(super) fn programs_are_of(root: &Root, directory: &str, release: &Path) {
    let version = root.as_alice(&[&format!("{directory}/gvmr"), "--version"]).succeeds();
    assert_eq!(version, format!("gvmr {}", as_released(release).version), "{directory}");
    let shim = format!("{directory}/gvmr-shim");
    assert!(root.bytes(&shim) == root.bytes("/usr/bin/gvmr-shim"), "{shim} is of another release");
}
