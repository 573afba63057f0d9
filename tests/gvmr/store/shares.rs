//! Homes on shared folders: what they lose is lived with, or found before the download and said.

use crate::support::mirror::Mirror;
use crate::support::share::{Loses, Share};
use crate::support::skip;
use crate::support::world::{World, names};

/// A machine whose home is on a share that loses this; `None` where there is no FUSE.
fn machine(mirror: &Mirror, loses: Loses) -> Option<(Share, World)> {
    let Some(share) = Share::mount(loses) else {
        skip("there is no /dev/fuse, or mounting needs root");
        return None;
    };
    let mut world = mirror.world();
    world.set("GVMR_HOME", share.path().join("home").to_str().unwrap());
    Some((share, world))
}

#[test]
fn a_share_without_links_or_modes_or_case_holds_a_home() {
    for loses in [
        Loses::default(),
        Loses { links: true, ..Loses::default() },
        Loses { modes: Some(0o755), ..Loses::default() },
        Loses { case: true, ..Loses::default() },
        Loses { links: true, modes: Some(0o755), case: true, ..Loses::default() },
    ] {
        let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
        let Some((share, world)) = machine(&mirror, loses) else { return };
        let home = share.path().join("home");
        world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
        world.gvmr(["verify"]).succeeds();
        world.gvmr(["use", "--global", "1.98.1"]).succeeds();
        world.gvmr(["setup", "--yes"]).succeeds();
        for (shim, version) in [("go", "1.98.1"), ("go1.99.1", "1.99.1")] {
            let mut command = world.command(&home.join("shims").join(shim), &world.path("user"));
            let said = crate::support::world::Run::of(command.arg("version")).succeeds();
            assert!(said.contains(version), "{said}");
        }
        world.gvmr(["uninstall", "1.99.1"]).succeeds();
        assert_eq!(names(&home.join("versions")), ["go1.98.1"]);
        assert_eq!(names(&home.join("staging")), [""; 0]);
    }
}

#[test]
fn what_a_share_cannot_do_is_said_before_the_download() {
    for (loses, words) in [
        (
            Loses { modes: Some(0o644), ..Loses::default() },
            ["does not let programs be made executable", "fmask"],
        ),
        (Loses { locks: true, ..Loses::default() }, ["does not support locks", "GVMR_HOME"]),
        (Loses { owners: Some(4711), ..Loses::default() }, ["belongs to user 4711", "GVMR_HOME"]),
    ] {
        let mirror = Mirror::small(&["1.99.1"]);
        let Some((_share, world)) = machine(&mirror, loses) else { return };
        world.gvmr(["install", "1.99.1"]).exits(8, &words);
        assert_eq!(mirror.downloads("1.99.1"), 0, "{words:?}");
    }
}

#[test]
fn a_share_that_fails_is_named_and_what_stands_is_said() {
    let mirror = Mirror::small(&["1.99.1"]);
    let Some((share, world)) = machine(&mirror, Loses { write_of: Some("VERSION"), ..Loses::default() })
    else {
        return;
    };
    world.gvmr(["install", "1.99.1"]).exits(8, &["cannot write ", "VERSION", "Input/output error", "next: "]);
    assert_eq!(names(&share.path().join("home/versions")), [""; 0]);
    assert_eq!(names(&share.path().join("home/staging")), [""; 0]);
    let loses = Loses { sync_of: Some("versions"), ..Loses::default() };
    let Some((share, world)) = machine(&mirror, loses) else { return };
    world.gvmr(["install", "1.99.1"]).exits(8, &["go1.99.1 is installed, but a power cut may undo that"]);
    assert_eq!(names(&share.path().join("home/versions")), ["go1.99.1"]);
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn a_pin_is_written_on_a_share_whatever_it_loses() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1", "1.99.1"]).succeeds();
    let modes = |modes| Loses { modes: Some(modes), ..Loses::default() };
    for loses in [
        modes(0o755),
        modes(0o777),
        modes(0o644),
        Loses { owners: Some(4711), ..modes(0o777) },
        Loses { owners: Some(4711), links: true, locks: true, ..modes(0o755) },
        Loses { owners: Some(4711), ..Loses::default() },
        Loses { case: true, links: true, ..modes(0o777) },
    ] {
        let shown = format!("{loses:?}");
        let Some(share) = Share::mount(loses) else { return };
        let project = share.path().join("project");
        std::fs::create_dir(&project).unwrap();
        for version in ["1.98.1", "1.99.1"] {
            let run = world.gvmr_in(&project, ["use", version]);
            assert_eq!(run.code, Some(0), "{shown}: {run:?}");
            assert_eq!(std::fs::read_to_string(project.join(".go-version")).unwrap(), format!("{version}\n"));
            let current = world.gvmr_in(&project, ["current", "--json"]);
            if loses.owners.is_some() && loses.modes == Some(0o777) {
                // As in /tmp, anyone may have put it there; that is said.
                for run in [run, current] {
                    assert!(run.stderr.contains("ignoring ") && run.stderr.contains("user 4711"), "{run:?}");
                }
            } else {
                assert_eq!(current.json()["version"], version, "{shown}");
            }
        }
        assert_eq!(names(&project), [".go-version"], "{shown}");
    }
}
