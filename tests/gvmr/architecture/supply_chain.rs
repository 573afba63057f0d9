//! What is linked into a static gvmr: few crates, and each once.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crates in the static program, its own two included.
const MAX_CRATES: usize = 160;

#[test]
fn a_static_build_links_few_crates_and_none_in_two_versions() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["tree", "--edges", "normal", "--target", "x86_64-unknown-linux-musl", "--locked"]);
    let output = cargo.args(["--prefix", "none", "--format", "{p}"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut words = line.split(' ');
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            versions.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    let twice: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!((100..=MAX_CRATES).contains(&versions.len()), "{} crates", versions.len());
}
