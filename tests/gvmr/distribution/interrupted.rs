//! An upgrade by dpkg that ends halfway: gvmr works at each moment, and the next run completes it.

use super::debian::{dpkg, put_deb};
use super::root::{ALICES_HOME, Root, SHARED_HOME};
use super::upgrade::{SMALL, all_is_of, as_released, programs_are_of, settle_in, small};
use crate::support::distribution::{current, next};

/// What dpkg knows of a package that is complete.
const INSTALLED: &str = "install ok installed";

#[test]
fn between_unpacking_and_configuring_gvmr_works_and_dpkg_completes() {
    let Some(root) = Root::debian(small()) else { return };
    dpkg(&root, &current());
    settle_in(&root);
    let deb = put_deb(&root, &next());
    root.as_root(&["dpkg", "--unpack", &deb]).succeeds();
    assert_eq!(state(&root), "install ok unpacked");
    programs_are_of(&root, "/usr/bin", &next());
    let shared = root.as_alice(&[&format!("{SHARED_HOME}/bin/gvmr"), "--version"]).succeeds();
    assert_eq!(shared, format!("gvmr {}", as_released(&current()).version));
    go_runs(&root);
    root.as_root(&["dpkg", "--configure", "-a"]).succeeds();
    assert_eq!(state(&root), INSTALLED);
    all_is_of(&root, &next());
}

#[test]
fn dpkg_killed_at_any_moment_leaves_a_gvmr_that_runs() {
    let Some(root) = Root::debian(small()) else { return };
    dpkg(&root, &current());
    settle_in(&root);
    let (old, new) = (put_deb(&root, &current()), put_deb(&root, &next()));
    let mut halfway = 0;
    for hundredths in (1..30).step_by(2) {
        let time = format!("0.{hundredths:02}");
        let deb = if halfway % 2 == 0 { &new } else { &old };
        root.as_root(&["timeout", "--signal=KILL", &time, "dpkg", "--install", deb]);
        let version = root.as_alice(&["/usr/bin/gvmr", "--version"]).succeeds();
        assert!(version.starts_with("gvmr "), "{version}");
        go_runs(&root);
        let found = state(&root);
        halfway += usize::from(found != INSTALLED);
        // dpkg configures what it had unpacked, and else wants the package once more.
        let complete = if found.contains("reinstreq") { ["--install", deb] } else { ["--configure", "-a"] };
        root.as_root(&[&["dpkg"], &complete[..]].concat()).succeeds();
        assert_eq!(state(&root), INSTALLED);
    }
    assert!(halfway > 0, "dpkg was never killed halfway");
    dpkg(&root, &next());
    all_is_of(&root, &next());
}

/// What dpkg knows of gvmr.
fn state(root: &Root) -> String {
    root.as_root(&["dpkg-query", "-W", "-f=${Status}", "gvmr"]).succeeds()
}

fn go_runs(root: &Root) {
    for home in [SHARED_HOME, ALICES_HOME] {
        let version = root.as_alice(&[&format!("{home}/shims/go"), "version"]).succeeds();
        assert_eq!(version, format!("go version go{SMALL} linux/amd64"));
    }
}
