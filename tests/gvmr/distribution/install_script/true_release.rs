//! From nothing to `go version`: the true programs of this checkout, by the script.

use super::machine::{Machine, is_there, serve};
use crate::support::distribution;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::Run;
use std::fs;
use std::path::{Path, PathBuf};

/// The version of a release in a directory.
fn version(release: &Path) -> String {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(release.join("dist.json")).unwrap()).unwrap();
    manifest["version"].as_str().unwrap().to_owned()
}

/// A machine that can install one version of Go, with these tools; its script has the key of the releases.
fn machine(mirror: &Mirror, tools: &[(&str, &str)]) -> Machine {
    let mut machine = Machine::bare_in(mirror.world(), tools);
    let path = format!("{}:{}", machine.bin().display(), machine.world.path("tools").display());
    machine.world.set("PATH", &path);
    let key = fs::read_to_string(distribution::key().with_extension("pub")).unwrap();
    machine.fill_key(key.lines().nth(1).unwrap());
    machine
}

fn go_version(machine: &Machine) -> String {
    let user = machine.world.path("user");
    Run::of(machine.world.command(&machine.bin().join("gvmr"), &user).args(["install", "1.99.1"])).succeeds();
    machine.world.shim("go", &user, ["version"]).succeeds()
}

#[test]
fn from_nothing_to_go_version() {
    if let Some(missing) = ["busybox", "curl", "minisign"].into_iter().find(|program| !is_there(program)) {
        return skip(&format!("{missing} is not installed"));
    }
    let mirror = Mirror::small(&["1.99.1"]);
    let server = serve(&distribution::current());
    let directory = distribution::current().display().to_string();
    let rows: [(&[&str], &[(&str, &str)], &str, &str); 6] = [
        (&["dash"], &[("curl", "curl")], &server.url(""), "no signature: minisign is not installed"),
        (
            &["dash"],
            &[("wget", "busybox"), ("minisign", "minisign")],
            &server.url(""),
            "sha256 and signature\n",
        ),
        (&["dash"], &[], &directory, "no signature: minisign is not installed"),
        (
            &["busybox", "ash"],
            &[("curl", "curl"), ("minisign", "minisign")],
            &server.url(""),
            "sha256 and signature\n",
        ),
        (
            &["busybox", "ash"],
            &[("wget", "busybox")],
            &server.url(""),
            "no signature: minisign is not installed",
        ),
        (&["busybox", "ash"], &[("minisign", "minisign")], &directory, "sha256 and signature\n"),
    ];
    for (shell, tools, from, says) in rows {
        let mut machine = machine(&mirror, tools);
        machine.world.set("GVMR_DIST", from);
        let said = Run::of(&mut machine.command(shell, &[])).succeeds();
        assert!(said.contains(says), "{shell:?} {tools:?}: {said}");
        machine.has(&version(&distribution::current()));
        assert_eq!(go_version(&machine), "go version go1.99.1 linux/amd64");
    }
}

#[test]
fn the_next_release_replaces_it_and_go_still_runs() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut machine = machine(&mirror, &[]);
    for release in [distribution::current(), distribution::next()] {
        let at: PathBuf = release;
        machine.world.set("GVMR_DIST", at.to_str().unwrap());
        machine.install(&[]).succeeds();
        machine.has(&version(&at));
        assert_eq!(go_version(&machine), "go version go1.99.1 linux/amd64");
    }
}

#[test]
fn with_setup_every_session_finds_it() {
    let mirror = Mirror::small(&["1.99.1"]);
    let mut machine = machine(&mirror, &[]);
    machine.world.set("GVMR_DIST", distribution::current().to_str().unwrap()).set("SHELL", "/bin/bash");
    let profile = machine.world.path("user/.bashrc");
    fs::write(&profile, "# mine\n").unwrap();
    machine.install(&[]).succeeds();
    assert_eq!(fs::read_to_string(&profile).unwrap(), "# mine\n");
    machine.install(&["--setup"]).succeeds();
    assert!(fs::read_to_string(&profile).unwrap().contains("gvmr"));
}
