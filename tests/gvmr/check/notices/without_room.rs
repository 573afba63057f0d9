//! Where a run cannot be kept, since the disk is full or read-only, hooks are told and the verdict stays.

use super::{FAILS, PASSES, PATH, hook, posted, told, world};
use crate::check::{check, project};
use crate::support::namespaces;
use serde_json::{Value, json};
use std::process::Command;

/// Set for the test that runs in its own namespaces.
const WITHOUT_ROOM: &str = "GVMR_TEST_WITHOUT_ROOM";

#[test]
fn hooks_are_told_and_the_verdict_stays() {
    if !namespaces::are_there() {
        return;
    }
    let run = namespaces::run("check::notices::without_room::inside", |command| {
        command.env(WITHOUT_ROOM, "1");
    });
    if let Err(said) = run {
        panic!("{said}");
    }
}

#[test]
fn inside() {
    if std::env::var_os(WITHOUT_ROOM).is_none() {
        return;
    }
    let run = |command: &str| {
        let status = Command::new("sh").args(["-ec", command]).status().unwrap();
        assert!(status.success(), "{command}");
    };
    run("ip link set lo up");
    let server = hook();
    let mut world = world(&server.url(PATH));
    let archive = world.path("archive");
    let at = archive.display().to_string();
    world.set("GVMR_CHECK_ARCHIVE", &at);
    run(&format!("mkdir {at} && mount -t tmpfs -o size=64k tmpfs {at}"));
    for prepare in [
        format!("cat /dev/zero > {at}/filler 2>/dev/null || true"),
        format!("rm {at}/filler && mount -o remount,ro {at}"),
    ] {
        run(&prepare);
        for (probes, code) in [(PASSES, 0), (FAILS, 1)] {
            let project = project(&world, &told("on = \"always\"", probes));
            let run = check(&world, &project, &["--json"]);
            assert_eq!(run.code, Some(code), "{run:#?}");
            assert!(run.stderr.contains("this run is not kept, and there is no evidence of it"), "{run:#?}");
            let document = run.json();
            assert_eq!((&document["archived"], &document["notified"][0]["ok"]), (&Value::Null, &json!(true)));
            let sent = posted(server.requests().last().unwrap());
            assert_eq!((&sent["archived"], &sent["id"]), (&Value::Null, &document["id"]));
        }
    }
    assert_eq!(server.count(PATH), 4);
}
