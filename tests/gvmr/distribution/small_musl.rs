//! The .apk's contents in a root whose only other program is busybox, by the steps of apk itself.

use super::root::Root;
use super::upgrade::{REAL, as_released, from_nothing, goes_up_and_back, small};
use crate::support::distribution::current;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::Run;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn an_apk_leads_from_nothing_to_go() {
    let Some(mirror) = Mirror::real(&[REAL]) else { return skip("no go, or no network") };
    let Some(root) = with_busybox(mirror) else { return };
    from_nothing("apk", &root, || apk_add(&root, &current()));
}

#[test]
fn an_apk_goes_up_and_back() {
    let Some(root) = with_busybox(small()) else { return };
    goes_up_and_back(&root, |release| apk_add(&root, release));
    let said = root.as_root(&["/bin/sh", "/control/.pre-deinstall", "0.1.0"]);
    assert!(said.stdout.contains("/opt/gvmr/bin/gvmr setup --system --undo"), "{said:?}");
}

/// Unpacks the package and runs its script, as `apk add` and `apk upgrade` do.
fn apk_add(root: &Root, release: &Path) {
    let script = if root.path("usr/bin/gvmr").exists() { ".post-upgrade" } else { ".post-install" };
    let apk = as_released(release).file("apk");
    let unpack = |what: &[&str], to: &str| {
        let mut tar = Command::new("tar");
        tar.args(["--warning=no-unknown-keyword", "-xzf"]).arg(&apk);
        Run::of(tar.arg("-C").arg(root.path(to)).args(what)).succeeds();
    };
    unpack(&["--exclude", ".*", "usr"], "");
    std::fs::create_dir_all(root.path("control")).unwrap();
    unpack(&["--wildcards", ".p*"], "control");
    root.as_root(&["/bin/sh", &format!("/control/{script}"), &as_released(release).version]).succeeds();
}

fn with_busybox(mirror: Mirror) -> Option<Root> {
    let root = Root::bare(mirror)?;
    root.copy(&[busybox()], "bin");
    for (name, directory) in [("sh", "bin"), ("cat", "bin"), ("env", "usr/bin")] {
        std::fs::create_dir_all(root.path(directory)).unwrap();
        symlink("/bin/busybox", root.path(directory).join(name)).unwrap();
    }
    Some(root)
}

/// This machine's static busybox.
pub(super) fn busybox() -> PathBuf {
    ["/usr/bin/busybox", "/bin/busybox"].map(PathBuf::from).into_iter().find(|path| path.exists()).unwrap()
}
