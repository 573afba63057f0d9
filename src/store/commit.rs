//! A proven, staged tree becomes a version, in one step that a power cut cannot split.
//!
//! Order is everything: the receipt last, then all of it synced to the disk, then the rename, then the directory
//! that holds the new name. A rename without the sync before it can survive a power cut with empty files.

use super::error::StoreError;
use super::receipt::{ProofKind, Receipt};
use super::staging::StagingDirectory;
use super::{Store, Toolchain, sync_after};
use super::{manifest, permissions};
use crate::atomic_file::{self, CWD};
use crate::calendar;
use crate::unpack::{RECEIPT, Staged};
use crate::verify::{Proof, Sha256Sum, Verified};
use rustix::fs::syncfs;
use rustix::io::Errno;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::SystemTime;

/// What the receipt says besides the proof itself.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Where the bytes came from, without credentials.
    pub source: String,
    /// The version of the running gvmr.
    pub gvmr: String,
}

/// What a commit came to.
#[derive(Clone, Debug)]
pub enum Committed {
    /// The tree is installed now.
    New(Toolchain),
    /// The version was installed already; the staged tree is gone.
    Existing(Toolchain),
}

impl Store {
    /// Installs the tree in `staging`, which `staged` describes and `verified` proves: all three must be about
    /// the version that is locked, or nothing happens and the error is [`StoreError::Corrupt`]. All are taken by
    /// value: no proof is used twice, and nothing without one gets here.
    #[allow(clippy::needless_pass_by_value)]
    pub fn commit(
        &self,
        staging: StagingDirectory<'_>,
        staged: Staged,
        verified: Verified,
        facts: Facts,
    ) -> Result<Committed, StoreError> {
        let version = staging.lock().version().clone();
        let receipt = receipt(&staging, &staged, &verified, facts)?;
        let goroot = self.home.toolchain(&version);
        manifest::write(staging.path(), staged.manifest())?;
        write_receipt(&staging.path().join(RECEIPT), &receipt)?;
        if self.shared {
            permissions::admit_to_tree(staging.path())?;
        }
        sync_file_system(staging.path())?;
        match atomic_file::rename_new(CWD, staging.path(), &goroot) {
            Ok(()) => staging.keep(),
            Err(Errno::EXIST | Errno::NOTEMPTY) => {
                drop(staging);
                return match Receipt::read(&goroot)? {
                    Some(receipt) => Ok(Committed::Existing(Toolchain {
                        version,
                        goroot,
                        receipt: Some(receipt),
                        link: None,
                    })),
                    None => Err(StoreError::corrupt(&goroot, "exists, but gvmr did not install it")),
                };
            }
            Err(errno) => return Err(StoreError::io("rename to", &goroot, errno)),
        }
        sync_after(&self.home.versions(), format!("{} is installed", version.toolchain_name()))?;
        Ok(Committed::New(Toolchain { version, goroot, receipt: Some(receipt), link: None }))
    }
}

/// The receipt, where directory, tree and proof belong together.
fn receipt(
    staging: &StagingDirectory<'_>,
    staged: &Staged,
    verified: &Verified,
    facts: Facts,
) -> Result<Receipt, StoreError> {
    let unfit = |why: &str| StoreError::corrupt(staging.path(), why);
    if staged.directory() != staging.path() {
        return Err(unfit("the staged tree lies elsewhere"));
    }
    if staged.manifest().h1() != verified.h1() {
        return Err(unfit("the proof is for another tree"));
    }
    let version = staging.lock().version();
    let platform = verified
        .subject()
        .strip_prefix(&format!("v0.0.1-{}.", version.toolchain_name()))
        .filter(|platform| !platform.contains('.'))
        .ok_or_else(|| unfit("the proof is for another version"))?;
    let mut receipt = Receipt {
        version: version.as_str().to_owned(),
        platform: platform.to_owned(),
        source: facts.source,
        h1: verified.h1().to_string(),
        proof: ProofKind::None,
        log: None,
        record: None,
        tree_size: None,
        index: None,
        sha256: staged.archive_sha256().map(|sum| Sha256Sum(*sum).to_string()),
        sources_h1: None,
        bootstrap: None,
        time: calendar::rfc3339(SystemTime::now()),
        gvmr: facts.gvmr,
        files: staged.files(),
        bytes: staged.bytes(),
    };
    receipt.proof = note_proof(verified.proof(), &mut receipt);
    Ok(receipt)
}

/// Writes the proof into the receipt, and gives its kind.
fn note_proof(proof: &Proof, receipt: &mut Receipt) -> ProofKind {
    match proof {
        Proof::Logged(logged) => {
            receipt.log = Some(logged.log().to_owned());
            receipt.record = Some(logged.record());
            receipt.tree_size = Some(logged.tree_size());
            ProofKind::Log
        }
        Proof::Known { .. } => ProofKind::Known,
        Proof::Indexed { index, .. } => {
            receipt.index = Some(index.clone());
            ProofKind::Index
        }
        Proof::Built { sources, sources_h1, bootstrap } => {
            note_proof(sources, receipt);
            receipt.sources_h1 = Some(sources_h1.to_string());
            receipt.bootstrap = Some(bootstrap.clone());
            ProofKind::Built
        }
        Proof::Unlogged => ProofKind::None,
    }
}

fn write_receipt(path: &Path, receipt: &Receipt) -> Result<(), StoreError> {
    let text = receipt.to_json().map_err(|error| StoreError::io("write", path, error))?;
    let file = File::options().write(true).create_new(true).mode(0o644).open(path);
    let written = file.and_then(|mut file| file.write_all(&text));
    written.map_err(|error| StoreError::io("write", path, error))
}

/// Brings everything on the file system of `path` to the disk: one call instead of one for each file.
fn sync_file_system(path: &Path) -> Result<(), StoreError> {
    let root = File::open(path).map_err(|error| StoreError::io("open", path, error))?;
    match syncfs(&root) {
        Err(Errno::NOSYS) => {
            rustix::fs::sync();
            Ok(())
        }
        other => other.map_err(|errno| StoreError::io("sync", path, errno)),
    }
}
