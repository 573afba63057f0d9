//! What can happen to gvmr's own home.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{World, gvmr, names};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Puts something wrong into a home with one version, and takes it back by the command that is named.
#[track_caller]
fn broken(world: &World, spoil: impl FnOnce(&Path), found: &str, mend: &[&str]) {
    spoil(&world.home());
    let run = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(world, &run), [found]);
    let command = run.json()["findings"][0]["fix"]["command"].as_str().unwrap_or_default().to_owned();
    if !mend.is_empty() {
        assert_eq!(command, format!("gvmr {}", mend.join(" ")));
        world.gvmr(mend.iter().chain(if mend[0] == "doctor" { &["--yes"][..] } else { &[] })).succeeds();
        assert_eq!(findings(world, &world.gvmr(["doctor", "--json"])), [""; 0]);
    }
}

#[test]
fn each_damage_to_the_home_is_named_with_what_mends_it() {
    let mirror = Mirror::small(&["1.98.1", "1.99.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let shim = "~/.local/share/gvmr/shims";
    let remove =
        |name: &'static str| move |home: &Path| fs::remove_file(home.join("shims").join(name)).unwrap();
    broken(
        &world,
        remove("go"),
        &format!("gvmr.shim-broken {shim}/go"),
        &["doctor", "--fix", "--only", "gvmr.shim-broken"],
    );
    broken(
        &world,
        remove("go1.98.1"),
        &format!("gvmr.shim-broken {shim}/go1.98.1"),
        &["doctor", "--fix", "--only", "gvmr.shim-broken"],
    );
    let replace = |home: &Path| {
        fs::remove_file(home.join("shims/gofmt")).unwrap();
        fs::copy("/bin/true", home.join("shims/gofmt")).unwrap();
    };
    broken(
        &world,
        replace,
        &format!("gvmr.shim-broken {shim}/gofmt"),
        &["doctor", "--fix", "--only", "gvmr.shim-broken"],
    );
    let default = |home: &Path| fs::write(home.join("default"), "1.99.1\n").unwrap();
    broken(
        &world,
        default,
        "gvmr.default-missing ~/.local/share/gvmr/default:1",
        &["doctor", "--fix", "--only", "gvmr.default-missing"],
    );
    let receipt = |home: &Path| fs::remove_file(home.join("versions/go1.98.1/.gvmr-receipt.json")).unwrap();
    broken(&world, receipt, "gvmr.no-receipt ~/.local/share/gvmr/versions/go1.98.1", &[]);
    let open =
        |home: &Path| fs::set_permissions(home.join("shims"), fs::Permissions::from_mode(0o777)).unwrap();
    open(&world.home());
    let found = findings(&world, &world.gvmr(["doctor", "--json"]));
    assert!(found.contains(&format!("gvmr.home-unfit {shim}")), "{found:?}");
    fs::set_permissions(world.home().join("shims"), fs::Permissions::from_mode(0o755)).unwrap();
    // A group that has another member is others; a private one is not.
    let group = |id, mode| {
        if chown(world.home(), None, Some(id)).is_ok() {
            fs::set_permissions(world.home(), fs::Permissions::from_mode(mode)).unwrap();
        }
        findings(&world, &world.gvmr(["doctor", "--json", "--only", "gvmr.home-unfit"]))
    };
    if !rustix::process::geteuid().is_root() {
        return skip("a group of others needs root");
    }
    assert_eq!(group(1, 0o775), ["gvmr.home-unfit ~/.local/share/gvmr"]);
    world.gvmr(["doctor", "--fix", "--yes", "--only", "gvmr.home-unfit"]).succeeds();
    assert_eq!(fs::metadata(world.home()).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(group(0, 0o775), [""; 0]);
}

/// The notes about what is left in the home.
fn leftovers(world: &World) -> Vec<Value> {
    let run = world.gvmr(["doctor", "--json", "--only", "gvmr"]);
    assert_eq!(findings(world, &run), [""; 0], "a note alone is healthy");
    let notes = run.json()["findings"].as_array().unwrap().clone();
    notes.into_iter().filter(|one| one["id"] == "gvmr.leftovers").collect()
}

#[test]
fn what_a_killed_install_left_is_a_note_and_a_running_one_is_none() {
    let Some(mirror) = Mirror::real(&["1.24.11"]) else { return skip("the module proxy does not answer") };
    let world = mirror.world();
    let staging = world.home().join("staging");
    let mut command = world.command(gvmr(), &world.path("user"));
    let command = command.args(["install", "1.24.11"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut install = command.spawn().unwrap();
    // Amid its unpacking.
    let deadline = Instant::now() + Duration::from_secs(60);
    let is_amid = || names(&staging).iter().any(|name| staging.join(name).join("src/cmd/go").exists());
    while !is_amid() {
        assert!(Instant::now() < deadline && install.try_wait().unwrap().is_none(), "no moment amid it");
        std::thread::sleep(Duration::from_millis(1));
    }
    let id = Pid::from_raw(install.id().try_into().unwrap());
    kill(id, Signal::SIGSTOP).unwrap();
    assert_eq!(leftovers(&world), [Value::Null; 0], "it is at work");
    install.kill().unwrap();
    install.wait().unwrap();
    assert_eq!(world.installed(), [""; 0]);

    let left = leftovers(&world);
    let tree = staging.join(&names(&staging)[0]);
    assert_eq!((left.len(), left[0]["severity"].as_str()), (1, Some("note")), "{left:#?}");
    assert_eq!(left[0]["where"][0]["file"], tree.to_str().unwrap());
    let why = left[0]["why"].as_str().unwrap();
    let du = Command::new("du").arg("-sk").arg(&tree).output().unwrap();
    let du = String::from_utf8(du.stdout).unwrap();
    let kibibytes: u64 = du.split('\t').next().unwrap().parse().unwrap();
    assert!(kibibytes > 1024 && why.contains(&format!("{} MiB", kibibytes.div_ceil(1024))), "{why} {du}");
    world.gvmr(["doctor", "--fix", "--yes", "--only", "gvmr.leftovers"]).succeeds();
    assert_eq!((names(&staging), leftovers(&world)), (vec![], vec![]));
    world.gvmr(["install", "1.24.11"]).succeeds();
    let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, "go version go1.24.11 linux/amd64");
    assert_eq!(leftovers(&world), [Value::Null; 0]);
}

#[test]
fn a_project_file_that_changed_since_it_was_trusted_is_a_note_and_a_look_writes_nothing() {
    let mirror = Mirror::small(&["1.98.1"]);
    let world = mirror.world();
    world.gvmr(["install", "1.98.1"]).succeeds();
    let project = world.project("p", &[("gvmr.toml", "[env]\nGOFLAGS = \"-v\"\n")]);
    let notes = || {
        let report = world.gvmr_in(&project, ["doctor", "--json", "--no-network"]).json();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.iter().map(|one| format!("{} {}", one["severity"], one["id"])).collect::<Vec<_>>()
    };
    assert_eq!(notes(), [""; 0], "one that was never trusted is no finding");
    world.gvmr_in(&project, ["trust", "--yes"]).succeeds();
    assert_eq!(notes(), [""; 0]);
    fs::write(project.join("gvmr.toml"), "[env]\nGOFLAGS = \"-x\"\n").unwrap();
    assert_eq!(notes(), ["\"note\" \"gvmr.rules\""]);
    // Rules that were never compiled are read, and not stored.
    let config = world.path("user/.config/gvmr/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(config, "[env]\nGOFLAGS = \"-v\"\n").unwrap();
    let before = names(&world.home());
    notes();
    assert_eq!(names(&world.home()), before);
}

#[test]
fn settings_that_stop_every_command_do_not_stop_the_doctor() {
    let mut world = World::new("off");
    let file = world.path("user/.config/gvmr/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "# mine\n[[directoy]]\npath = \"~/x\"\n").unwrap();
    let run = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(&world, &run), ["gvmr.rules ~/.config/gvmr/config.toml:2"]);
    let report = run.json();
    assert!(report["findings"][0]["where"][0]["column"].is_u64(), "{report:#}");
    assert!(
        report["skipped"].as_array().unwrap().iter().all(|one| one["why"] == "after gvmr.rules"),
        "{report:#}"
    );
    fs::remove_file(&file).unwrap();
    for (name, value, found) in [
        ("GVMR_AUTO_INSTALL", "perhaps", "gvmr.rules GVMR_AUTO_INSTALL"),
        ("GVMR_HOME", "relative", "gvmr.rules GVMR_HOME"),
        ("GVMR_HOME", "/a:b", "gvmr.home-unfit /a:b"),
        ("GVMR_CONFIG", "/nowhere/config.toml", "gvmr.rules /nowhere/config.toml"),
    ] {
        world.set(name, value);
        assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), [found], "{name}={value}");
        world.unset(name);
    }
    world.set("HOME", "rel");
    let run = world.gvmr(["doctor", "--json"]);
    assert_eq!(findings(&world, &run), ["host.home HOME"]);
    assert!(run.stdout.contains("rel\\\"") && !run.stdout.contains("rel/"), "{}", run.stdout);
    world.unset("HOME");
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), ["host.home HOME"]);
}
