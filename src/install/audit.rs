//! Compares a whole installed tree with the log.
//!
//! Takes an installed toolchain, gives an [`Audit`] that names every changed, missing and added file. The manifest
//! that was kept at the install says what each file was; it is believed only because its own hash is the logged one.

use super::exposure::{ExposedFile, exposed};
use super::verifier::is_reproducible;
use super::{InstallError, Installer};
use crate::sources::MODULE;
use crate::store::{self, ProofKind, Receipt, Toolchain};
use crate::unpack::{self, EntryKind, InstalledEntry};
use crate::verify::{H1, LogError, Manifest, SettingError};
use gvmr_core::sys::printable;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a comparison found.
#[derive(Debug, Serialize)]
pub struct Audit {
    /// The toolchain's name.
    pub toolchain: String,
    /// What it comes to.
    pub verdict: AuditVerdict,
    /// Who says so, in one line.
    pub summary: String,
    /// The hash of the tree as it is.
    pub h1: String,
    /// The hash it has to have.
    pub logged_h1: String,
    /// Files with other content, by their path in the tree.
    pub changed: Vec<String>,
    /// Files that are gone.
    pub missing: Vec<String>,
    /// Files that do not belong there, links and other oddities.
    pub added: Vec<String>,
    /// Programs without execute permission, and files that everyone may write or that lend rights (setuid). The log
    /// does not cover modes; the rule that set them does.
    pub wrong_modes: Vec<String>,
    /// What other users can change, whatever it is now.
    pub exposed: Vec<ExposedFile>,
}

/// What a comparison comes to, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditVerdict {
    /// Every file is the logged one.
    Proved,
    /// Only `go.env` differs: somebody changed Go's defaults, as packagers do.
    Edited,
    /// It is what its receipt says, which lies beside the tree, and the log knows no such tree: a build for musl or of
    /// one's own, or one that was installed without a proof.
    Recorded,
    /// It is what its receipt says, but the log could not be asked, and the receipt lies beside the tree.
    Unproved,
    /// It is none of the worse, and other users can change it.
    Exposed,
    /// Anything else.
    Differs,
}

impl Audit {
    /// Each difference: what it is, and the file.
    pub fn differences(&self) -> impl Iterator<Item = (&str, &str)> {
        let changed = self.changed.iter().map(|file| {
            let what = if file == PACKAGERS_FILE { "edited, as packagers do" } else { "changed" };
            (what, file.as_str())
        });
        let missing = self.missing.iter().map(|file| ("missing", file.as_str()));
        let added = self.added.iter().map(|file| ("added", file.as_str()));
        let modes = self.wrong_modes.iter().map(|file| ("mode", file.as_str()));
        let exposed = self.exposed.iter().map(|exposed| (exposed.why.as_str(), exposed.file.as_str()));
        changed.chain(missing).chain(added).chain(modes).chain(exposed)
    }
}

/// The one file of a toolchain that holds settings.
pub const PACKAGERS_FILE: &str = "go.env";

/// Hashes the whole tree and compares it with what the log recorded; where the log cannot be reached or does not know it,
/// with what the receipt kept of it, and says so. Says too what of it other users can change.
pub fn audit(toolchain: &Toolchain, installer: &Installer<'_>) -> Result<Audit, InstallError> {
    let mut audit = compared(toolchain, installer)?;
    if let Some(target) = &toolchain.link {
        audit.summary.insert_str(0, &format!("link to {}, ", printable::path(target)));
    }
    audit.exposed = exposed(&toolchain.goroot, installer.store.home());
    if !audit.exposed.is_empty() {
        audit.verdict = audit.verdict.max(AuditVerdict::Exposed);
    }
    Ok(audit)
}

fn compared(toolchain: &Toolchain, installer: &Installer<'_>) -> Result<Audit, InstallError> {
    let module_version = installer.sources.platform().module_version(&toolchain.version);
    let prefix = format!("{MODULE}@{module_version}/");
    let Expected { h1: logged, authority, verdict: best } = expected(toolchain, &module_version, installer)?;
    let entries = unpack::installed(&toolchain.goroot, &prefix)
        .map_err(|source| InstallError::Unreadable { path: toolchain.goroot.clone(), source })?;
    let found = unpack::manifest(&entries).map(|manifest| manifest.h1());
    let kept = store::kept_manifest(&toolchain.goroot).filter(|manifest| manifest.h1() == logged);
    let mut audit = Audit {
        toolchain: toolchain.version.toolchain_name(),
        verdict: AuditVerdict::Proved,
        summary: format!("{} files, {authority}", entries.len()),
        h1: found.as_ref().map_or_else(ToString::to_string, ToString::to_string),
        logged_h1: logged.to_string(),
        changed: Vec::new(),
        missing: Vec::new(),
        added: Vec::new(),
        wrong_modes: Vec::new(),
        exposed: Vec::new(),
    };
    let only_files = entries.iter().all(|entry| matches!(entry.kind, EntryKind::File(_)));
    audit.wrong_modes = wrong_modes(&entries, &prefix, &toolchain.goroot);
    if found.is_ok_and(|found| found == logged) && only_files {
        audit.verdict = if audit.wrong_modes.is_empty() { best } else { AuditVerdict::Differs };
        return Ok(audit);
    }
    match &kept {
        Some(kept) => compare(&entries, kept, &prefix, &mut audit),
        None => {
            audit.summary.push_str("; the manifest is missing or damaged, so the changed files are unknown");
        }
    }
    let others = [&audit.missing, &audit.added, &audit.wrong_modes];
    let edited = audit.changed == [PACKAGERS_FILE] && others.iter().all(|files| files.is_empty());
    audit.verdict = if edited { AuditVerdict::Edited } else { AuditVerdict::Differs };
    Ok(audit)
}

/// What a tree has to hash to, who says so, and what that makes of a tree that does.
struct Expected {
    h1: H1,
    authority: String,
    verdict: AuditVerdict,
}

fn expected(
    toolchain: &Toolchain,
    version: &str,
    installer: &Installer<'_>,
) -> Result<Expected, InstallError> {
    let receipt = toolchain.receipt.as_ref();
    let recorded: Option<H1> = receipt.and_then(|receipt| receipt.h1.parse().ok());
    let proof = receipt.map_or(ProofKind::Log, |receipt| receipt.proof);
    let by_receipt = |h1, why: &dyn Display, verdict| Expected {
        h1,
        authority: format!("by its receipt only: {why}"),
        verdict,
    };
    let vouched = receipt.map(Receipt::summary).unwrap_or_default();
    // The receipt lies beside the tree, so its word alone never stands against the log's. Where the two may differ
    // honestly, that is said: a build for musl, and up to 1.20 an archive or a local build.
    let may_differ = match proof {
        ProofKind::Log | ProofKind::None => false,
        ProofKind::Index => true,
        ProofKind::Known | ProofKind::Built => !is_reproducible(&toolchain.version),
    };
    match (installer.lookup(version), recorded) {
        (Ok(logged), Some(h1)) if may_differ && h1 != logged.h1() => {
            Ok(by_receipt(h1, &vouched, AuditVerdict::Recorded))
        }
        (Ok(logged), _) => {
            let authority = format!("{} record {} of {}", logged.log(), logged.record(), logged.tree_size());
            Ok(Expected { h1: logged.h1(), authority, verdict: AuditVerdict::Proved })
        }
        (Err(LogError::Absent { .. }), Some(h1)) if proof != ProofKind::Log => {
            Ok(by_receipt(h1, &vouched, AuditVerdict::Recorded))
        }
        (Err(error @ (LogError::Remote { .. } | LogError::Setting(SettingError::Disabled))), Some(h1)) => {
            Ok(by_receipt(h1, &error, AuditVerdict::Unproved))
        }
        (Err(error), _) => Err(InstallError::Log(error)),
    }
}

fn compare(entries: &[InstalledEntry], kept: &Manifest, prefix: &str, audit: &mut Audit) {
    let mut expected: BTreeMap<&str, &[u8; 32]> = kept.entries().collect();
    for entry in entries {
        let path = path_in_tree(&entry.name, prefix);
        match (&entry.kind, expected.remove(entry.name.as_str())) {
            (EntryKind::File(found), Some(sum)) if found == sum => {}
            (_, Some(_)) => audit.changed.push(path),
            (_, None) => audit.added.push(path),
        }
    }
    audit.missing.extend(expected.keys().map(|name| path_in_tree(name, prefix)));
}

fn wrong_modes(entries: &[InstalledEntry], prefix: &str, goroot: &Path) -> Vec<String> {
    let paths = entries.iter().map(|entry| path_in_tree(&entry.name, prefix));
    let wrong = |path: &String| {
        let mode = std::fs::symlink_metadata(goroot.join(path)).map_or(0, |file| file.permissions().mode());
        let lost = unpack::is_executable(path) && mode & 0o111 == 0;
        mode != 0 && (lost || mode & 0o6000 != 0)
    };
    paths.filter(wrong).collect()
}

/// The path as it is on disk: without the module's prefix, and `go.mod` under its own name.
pub fn path_in_tree(name: &str, prefix: &str) -> String {
    let path = name.strip_prefix(prefix).unwrap_or(name);
    match path.strip_suffix("_go.mod") {
        Some(directory) if directory.is_empty() || directory.ends_with('/') => format!("{directory}go.mod"),
        _ => path.to_owned(),
    }
}
