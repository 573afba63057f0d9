//! Which Go runs here, and whether it can: programs of another machine, pins and go.mod, with real toolchains.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::World;
use std::fs;
use std::process::Command;

/// A user who has these versions.
fn with(versions: &[&str]) -> Option<World> {
    let Some(mirror) = Mirror::real(versions) else {
        skip("the module proxy does not answer");
        return None;
    };
    let world = mirror.world();
    world.gvmr([&["install"][..], versions].concat()).succeeds();
    Some(world)
}

#[test]
fn a_go_that_is_built_for_another_machine_is_named_before_its_tree() {
    let Some(world) = with(&["1.24.11"]) else { return };
    let go = world.goroot("1.24.11").join("bin/go");
    let program = fs::read(&go).unwrap();
    // 64-bit ARM, or 64-bit SPARC, which Go has no Linux port to; on ARM the first is x86-64.
    let other = if cfg!(target_arch = "aarch64") { 62_u16 } else { 183 };
    for machine in [other, 43] {
        let mut changed = program.clone();
        changed[18..20].copy_from_slice(&machine.to_le_bytes());
        fs::write(&go, &changed).unwrap();
        assert!(Command::new(&go).arg("version").output().is_err(), "{machine}");
        let run = world.gvmr(["doctor", "--json", "--no-network"]);
        assert_eq!(findings(&world, &run), ["host.cannot-run ~/.local/share/gvmr/default:1"], "{machine}");
        let report = run.json();
        assert_eq!(report["findings"][0]["where"][1]["file"], go.to_str().unwrap());
        assert_eq!(report["findings"][0]["fix"]["command"], "gvmr uninstall 1.24.11 && gvmr install 1.24.11");
        let skipped = report["skipped"].as_array().unwrap();
        let tree = skipped.iter().find(|one| one["id"] == "gvmr.tree-changed").unwrap();
        assert_eq!(tree["why"], "after host.cannot-run");
    }
    fs::write(&go, &program).unwrap();
    assert_eq!(findings(&world, &world.gvmr(["doctor", "--json", "--no-network"])), [""; 0]);
}
