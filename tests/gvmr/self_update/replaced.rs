//! What an update puts in place.

use super::{Machine, Release};
use crate::support::world::Run;
use gvmr::self_update::SelfUpdateError;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

#[test]
fn a_newer_release_replaces_both_programs_and_the_pages_that_are_there() {
    let Some(machine) = Machine::new() else { return };
    let page = machine.path("share/man/man1/gvmr.1");
    fs::write(&page, "old page").unwrap();
    let extras = vec![
        ("share/man/man1/gvmr.1", "new page"),
        ("share/man/man1/gvmr-env.1", "a page that was not there"),
    ];
    machine.publish(&Release { extras, ..Release::new("9.9.9") });
    let placed = machine.update(None).unwrap();
    assert_eq!(placed, [page.clone(), machine.path("bin/gvmr"), machine.path("bin/gvmr-shim")]);
    let said = Run::of(Command::new(machine.path("bin/gvmr")).arg("--version")).succeeds();
    assert_eq!(said, "gvmr 9.9.9");
    assert_eq!(fs::read(machine.path("bin/gvmr-shim")).unwrap(), b"the shim of 9.9.9");
    assert_eq!(fs::read(&page).unwrap(), b"new page");
    assert_eq!(machine.names_in_bin(), ["gvmr", "gvmr-shim"]);
}

#[test]
fn modes_stay_as_the_administrator_set_them() {
    let Some(machine) = Machine::new() else { return };
    fs::set_permissions(machine.path("bin/gvmr"), fs::Permissions::from_mode(0o750)).unwrap();
    machine.publish(&Release::new("9.9.9"));
    machine.update(None).unwrap();
    let mode = |name: &str| fs::metadata(machine.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("bin/gvmr"), mode("bin/gvmr-shim")), (0o750, 0o755));
}

#[test]
fn an_older_release_comes_only_when_its_version_is_named() {
    let Some(machine) = Machine::new() else { return };
    machine.publish(&Release::new("0.0.1"));
    let before = machine.programs();
    let error = machine.update(None).unwrap_err();
    assert!(matches!(&error, SelfUpdateError::Older { .. }), "{error}");
    assert_eq!(error.hint().unwrap(), "run `gvmr self update 0.0.1` if you want that release");
    assert_eq!(machine.programs(), before);
    machine.update(Some("0.0.1")).unwrap();
    assert_eq!(fs::read(machine.path("bin/gvmr-shim")).unwrap(), b"the shim of 0.0.1");
}

#[test]
fn one_directory_serves_every_release_that_was_published_there() {
    let Some(machine) = Machine::new() else { return };
    machine.publish(&Release::new("9.9.8"));
    machine.publish(&Release::new("9.9.9"));
    machine.update(Some("9.9.8")).unwrap();
    assert_eq!(fs::read(machine.path("bin/gvmr-shim")).unwrap(), b"the shim of 9.9.8");
    let error = machine.update(Some("9.9.7")).unwrap_err();
    assert!(matches!(error, SelfUpdateError::NoRelease { .. }), "{error}");
    machine.update(None).unwrap();
    assert_eq!(fs::read(machine.path("bin/gvmr-shim")).unwrap(), b"the shim of 9.9.9");
}

#[test]
fn what_a_killed_update_left_is_swept() {
    let Some(machine) = Machine::new() else { return };
    machine.publish(&Release::new("9.9.9"));
    let gone = Command::new("true").spawn().unwrap();
    let process = gone.id();
    drop(gone.wait_with_output());
    fs::write(machine.path(&format!("bin/.gvmr-update-{process}-0")), "half a program").unwrap();
    machine.update(None).unwrap();
    assert_eq!(machine.names_in_bin(), ["gvmr", "gvmr-shim"]);
}
