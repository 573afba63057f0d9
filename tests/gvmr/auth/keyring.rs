//! A real keyring on a session bus of its own.

use super::{canary, file, files_with, kept};
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs a script on a bus with, as `unlock` says, an unlocked keyring or none.
fn on_a_bus(world: &World, start: &str, script: &str) -> Run {
    let run = world.path("run");
    std::fs::create_dir_all(&run).unwrap();
    std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700)).unwrap();
    let script = format!("set -eu\ngvmr() {{ '{}' \"$@\"; }}\n{start}\n{script}\n", gvmr().display());
    let mut command = world.command(Path::new("dbus-run-session"), &world.path("user"));
    Run::of(command.args(["--", "bash", "-c", &script]).env("XDG_RUNTIME_DIR", run))
}

const UNLOCKED: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";
/// Locks it, as a screen lock may.
const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";

fn is_here() -> bool {
    let has =
        |program: &str| Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
    let all = ["dbus-run-session", "gnome-keyring-daemon", "dbus-send"].iter();
    let all = all.into_iter().all(|program| has(program).status.success());
    if !all {
        skip("dbus or gnome-keyring is missing");
    }
    all
}

#[test]
fn a_keyring_keeps_the_secret_and_the_file_does_not() {
    if !is_here() {
        return;
    }
    let world = World::new("off");
    let script = "printf canary-k1 | gvmr auth set git.corp/team --user joe
        printf 'canary-k2 \u{fc}%%' | gvmr auth set --proxy proxy.corp:3128 --user ann
        printf canary-k3 | gvmr auth set --file other.corp --user joe
        gvmr auth list
        gvmr auth | cat
        printf canary-k4 | gvmr auth set git.corp/team --user eve
        gvmr auth https://git.corp/team/x </dev/null | cat
        printf canary-k5 | gvmr auth set --file git.corp/team --user eve
        gvmr auth list
        gvmr auth remove --proxy proxy.corp:3128
        gvmr auth remove git.corp/team
        gvmr auth list
        dbus-send --session --print-reply --dest=org.freedesktop.secrets \
            /org/freedesktop/secrets/collection/login org.freedesktop.DBus.Properties.Get \
            string:org.freedesktop.Secret.Collection string:Items | grep -c 'object path' || true";
    let watch = canary::Watch::start(vec!["canary-k".to_owned()], &["environ"]);
    let run = on_a_bus(&world, UNLOCKED, script);
    assert!(run.stderr.contains("git.corp/team in the keyring\n"), "{run:?}");
    let lines = run.succeeds();
    assert_eq!(
        lines,
        "https  git.corp/team    joe  keyring\nproxy  proxy.corp:3128  ann  keyring\nhttps  other.corp       joe  file\n\
         https://git.corp/team\n\nAuthorization: Basic am9lOmNhbmFyeS1rMQ==\n\n\
         https://other.corp\n\nAuthorization: Basic am9lOmNhbmFyeS1rMw==\n\n\
         https://git.corp/team\n\nAuthorization: Basic ZXZlOmNhbmFyeS1rNA==\n\n\
         proxy  proxy.corp:3128  ann  keyring\nhttps  other.corp       joe  file\nhttps  git.corp/team    eve  file\n\
         https  other.corp  joe  file\n0"
    );
    watch.saw_nothing();
    assert_eq!(kept(&world), "https\tother.corp\tjoe\tfile\tcanary-k3\n");
    assert_eq!(files_with(&world.path(""), &["canary-k".to_owned()]), [file(&world)]);
}

#[test]
fn a_keyring_that_is_locked_is_not_waited_for() {
    if !is_here() {
        return;
    }
    let world = World::new("off");
    let script = format!(
        "printf canary-l1 | gvmr auth set git.corp --user joe
        {LOCK}
        gvmr auth | cat
        printf canary-l2 | gvmr auth set other.corp --user joe
        gvmr auth remove git.corp
        gvmr auth list"
    );
    let start = Instant::now();
    let run = on_a_bus(&world, UNLOCKED, &script);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(
        run.stderr.contains("the keyring is locked; running go without the login joe for git.corp"),
        "{run:?}"
    );
    assert!(run.stderr.contains("credentials, which only you can read (the keyring is locked)"), "{run:?}");
    assert!(run.stderr.contains("the secret \"gvmr: joe at git.corp\" is still there"), "{run:?}");
    assert_eq!(run.succeeds(), "https  other.corp  joe  file");
}

#[test]
fn without_a_keyring_that_answers_the_file_has_it() {
    if !is_here() {
        return;
    }
    // A bus that knows no keyring; one that is not there; one that never says a word; one across the network.
    let silent = "mkdir -p \"$HOME/x\"; python3 -c 'import os,socket,time
s = socket.socket(socket.AF_UNIX); s.bind(os.environ[\"HOME\"] + \"/x/bus\"); s.listen(9); time.sleep(60)' & server=$!
        trap \"kill $server\" EXIT
        while [ ! -S \"$HOME/x/bus\" ]; do sleep 0.05; done
        export DBUS_SESSION_BUS_ADDRESS=unix:path=$HOME/x/bus";
    for (start, why) in [
        ("export XDG_DATA_DIRS=/nonexistent", "keyring"),
        ("export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus", "no keyring is running"),
        (silent, "the keyring did not answer"),
        ("export DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port=1", "no keyring is running"),
        ("export DBUS_SESSION_BUS_ADDRESS='unixexec:path=/bin/false'", "no keyring is running"),
        ("export DBUS_SESSION_BUS_ADDRESS=", "keyring"),
    ] {
        let world = World::new("off");
        let begun = Instant::now();
        let run = on_a_bus(&world, start, "printf s3cret | gvmr auth set git.corp --user joe");
        assert!(run.stderr.contains(why) && run.stderr.contains("only you can read"), "{start}: {run:?}");
        run.succeeds();
        assert!(begun.elapsed() < Duration::from_secs(20), "{start}: {:?}", begun.elapsed());
        assert_eq!(kept(&world), "https\tgit.corp\tjoe\tfile\ts3cret\n", "{start}");
    }
}
