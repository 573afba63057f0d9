//! An installed tree that is not what was installed, by a quick look: names, sizes and times. `gvmr verify` reads all of it.

use super::Looked;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::install::{PACKAGERS_FILE, path_in_tree};
use crate::store::{self, Receipt, Toolchain};
use crate::unpack::{MANIFEST, RECEIPT, is_executable};
use gvmr_core::gover::selector::Selector;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// So many files that were written later are read. More of them are a copied or restored tree, whose times alone are new.
const MAX_READ: usize = 64;
/// So many files are named.
const MAX_NAMED: usize = 3;

/// The trees that are used: the one that runs here, and the default.
pub(in crate::doctor) fn changed(facts: &Examination<'_>) -> Looked {
    let toolchains = facts.toolchains()?;
    let default = store::default_version(facts.home, &Process, toolchains).ok().flatten();
    let used = toolchains
        .iter()
        .filter(|one| Some(&one.version) == default.as_ref() || Some(&one.version) == facts.version());
    let mut findings = Vec::new();
    for toolchain in used {
        findings.extend(of_toolchain(toolchain)?);
    }
    Ok(findings)
}

/// A file of a tree.
struct Entry {
    bytes: u64,
    /// When its content or its rights changed last, in seconds since 1970.
    changed: i64,
    is_file: bool,
    /// Whether it can be executed, where it is a program.
    runs: bool,
}

fn of_toolchain(toolchain: &Toolchain) -> Result<Option<Finding>, String> {
    // Without one, another finding says so.
    let Ok(Some(receipt)) = Receipt::read(&toolchain.goroot) else { return Ok(None) };
    let mut entries = BTreeMap::new();
    list(&toolchain.goroot, Path::new(""), &mut entries)?;
    let files = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let bytes: u64 = entries.values().map(|entry| entry.bytes).sum();
    let is_whole = files == receipt.files && bytes == receipt.bytes;
    let differences = differences(&toolchain.goroot, &entries, is_whole);
    if differences.is_empty() && is_whole {
        return Ok(None);
    }
    let is_packagers =
        differences.len() == 1 && differences.iter().all(|path| path.as_path() == Path::new(PACKAGERS_FILE));
    let severity = if is_packagers { Severity::Note } else { Severity::Error };
    let name = toolchain.version.toolchain_name();
    let exact = Selector::exact(&toolchain.version);
    let named: Vec<_> = differences.iter().take(MAX_NAMED).map(|path| toolchain.goroot.join(path)).collect();
    let first = named.first().unwrap_or(&toolchain.goroot);
    let finding = Finding::at("gvmr.tree-changed", severity, FindingPlace::file(first))
        .what(format!("{name} is not as it was installed"))
        .why(match differences.len() {
            0 => format!(
                "it has {files} files with {bytes} bytes, and had {} with {}",
                receipt.files, receipt.bytes
            ),
            1 => "1 file was changed, added or removed".to_owned(),
            count => format!("{count} files were changed, added or removed"),
        })
        .by_hand("see every difference; uninstall and install it again where they are not yours")
        .command(format!("gvmr verify {exact}"));
    Ok(Some(named.iter().skip(1).fold(finding, |finding, path| finding.and(FindingPlace::file(path)))))
}

/// Files below a directory, by their path from `goroot`, without those that gvmr adds; what cannot be listed proves nothing.
fn list(goroot: &Path, below: &Path, entries: &mut BTreeMap<PathBuf, Entry>) -> Result<(), String> {
    let directory = goroot.join(below);
    let failed = |error: std::io::Error| format!("cannot list {}: {error}", printable::path(&directory));
    // Its descriptor is closed before those below are opened.
    let listed: Vec<_> = fs::read_dir(&directory).and_then(Iterator::collect).map_err(failed)?;
    for entry in listed {
        let path = below.join(entry.file_name());
        let found = entry.metadata().map_err(failed)?;
        if found.is_dir() {
            list(goroot, &path, entries)?;
        } else if path != Path::new(RECEIPT) && path != Path::new(MANIFEST) {
            let (bytes, changed) = (found.len(), found.mtime().max(found.ctime()));
            let runs = !path.to_str().is_some_and(is_executable) || found.mode() & 0o111 != 0;
            entries.insert(path, Entry { bytes, changed, is_file: found.is_file(), runs });
        }
    }
    Ok(())
}

/// What differs from the manifest: names, and the content of the few files that were written later than it.
fn differences(goroot: &Path, entries: &BTreeMap<PathBuf, Entry>, is_whole: bool) -> Vec<PathBuf> {
    let Ok(manifest_file) = fs::symlink_metadata(goroot.join(MANIFEST)) else { return Vec::new() };
    // The manifest is the last thing that is written into a tree. A restored copy is newer as a whole.
    let later: Vec<_> = entries
        .iter()
        .filter(|(_, entry)| entry.changed > manifest_file.ctime() + 1)
        .map(|(path, _)| path)
        .collect();
    let without_rights =
        || entries.iter().filter(|(_, entry)| !entry.runs).map(|(path, _)| path.clone()).collect();
    if is_whole && (later.is_empty() || later.len() > MAX_READ) {
        return without_rights();
    }
    let Some(manifest) = store::kept_manifest(goroot) else { return Vec::new() };
    let mut expected: BTreeMap<String, &[u8; 32]> =
        manifest.entries().map(|(name, sum)| (path_in_tree(name, prefix(name)), sum)).collect();
    let mut differences = Vec::new();
    for (path, entry) in entries {
        let sum = path.to_str().and_then(|name| expected.remove(name));
        let is_other = match sum {
            None => true,
            Some(_) if !entry.is_file || !entry.runs => true,
            Some(sum) if later.len() <= MAX_READ && later.contains(&path) => {
                fs::read(goroot.join(path)).is_ok_and(|bytes| Sha256::digest(bytes).as_slice() != sum)
            }
            Some(_) => false,
        };
        if is_other {
            differences.push(path.clone());
        }
    }
    differences.extend(expected.keys().map(PathBuf::from));
    differences
}

/// What a manifest's names begin with: `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64/`.
fn prefix(name: &str) -> &str {
    let end = name.find('@').and_then(|at| Some(at + name.get(at..)?.find('/')? + 1));
    end.and_then(|end| name.get(..end)).unwrap_or_default()
}
