//! Limits, directories and variables of the machine.

use super::findings;
use super::user_of::UserOf;
use crate::install::musl::Machine;
use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, gvmr};
use crate::support::{skip, slow};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// `gvmr doctor --json` behind a command of the shell.
fn under(world: &World, command: &str) -> Run {
    let script = format!("{command}\nexec '{}' doctor --json", gvmr().display());
    Run::of(world.command("/bin/sh".as_ref(), &world.path("user")).arg("-c").arg(script))
}

#[test]
fn limits_that_end_a_build_are_named() {
    let world = World::new("off");
    assert_eq!(findings(&world, &under(&world, "ulimit -f 1000")), ["host.limits RLIMIT_FSIZE"]);
    assert!(under(&world, "ulimit -f 100").stdout.contains("files are limited to 50 KiB"));
    assert_eq!(findings(&world, &under(&world, "ulimit -v 600000")), ["host.limits RLIMIT_AS"]);
    for fine in ["ulimit -n 16", "ulimit -v 4000000", "ulimit -f 1000000"] {
        assert_eq!(findings(&world, &under(&world, fine)), [""; 0], "{fine}");
    }
}

#[test]
fn a_level_that_an_older_processor_lacks_is_named() {
    if !cfg!(target_arch = "x86_64") || !rustix::process::geteuid().is_root() {
        return skip("a processor of its own needs root, and x86-64");
    }
    let world = World::new("off");
    let home = world.path("user");
    fs::create_dir_all(home.join(".config/go")).unwrap();
    // A level 2, as of a machine's older host.
    let flags = "flags : cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3\n";
    fs::write(home.join("cpuinfo"), flags).unwrap();
    let doctor = |value: &str| {
        fs::write(home.join(".config/go/env"), format!("GOAMD64={value}\n")).unwrap();
        let mut command = world.command("unshare".as_ref(), &home);
        let script = "mount --bind cpuinfo /proc/cpuinfo && exec \"$0\" doctor --json --no-network";
        findings(&world, &Run::of(command.args(["--mount", "sh", "-c", script]).arg(gvmr())))
    };
    for (value, found) in [
        ("v1", &[][..]),
        ("v2", &[]),
        ("v3", &["goenv.stale-target ~/.config/go/env:1"]),
        ("v4,x", &["goenv.stale-target ~/.config/go/env:1"]),
    ] {
        assert_eq!(doctor(value), found, "{value}");
    }
}

#[test]
fn a_home_or_a_directory_for_temporary_files_that_go_cannot_use_is_named() {
    let mut world = World::new("off");
    let home = world.path("user");
    world.set("TMPDIR", "/nowhere/tmp");
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), ["host.tmpdir TMPDIR"]);
    // One below the home can be made, and goes again.
    world.set("TMPDIR", home.join("new/tmp").to_str().unwrap());
    world.gvmr(["doctor", "--fix", "--yes"]).succeeds();
    assert!(home.join("new/tmp").is_dir());
    world.gvmr(["doctor", "--fix", "--undo"]).succeeds();
    assert!(!home.join("new").exists());
    fs::create_dir(home.join("tmp")).unwrap();
    world.set("GOTMPDIR", home.join("tmp").to_str().unwrap());
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json"])), [""; 0], "GOTMPDIR comes first");
    assert_eq!(fs::read_dir(home.join("tmp")).unwrap().count(), 0, "what was tried there is gone");
    world.unset("GOTMPDIR").unset("TMPDIR");

    let home = world.home();
    world.set("GVMR_HOME", home.to_str().unwrap());
    for wrong in ["", "/nowhere", "relative"] {
        world.set("HOME", wrong);
        let found = findings(&world, &world.gvmr(["doctor", "--json", "--only", "host.home"]));
        assert_eq!(found, ["host.home HOME"], "{wrong}");
    }
}

#[test]
fn a_home_of_another_user_is_one_finding_and_that_user_keeps_all_of_it() {
    let Some(mut user) = UserOf::new("/bin/bash", None) else { return skip("another user needs root") };
    user.world.unset("GVMR_HOME");
    let theirs = user.world.path("theirs");
    fs::create_dir_all(theirs.join(".local/share/gvmr/versions")).unwrap();
    user.write("go.mod", "module m\n\ngo 1.21\n");
    for (home, mode) in [(theirs.as_path(), 0o700), (&theirs, 0o755), (Path::new("/etc/passwd"), 0o644)] {
        if home == theirs {
            fs::set_permissions(home, fs::Permissions::from_mode(mode)).unwrap();
        }
        user.world.set("HOME", home.to_str().unwrap());
        let report = user.gvmr(&["doctor", "--json"]);
        assert_eq!(findings(&user.world, &report), ["host.home HOME"], "{home:?} {mode:o}");
        assert!(!report.stdout.contains("chown"), "{}", report.stdout);
    }
    // One that GVMR_HOME names is not theirs to take either.
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o700)).unwrap();
    user.world.set("HOME", user.path("").to_str().unwrap()).set("GVMR_HOME", theirs.to_str().unwrap());
    let report = user.gvmr(&["doctor", "--json"]);
    assert_eq!(findings(&user.world, &report)[0], format!("gvmr.home-unfit {}", theirs.display()));
    assert!(!report.stdout.contains("chown"), "{}", report.stdout);
}

#[test]
fn a_musl_machine_is_healthy_until_a_directory_asks_for_a_go_that_needs_glibc() {
    if slow::left_out(
        "doctor::machine::a_musl_machine_is_healthy_until_a_directory_asks_for_a_go_that_needs_glibc",
    ) {
        return;
    }
    let Some(machine) = Machine::new() else { return };
    let Some(mirror) = Mirror::real(&["1.19.13", "1.24.11"]) else {
        return skip("the module proxy does not answer");
    };
    let mut world = mirror.world();
    let user = machine.root().join("root");
    world.set("GVMR_HOME", user.join(".local/share/gvmr").to_str().unwrap());
    world.gvmr(["install", "1.24.11", "1.19.13"]).succeeds();
    let doctor = || {
        let variables = [("GOPROXY", "off"), ("PATH", "/root/.local/share/gvmr/shims:/bin")];
        let script = "cd /root && gvmr setup --yes >/dev/null 2>&1; exec gvmr doctor --json";
        machine.run(&variables, &["/bin/sh", "-c", script]).json()
    };
    let report = doctor();
    assert_eq!(
        (&report["healthy"], &report["findings"]),
        (&true.into(), &serde_json::json!([])),
        "{report:#}"
    );
    fs::write(user.join(".go-version"), "# old\n1.19.13\n").unwrap();
    let report = doctor();
    let found: Vec<_> = report["findings"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(found, ["host.cannot-run"], "{report:#}");
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["where"][0]["file"], &finding["where"][0]["line"]),
        (&"/root/.go-version".into(), &2.into())
    );
    assert_eq!(finding["where"][2]["file"], "/lib64/ld-linux-x86-64.so.2");
    assert_eq!(finding["fix"]["command"], "gvmr use 1.24.11");
}
