//! What `gvmr import` can do with each tree: adopt it, or nothing, and why.
//!
//! Takes what was found or named and what is installed, gives a verdict for each. Only reads.

use super::{DiscoveredGo, Passed, Survey, Unfit, look};
use crate::host::Host;
use crate::store::Toolchain;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Environment;
use std::path::PathBuf;

/// A tree that another tool installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportCandidate {
    /// Its GOROOT.
    pub goroot: PathBuf,
    /// The tool that installed it.
    pub owner: &'static str,
    /// Its version, where it says one.
    pub version: Option<Version>,
    /// What can be done with it.
    pub verdict: Verdict,
}

/// What can be done with a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be adopted.
    Adoptable,
    /// This version is installed already.
    Installed,
    /// It is not adopted, for this reason.
    Skipped(String),
}

/// All trees on this machine, those that cannot be adopted last.
pub fn candidates(
    environment: &dyn Environment,
    installed: &[Toolchain],
    host: &Host,
) -> Vec<ImportCandidate> {
    let Survey { found, passed } = look(environment);
    let found = found.into_iter().map(|found| ImportCandidate::found(found, installed, host));
    found.chain(passed.into_iter().map(ImportCandidate::skipped)).collect()
}

impl ImportCandidate {
    /// A tree that the user named: it is tried even where its owner builds Go itself or this host cannot run it.
    pub fn named(found: DiscoveredGo, installed: &[Toolchain]) -> Self {
        Self::new(DiscoveredGo { rebuilt: false, ..found }, installed)
    }

    fn found(found: DiscoveredGo, installed: &[Toolchain], host: &Host) -> Self {
        let mut candidate = Self::new(found, installed);
        if let (Verdict::Adoptable, Some(version)) = (&candidate.verdict, &candidate.version) {
            let assessment = host.assess(version);
            if let Some(reason) = assessment.decisive().next() {
                candidate.verdict = Verdict::Skipped(format!("cannot run here: {}", reason.text));
            }
        }
        candidate
    }

    fn new(found: DiscoveredGo, installed: &[Toolchain]) -> Self {
        let DiscoveredGo { goroot, version, owner, rebuilt } = found;
        let verdict = if installed.iter().any(|toolchain| toolchain.version == version) {
            Verdict::Installed
        } else if rebuilt {
            Verdict::Skipped(
                "distribution build, unlikely to match Go's release; pass its path to try anyway".to_owned(),
            )
        } else {
            Verdict::Adoptable
        };
        Self { goroot, owner, version: Some(version), verdict }
    }

    fn skipped(passed: Passed) -> Self {
        let version = match &passed.why {
            Unfit::OtherPlatform { version, .. } => Some(version.clone()),
            _ => None,
        };
        let verdict = Verdict::Skipped(passed.why.to_string());
        Self { goroot: passed.goroot, owner: passed.owner, version, verdict }
    }
}
