//! The parts of a release: its `CycloneDX` file, `cargo tree` and what the programs themselves carry agree.

use crate::support::distribution;
use crate::support::sources::root;
use flate2::read::{GzDecoder, ZlibDecoder};
use object::{Object as _, ObjectSection as _};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name and version of a crate.
type Part = (String, String);

/// The file of the release with this ending.
pub(super) fn released(ending: &str) -> PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("gvmr-{version}-linux-{}{ending}", std::env::consts::ARCH);
    distribution::current().join(name)
}

/// A file of the archive for this machine.
pub(super) fn unpacked(path: &str) -> Vec<u8> {
    unpacked_from(&released(".tar.gz"), path)
}

/// A file of an archive.
pub(super) fn unpacked_from(archive: &Path, path: &str) -> Vec<u8> {
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(archive).unwrap()));
    let mut entries = archive.entries().unwrap().map(Result::unwrap);
    let mut entry = entries.find(|entry| entry.path().unwrap().ends_with(path)).unwrap();
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The crates of gvmr that `cargo tree` lists for the released target: normal dependencies.
pub(super) fn tree() -> BTreeSet<Part> {
    let target = match std::env::consts::ARCH {
        "riscv64" => "riscv64gc-unknown-linux-musl".to_owned(),
        arch => format!("{arch}-unknown-linux-musl"),
    };
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "tree",
        "--locked",
        "--package=gvmr",
        "--edges=normal",
        "--prefix=none",
        "--target",
        &target,
    ]);
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let words = |line: &str| {
        let (name, rest) = line.split_once(" v").unwrap();
        (name.to_owned(), rest.split(' ').next().unwrap().to_owned())
    };
    String::from_utf8(output.stdout).unwrap().lines().map(words).collect()
}

fn part(value: &Value) -> Part {
    (value["name"].as_str().unwrap().to_owned(), value["version"].as_str().unwrap().to_owned())
}

fn sbom() -> Value {
    serde_json::from_slice(&std::fs::read(released(".cdx.json")).unwrap()).unwrap()
}

/// What `cargo auditable` put into a program: its crates, and whether they are linked into it.
fn carried(program: &str) -> Vec<(Part, bool)> {
    let program = unpacked(program);
    let file = object::File::parse(program.as_slice()).unwrap();
    let data = file.section_by_name(".dep-v0").unwrap().data().unwrap();
    let mut text = Vec::new();
    ZlibDecoder::new(data).read_to_end(&mut text).unwrap();
    let data: Value = serde_json::from_slice(&text).unwrap();
    let packages = data["packages"].as_array().unwrap();
    packages.iter().map(|package| (part(package), package["kind"] != "build")).collect()
}

/// What `cargo auditable` says too much: crates that only features of dev-dependencies ask for.
const ONLY_FOR_TESTS: [&str; 3] = ["crc32fast", "getrandom", "rand_core"];

#[test]
fn the_sbom_lists_what_cargo_tree_lists_and_nothing_of_this_machine() {
    let sbom = sbom();
    let mut parts: BTreeSet<_> = sbom["components"].as_array().unwrap().iter().map(part).collect();
    parts.insert(part(&sbom["metadata"]["component"]));
    assert_eq!(parts, tree());
    assert!(parts.iter().any(|(name, _)| name == "gvmr-core"));
    assert!(!sbom.to_string().contains("file://"), "{sbom}");
    assert!(sbom["serialNumber"].is_null() && sbom["metadata"]["timestamp"].is_null());
    let references: BTreeSet<_> = sbom["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["ref"])
        .map(Value::to_string)
        .collect();
    assert_eq!(references.len(), parts.len());
}

#[test]
fn each_program_carries_the_list_of_its_own_crates() {
    let tree = tree();
    let carried_by_gvmr = carried("bin/gvmr");
    let linked = carried_by_gvmr.iter().filter(|(_, is_linked)| *is_linked).map(|(part, _)| part);
    let not_listed: Vec<_> = linked.filter(|part| !tree.contains(part)).map(|(name, _)| name).collect();
    assert_eq!(not_listed, ONLY_FOR_TESTS);
    let all: BTreeSet<_> = carried_by_gvmr.into_iter().map(|(part, _)| part).collect();
    assert_eq!(tree.difference(&all).collect::<Vec<_>>(), [] as [&Part; 0]);
    let own = ("gvmr-core".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    assert_eq!(carried("bin/gvmr-shim"), [(own, true)]);
}
