//! The .deb on a minimal Debian, by dpkg and by apt.

use super::root::Root;
use super::upgrade::{REAL, as_released, from_nothing, goes_up_and_back, small};
use crate::support::distribution::{current, next};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::Run;
use std::path::Path;
use std::process::Command;

#[test]
fn dpkg_leads_from_nothing_to_go() {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let Some(root) = Root::debian(mirror) else { return };
    from_nothing("dpkg -i", &root, || dpkg(&root, &current()));
}

#[test]
fn apt_leads_from_nothing_to_go() {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let Some(root) = Root::debian(mirror) else { return };
    if !has_repository(&root) {
        return;
    }
    from_nothing("apt-get install", &root, || {
        apt(&root, &format!("gvmr={}", as_released(&current()).version));
    });
}

#[test]
fn dpkg_goes_up_and_back() {
    let Some(root) = Root::debian(small()) else { return };
    goes_up_and_back(&root, |release| dpkg(&root, release));
    let update = root.as_root(&["/usr/bin/gvmr", "self", "update"]);
    update.exits(
        2,
        &["/usr/bin/gvmr belongs to the Debian package gvmr", "apt-get install --only-upgrade gvmr"],
    );
}

#[test]
fn apt_goes_up_and_back() {
    let Some(root) = Root::debian(small()) else { return };
    if !has_repository(&root) {
        return;
    }
    goes_up_and_back(&root, |release| apt(&root, &format!("gvmr={}", as_released(release).version)));
    apt(&root, "gvmr"); // the newest
    let version = root.as_root(&["dpkg-query", "-W", "-f=${Version}", "gvmr"]).succeeds();
    assert_eq!(version, as_released(&next()).version);
}

/// `dpkg -i`, of the release's package.
pub(super) fn dpkg(root: &Root, release: &Path) {
    let name = put_deb(root, release);
    root.as_root(&["dpkg", "--install", &name]).succeeds();
}

/// Puts the package of a release onto the machine, and gives its path there.
pub(super) fn put_deb(root: &Root, release: &Path) -> String {
    let deb = as_released(release).file("deb");
    root.copy(std::slice::from_ref(&deb), "releases");
    format!("/releases/{}", deb.file_name().unwrap().to_str().unwrap())
}

fn apt(root: &Root, wanted: &str) {
    root.as_root(&["apt-get", "install", "--yes", "--quiet", "--allow-downgrades", wanted]).succeeds();
}

/// Gives apt one source: a directory with the packages of both releases.
fn has_repository(root: &Root) -> bool {
    put_deb(root, &current());
    put_deb(root, &next());
    let mut index = Command::new("apt-ftparchive");
    let Ok(packages) = index.args(["packages", "."]).current_dir(root.path("releases")).output() else {
        skip("apt-ftparchive is not installed");
        return false;
    };
    root.write("releases/Packages", &Run::from(packages).succeeds());
    let _ = std::fs::remove_file(root.path("etc/apt/sources.list"));
    let _ = std::fs::remove_dir_all(root.path("etc/apt/sources.list.d"));
    root.write("etc/apt/sources.list", "deb [trusted=yes] file:/releases ./\n");
    root.as_root(&["apt-get", "update", "--quiet"]).succeeds();
    true
}
