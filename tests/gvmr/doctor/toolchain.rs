//! Which Go runs here, and whether it can: programs of another machine, pins and go.mod, with real toolchains.

use super::findings;
use super::user_of::UserOf;
use crate::support::mirror::user_with;
use crate::support::skip;
use std::fs;
use std::process::Command;

#[test]
fn a_go_that_is_built_for_another_machine_is_named_before_its_tree() {
    let Some(world) = user_with(&["1.24.11"]) else { return };
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

#[test]
fn a_toolchain_line_is_a_wish_and_only_the_go_line_is_a_minimum() {
    let Some(world) = user_with(&["1.20.14", "1.24.11"]) else { return };
    let wish = "module x\n\ngo 1.22\n\ntoolchain go1.26.8\n";
    let old = "module x\n\ngo 1.20\n\ntoolchain go1.26.8\n";
    let newer = "module x\n\ngo 1.25.0\n\ntoolchain go1.26.8\n";
    let main = ("main.go", "package main\n\nfunc main() {\n\tfor range 3 {\n\t}\n}\n");
    let plain = ("main.go", "package main\n\nfunc main() {}\n");
    for (number, (pin, go_mod, main, builds, lines)) in [
        ("1.24.11", wish, main, true, &[][..]),
        ("1.24.11", "module x\n\ntoolchain go1.26.8\n", plain, true, &[]),
        ("1.24.11", newer, main, false, &[3]),
        // No go line is too new for it, and it does not know the toolchain line.
        ("1.20.14", old, plain, false, &[5]),
        ("1.20.14", wish, main, false, &[3]),
        ("1.20.14", "module x\n\ngo 1.20\n", plain, true, &[]),
        ("1.20.14", "module x\n\ngo 1.22\n", main, false, &[3]),
    ]
    .into_iter()
    .enumerate()
    {
        let files = [(".go-version", pin), ("go.mod", go_mod), main];
        let project = world.project(&format!("project{number}"), &files);
        let built = world.shim("go", &project, ["build", "-o", "/dev/null", "."]);
        assert_eq!(built.code == Some(0), builds, "{pin} {go_mod}: {built:#?}");
        let run = world.gvmr_in(&project, ["doctor", "--json", "--no-network"]);
        let report = run.json();
        let found: Vec<_> = report["findings"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(found.len(), lines.len(), "{pin} {go_mod}: {report:#}");
        for (line, finding) in lines.iter().zip(report["findings"].as_array().unwrap()) {
            assert_eq!(finding["id"], "toolchain.below-minimum");
            assert_eq!(finding["where"][0]["file"], project.join(".go-version").to_str().unwrap());
            assert_eq!(finding["where"][1]["line"], *line, "{pin} {go_mod}: {finding:#}");
        }
    }
}

#[test]
fn what_to_pin_instead_is_installed_or_what_the_module_names() {
    let Some(world) = user_with(&["1.20.14", "1.24.11"]) else { return };
    for (number, (go_mod, named)) in [
        ("module x\n\ngo 1.24.0\n", "gvmr use 1.24.11"),
        ("module x\n\ngo 1.24.0\n\ntoolchain go1.26.8\n", "gvmr use 1.24.11"),
        ("module x\n\ngo 1.25.0\n", "gvmr use 1.25.0"),
        ("module x\n\ngo 1.25.0\n\ntoolchain go1.26.8\n", "gvmr use 1.26.8"),
        ("module x\n\ngo 1.25\n", "gvmr use 1.25"),
    ]
    .into_iter()
    .enumerate()
    {
        let files = [(".go-version", "1.20.14"), ("go.mod", go_mod)];
        let project = world.project(&format!("project{number}"), &files);
        let report = world.gvmr_in(&project, ["doctor", "--json", "--no-network"]).json();
        let text = report["findings"][0]["fix"]["text"].as_str().unwrap();
        assert!(text.contains(&format!("`{named}`")), "{go_mod}: {text}");
    }
    // A variable comes before what `gvmr use` writes.
    let mut world = world;
    world.set("GVMR_VERSION", "1.20.14");
    let project = world.project("variable", &[("go.mod", "module x\n\ngo 1.24.0\n")]);
    let report = world.gvmr_in(&project, ["doctor", "--json", "--no-network"]).json();
    let text = report["findings"][0]["fix"]["text"].as_str().unwrap();
    assert!(text.starts_with("unset it"), "{text}");
}

#[test]
fn what_a_module_asks_for_may_be_on_path_in_sessions_alone() {
    let Some(user) = UserOf::new("/bin/bash", None) else { return skip("bash and root") };
    user.another_go("sdk/bin");
    fs::create_dir_all(user.path("sdk/pkg/tool")).unwrap();
    let line = "PATH=$PATH:$HOME/sdk/bin\n";
    let with_line = |file: &str| {
        let text = fs::read_to_string(user.path(file)).unwrap();
        user.write(file, format!("{line}{text}"));
    };
    let doctor = || findings(&user.world, &user.gvmr_in("module", &["doctor", "--json"]));
    user.write("module/go.mod", "module x\n\ngo 1.20\n");
    let missing = "toolchain.not-available ~/module/go.mod:3";
    assert_eq!(doctor(), [missing], "no session has a go");
    with_line(".bashrc");
    with_line(".profile");
    for (version, found) in [("go1.22.1", &[][..]), ("go1.19.13", &[missing]), ("devel", &[])] {
        user.write("sdk/VERSION", version);
        assert_eq!(doctor(), found, "{version}");
    }
    assert!(!user.path(".local/share/gvmr").exists());
}
