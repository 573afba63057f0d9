//! With a key in the script and minisign on the machine, only a signed release is installed.

use super::forged::{Release, VERSION};
use super::machine::{Machine, is_there};
use crate::support::skip;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

fn minisign(words: &[&str]) {
    let output = Command::new("minisign").args(words).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "minisign {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A machine whose script has a public key, and a release signed by that key; `None` where minisign is missing.
fn signed(release: &Release) -> Option<Machine> {
    if !is_there("minisign") {
        skip("minisign is not installed");
        return None;
    }
    let mut machine = Machine::new();
    let directory = machine.release(release);
    new_key(&machine, "key");
    let public = fs::read_to_string(machine.world.path("key.pub")).unwrap();
    machine.fill_key(public.lines().nth(1).unwrap());
    sign(&machine, "key", &directory.join("dist.json"), &format!("gvmr {}", release.version));
    Some(machine)
}

fn new_key(machine: &Machine, name: &str) {
    let path = |ending: &str| machine.world.path(&format!("{name}{ending}")).display().to_string();
    minisign(&["-G", "-W", "-p", &path(".pub"), "-s", &path("")]);
}

fn sign(machine: &Machine, key: &str, file: &Path, comment: &str) {
    let key = machine.world.path(key).display().to_string();
    minisign(&["-S", "-s", &key, "-m", file.to_str().unwrap(), "-t", comment]);
}

#[test]
fn a_signed_release_is_installed_and_says_so() {
    let Some(machine) = signed(&Release::of(VERSION)) else { return };
    let said = machine.install(&[]).succeeds();
    assert!(said.contains("checked: sha256 and signature\n"), "{said}");
    machine.has(VERSION);
}

#[test]
fn a_wrong_or_missing_signature_is_refused() {
    let change: [(&str, fn(&Machine, &Path)); 5] = [
        ("cannot get", |_, manifest| fs::remove_file(manifest.with_extension("json.minisig")).unwrap()),
        ("wrong signature", |_, manifest| {
            let text = fs::read_to_string(manifest).unwrap();
            fs::write(manifest, text.replace("2026-11-30", "2026-11-29")).unwrap();
        }),
        ("wrong signature", |machine, manifest| {
            new_key(machine, "other");
            sign(machine, "other", manifest, &format!("gvmr {VERSION}"));
        }),
        ("wrong signature", |machine, manifest| sign(machine, "key", manifest, "gvmr 1.2.2")),
        ("wrong signature", |_, manifest| {
            fs::write(manifest.with_extension("json.minisig"), "<html>\n").unwrap();
        }),
    ];
    for (says, change) in change {
        let Some(machine) = signed(&Release::of(VERSION)) else { return };
        change(&machine, &machine.world.path("release/dist.json"));
        machine.install(&[]).exits(1, &[says, "nothing was installed"]);
        machine.has_nothing();
    }
}

#[test]
fn without_minisign_it_says_why_no_signature_was_checked() {
    let Some(signed) = signed(&Release::of(VERSION)) else { return };
    let mut machine = Machine::bare(&[]);
    machine.tool("id", "echo 1000");
    machine.release(&Release::of(VERSION));
    fs::copy(signed.world.path("install.sh"), machine.world.path("install.sh")).unwrap();
    let said = machine.install(&[]).succeeds();
    assert!(said.contains("checked: sha256 (no signature: minisign is not installed)"), "{said}");
}
