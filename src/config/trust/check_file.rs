//! Which check files the user trusts: a check file runs programs and sends requests.
//!
//! Takes a file; gives bytes that may be run, or says that they may not. What is stored is a digest of every byte.

use super::{Trust, TrustError, TrustState};
use crate::hexadecimal;
use gvmr_core::env::gvmr_toml;
use gvmr_core::home::shared_home;
use gvmr_core::sys::bounded;
use sha2::{Digest as _, Sha256};
use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The name of check files that are found.
pub const CHECK_FILE: &str = "gvmr-check.toml";

/// The most bytes of one.
const MAX_SIZE: u64 = 1 << 20;
/// The length of a digest in hexadecimal digits, with the line's end.
const MAX_RECORD: u64 = 80;

/// What a check file holds now, trusted or not.
#[derive(Clone, Debug)]
pub struct CheckBytes {
    /// By its real path, but that it may be a link itself.
    pub file: PathBuf,
    /// All of it.
    pub bytes: Vec<u8>,
    /// Whose it is, where it is neither this user's nor root's.
    pub foreign_owner: Option<u32>,
}

/// A check file that may be run. Only this room makes one.
#[derive(Clone, Debug)]
pub struct TrustedCheck(CheckBytes);

impl TrustedCheck {
    /// What it holds.
    pub fn content(&self) -> &CheckBytes {
        &self.0
    }
}

impl CheckBytes {
    /// What a file holds, whoever it belongs to.
    pub fn read(file: &Path) -> Result<Self, TrustError> {
        let missing = || TrustError::NoFile(file.to_owned());
        let file = gvmr_toml::real_name(file).ok_or_else(missing)?;
        let unreadable = |refusal: bounded::Refusal| {
            let why = match refusal {
                bounded::Refusal::TooLarge(_) => "has more than 1 MiB".to_owned(),
                other => other.to_string(),
            };
            TrustError::Unreadable { file: file.clone(), why }
        };
        // Of a link, its own owner counts as well as that of what it leads to.
        let foreign_owner = Cell::new(None);
        let note = |found: &Metadata| {
            if !shared_home::trusted_uids().contains(&found.uid()) {
                foreign_owner.set(Some(found.uid()));
            }
            true
        };
        let bytes = bounded::read_if(&file, MAX_SIZE, note).map_err(unreadable)?.ok_or_else(missing)?;
        let foreign_owner = foreign_owner.get();
        Ok(Self { file, bytes, foreign_owner })
    }

    /// The file that its user named on the command line: to name it is to let it run.
    pub fn named(self) -> TrustedCheck {
        TrustedCheck(self)
    }

    fn digest(&self) -> String {
        hexadecimal::digits(&Sha256::digest(&self.bytes))
    }
}

impl Trust {
    /// The check file, if it is trusted as it is now; else given back. One of another user never is.
    pub fn check(&self, content: CheckBytes) -> Result<TrustedCheck, CheckBytes> {
        let is_trusted =
            content.foreign_owner.is_none() && self.digest_of(&content.file) == Some(content.digest());
        if is_trusted { Ok(TrustedCheck(content)) } else { Err(content) }
    }

    /// Trusts a check file with these bytes.
    pub fn approve_check(&self, content: &CheckBytes) -> Result<(), TrustError> {
        if let Some(owner) = content.foreign_owner {
            return Err(TrustError::Foreign { file: content.file.clone(), owner });
        }
        self.write(&content.file, format!("{}\n", content.digest()).as_bytes())
    }

    fn digest_of(&self, file: &Path) -> Option<String> {
        let record = self.own.trusted_record(file);
        let bytes = bounded::read_owned(&record, MAX_RECORD, &shared_home::trusted_uids()).ok()??;
        Some(String::from_utf8(bytes).ok()?.trim_end().to_owned())
    }

    /// Whether a check file that was trusted still is.
    pub(super) fn check_state(&self, file: &Path) -> TrustState {
        match (CheckBytes::read(file), self.digest_of(file)) {
            (_, None) => TrustState::Damaged,
            (Err(_), _) => TrustState::Gone,
            (Ok(found), _) if found.file != file => TrustState::Gone,
            (Ok(found), _) if found.foreign_owner.is_some() => TrustState::Foreign,
            (Ok(found), Some(digest)) if found.digest() == digest => TrustState::InForce,
            (Ok(_), Some(_)) => TrustState::Changed,
        }
    }
}

/// Whether a path has the name of a check file.
pub fn is_check_file(path: &Path) -> bool {
    path.file_name() == Some(OsStr::new(CHECK_FILE))
}
