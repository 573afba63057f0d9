//! The .rpm in a root that dnf fills from a repository.

use super::root::Root;
use super::upgrade::{REAL, as_released, from_nothing, goes_up_and_back, small};
use crate::support::distribution::{current, next};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::Run;
use std::path::Path;
use std::process::Command;

#[test]
fn dnf_leads_from_nothing_to_go() {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let Some(root) = Root::bare(mirror) else { return };
    if !has_repository(&root) {
        return;
    }
    let version = as_released(&current()).version;
    from_nothing("dnf install", &root, || {
        dnf(&root, "install", &format!("gvmr-{version}"));
    });
}

#[test]
fn dnf_goes_up_and_back() {
    let Some(root) = Root::bare(small()) else { return };
    if !has_repository(&root) {
        return;
    }
    goes_up_and_back(&root, |release| {
        let version = as_released(release).version;
        let has = root.path("usr/bin/gvmr").exists();
        let verb = match (has, release == next()) {
            (false, _) => "install",
            (true, true) => "upgrade",
            (true, false) => "downgrade",
        };
        let said = dnf(&root, verb, &format!("gvmr-{version}"));
        assert!(!said.contains("users keep"), "{said}");
    });
    let said = dnf(&root, "remove", "gvmr");
    assert!(said.contains("/opt/gvmr/bin/gvmr setup --system --undo"), "{said}");
    assert!(!root.path("usr/bin/gvmr").exists());
}

/// Runs dnf on the root from outside, with the root's own packages and repository only.
fn dnf(root: &Root, verb: &str, wanted: &str) -> String {
    let (place, repository) = (root.path(""), root.path("releases"));
    let place = place.to_str().unwrap();
    let options = [
        &format!("--installroot={place}"),
        &format!("--repofrompath=releases,file://{}", repository.display()),
        "--repo=releases",
        "--releasever=1",
        "--nogpgcheck",
        "--assumeyes",
        "--setopt=install_weak_deps=False",
        &format!("--setopt=cachedir={place}/var/cache/dnf"),
        &format!("--setopt=logdir={place}/var/log"),
    ];
    let run = root.beside(&[&["dnf"], &options[..], &[verb, wanted]].concat());
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.stdout + &run.stderr
}

/// A repository with both releases, and with a shell for the root. `false` where a program for it is missing.
fn has_repository(root: &Root) -> bool {
    let releases = [current(), next()].map(|release| as_released(&release).file("rpm"));
    root.copy(&releases, "releases");
    put_shell(root);
    let mut index = Command::new("createrepo_c");
    let Ok(output) = index.arg("--quiet").arg(root.path("releases")).output() else {
        skip("createrepo_c is not installed");
        return false;
    };
    Run::from(output).succeeds();
    if Command::new("dnf").arg("--version").output().is_err() {
        skip("dnf is not installed");
        return false;
    }
    true
}

/// A package with /bin/sh, as small as can be.
fn put_shell(root: &Root) {
    let programs = ["sh", "env", "cat"]
        .map(|name| format!("  - {{src: /bin/busybox, dst: /usr/bin/{name}, type: symlink}}\n"));
    let config = format!(
        "name: shell\narch: amd64\nversion: 1.0.0\nprovides: [/bin/sh]\ncontents:\n  - {{src: {}, dst: /bin/busybox}}\n  - {{src: /bin/busybox, dst: /bin/sh, type: symlink}}\n{}",
        super::small_musl::busybox().display(),
        programs.concat()
    );
    root.write("shell.yaml", &config);
    let mut pack = Command::new(super::package_files::tool("nfpm"));
    pack.args(["package", "--packager", "rpm", "--config"]).arg(root.path("shell.yaml"));
    Run::of(pack.arg("--target").arg(root.path("releases/shell.rpm"))).succeeds();
}

/// What rpm knows of a package that is not installed.
pub(super) fn rpm_query(rpm: &Path, words: &[&str]) -> Option<String> {
    let output = Command::new("rpm").args(["-q", "--package"]).args(words).arg(rpm).output();
    let Ok(output) = output else {
        skip("rpm is not installed");
        return None;
    };
    Some(Run::from(output).succeeds())
}
