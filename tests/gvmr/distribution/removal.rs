//! The package is removed or purged, or its scripts can do little: what users have stays and works, and one message says how to undo it.

use super::debian::dpkg;
use super::root::{ALICES_HOME, Root, SHARED_HOME};
use super::upgrade::{SMALL, programs_are_of, settle_in, small};
use crate::support::distribution::{current, next};
use crate::support::world::Run;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[test]
fn a_users_files_stay_and_the_user_can_undo_them_later() {
    let Some(root) = Root::debian(small()) else { return };
    root.write("home/alice/.profile", "# alice's own\n");
    root.as_root(&["chown", "alice", "/home/alice/.profile"]).succeeds();
    dpkg(&root, &current());
    root.as_alice(&["gvmr", "install", SMALL]).succeeds();
    root.as_alice(&["gvmr", "setup", "--yes"]).succeeds();
    let before = files(&root.path("home/alice"));

    let said = root.as_root(&["apt-get", "purge", "--yes", "gvmr"]);
    assert_eq!(said.stdout.matches("gvmr: users keep").count(), 1, "{said:#?}");
    assert!(said.stdout.contains("install gvmr again and run as that user: gvmr setup --undo"), "{said:#?}");
    assert_eq!(files(&root.path("home/alice")), before);
    let version = quiet(root.as_alice(&["sh", "-l", "-c", "go version"]));
    assert_eq!(version, format!("go version go{SMALL} linux/amd64"));

    dpkg(&root, &next());
    root.as_alice(&["gvmr", "setup", "--undo", "--yes"]).succeeds();
    assert_eq!(root.bytes("home/alice/.profile"), b"# alice's own\n");
}

#[test]
fn shells_start_quietly_where_gvmr_and_its_home_are_gone() {
    let Some(root) = Root::debian(small()) else { return };
    dpkg(&root, &current());
    settle_in(&root);
    root.as_alice(&["gvmr", "setup", "--yes"]).succeeds();
    root.as_root(&["dpkg", "--remove", "gvmr"]).succeeds();
    for home in [ALICES_HOME, SHARED_HOME] {
        root.as_root(&["rm", "-r", home]).succeeds();
        for shell in
            [&["sh", "-l", "-c", ":"][..], &["bash", "-l", "-c", ":"], &["bash", "-c", ". ~/.bashrc"]]
        {
            assert_eq!(quiet(root.as_alice(shell)), "", "{shell:?}");
        }
    }
}

#[test]
fn the_shared_home_stays_and_undoes_its_setup_itself() {
    let Some(root) = Root::debian(small()) else { return };
    let before = files(&root.path("etc"));
    dpkg(&root, &current());
    settle_in(&root);
    root.as_alice(&["gvmr", "setup", "--yes"]).succeeds();
    assert!(mentions_gvmr(&root, "home/alice/.profile"));
    let upgraded = root.as_root(&["dpkg", "--install", &super::debian::put_deb(&root, &next())]);
    assert!(!upgraded.stdout.contains("users keep"), "an upgrade removes nothing: {upgraded:#?}");
    let said = root.as_root(&["dpkg", "--purge", "gvmr"]);
    let [all, alices] =
        ["setup --system --undo", "setup --undo"].map(|undo| format!("{SHARED_HOME}/bin/gvmr {undo}"));
    for command in [&all, &alices] {
        assert_eq!(said.stdout.matches(command).count(), 1, "{said:#?}");
    }
    let version = quiet(root.as_alice(&["sh", "-l", "-c", "go version"]));
    assert_eq!(version, format!("go version go{SMALL} linux/amd64"));
    root.as_alice(&["sh", "-c", &format!("{alices} --yes")]).succeeds();
    assert!(!mentions_gvmr(&root, "home/alice/.profile"));
    root.as_root(&["sh", "-c", &format!("{all} --yes")]).succeeds();
    assert_eq!(files(&root.path("etc")), before);
}

#[test]
fn a_refresh_that_fails_names_the_command_and_fails_no_package() {
    let Some(root) = Root::debian(small()) else { return };
    dpkg(&root, &current());
    settle_in(&root);
    root.as_root(&["cp", "/bin/false", "/usr/bin/gvmr"]).succeeds();
    let script = "/var/lib/dpkg/info/gvmr.postinst";
    root.as_root(&[script, "configure"]).exits(0, &["as root, run: /usr/bin/gvmr self refresh"]);
    // Another machine's home is not the one in `/etc` here.
    let run = root.as_root(&["env", "DPKG_ROOT=/somewhere", script, "configure"]);
    assert_eq!(quiet(run), "");
}

#[test]
fn a_package_installs_where_there_is_no_proc() {
    let Some(root) = Root::debian(small()) else { return };
    dpkg(&root, &current());
    settle_in(&root);
    let deb = super::debian::put_deb(&root, &next());
    let run = root.without_proc(&["dpkg", "--install", &deb]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let state = root.as_root(&["dpkg-query", "-W", "-f=${Status}", "gvmr"]).succeeds();
    assert_eq!(state, "install ok installed");
    // The home of all users is up to date, or the message says how to bring it there.
    if !run.stderr.contains("as root, run: /usr/bin/gvmr self refresh") {
        programs_are_of(&root, &format!("{SHARED_HOME}/bin"), &next());
    }
    root.as_root(&["/usr/bin/gvmr", "self", "refresh"]).succeeds();
    programs_are_of(&root, &format!("{SHARED_HOME}/bin"), &next());
}

/// Asserts success and an empty stderr, and gives stdout.
#[track_caller]
fn quiet(run: Run) -> String {
    assert_eq!(run.stderr, "");
    run.succeeds()
}

fn mentions_gvmr(root: &Root, file: &str) -> bool {
    std::fs::read_to_string(root.path(file)).is_ok_and(|text| text.contains("gvmr"))
}

/// Every file below a directory that a user or root wrote, with its content.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            found.insert(
                path.clone(),
                std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes(),
            );
        } else if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}
