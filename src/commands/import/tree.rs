//! One tree that another tool installed: what was done with it, and how that is printed.

use crate::context::Context;
use crate::discover::{ImportCandidate, Verdict};
use crate::error::{Error, ErrorKind};
use crate::install::{InstallOutcome, Installer};
use crate::provision;
use crate::store::{Receipt, Toolchain};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::printable;
use serde_json::json;
use std::path::PathBuf;

/// One tree, and what is or was done about it.
pub(super) struct Tree {
    pub(super) goroot: PathBuf,
    pub(super) owner: &'static str,
    pub(super) version: Option<Version>,
    pub(super) state: State,
}

pub(super) enum State {
    Adoptable,
    Adopted(Box<Toolchain>),
    Installed,
    Skipped(String),
    Failed(Error),
}

impl From<ImportCandidate> for Tree {
    fn from(candidate: ImportCandidate) -> Self {
        let ImportCandidate { goroot, owner, version, verdict } = candidate;
        let state = match verdict {
            Verdict::Adoptable => State::Adoptable,
            Verdict::Installed => State::Installed,
            Verdict::Skipped(why) => State::Skipped(why),
        };
        Self { goroot, owner, version, state }
    }
}

impl Tree {
    pub(super) fn is_adoptable(&self) -> bool {
        matches!(self.state, State::Adoptable)
    }

    pub(super) fn name(&self) -> String {
        self.version.as_ref().map_or_else(|| "-".to_owned(), Version::toolchain_name)
    }

    pub(super) fn adopt(&self, installer: &Installer<'_>, context: &Context) -> State {
        let Some(version) = &self.version else { return State::Installed };
        match provision::adopt(&self.goroot, version, installer, context) {
            Ok(InstallOutcome::Installed(toolchain)) => State::Adopted(Box::new(toolchain)),
            Ok(InstallOutcome::Present(_)) => State::Installed,
            Err(error) => {
                let why = if error.kind == ErrorKind::Network {
                    ", because only the checksum database can verify a tree"
                } else {
                    ""
                };
                let message = format!("{} is not adopted{why}: {}", self.name(), error.message);
                State::Failed(Error { message, ..error })
            }
        }
    }

    /// What is or was done about it, in words.
    pub(super) fn words(&self) -> String {
        match &self.state {
            State::Adoptable => "can be adopted".to_owned(),
            State::Adopted(toolchain) => {
                let proof = toolchain.receipt.as_ref().map(Receipt::summary).unwrap_or_default();
                format!("adopted, {proof}")
            }
            State::Installed => "already installed".to_owned(),
            State::Skipped(why) => why.clone(),
            State::Failed(error) if error.kind == ErrorKind::Integrity => "changed, not adopted".to_owned(),
            State::Failed(_) => "not adopted".to_owned(),
        }
    }

    /// The line that is left when all is done; what was skipped was shown before.
    pub(super) fn outcome(&self) -> Option<String> {
        let path = printable::path(&self.goroot);
        let skipped = matches!(self.state, State::Skipped(_) | State::Adoptable);
        (!skipped).then(|| format!("{}\t{path}\t{}", self.name(), self.words()))
    }

    pub(super) fn as_json(&self) -> serde_json::Value {
        let (word, why, receipt) = match &self.state {
            State::Adoptable => ("adoptable", None, None),
            State::Adopted(toolchain) => ("adopted", None, toolchain.receipt.as_ref()),
            State::Installed => ("installed", None, None),
            State::Skipped(why) => ("passed", Some(why.as_str()), None),
            State::Failed(_) => ("failed", None, None),
        };
        let mut line = json!({
            "version": self.version.as_ref().map(Version::as_str),
            "goroot": self.goroot.display().to_string(),
            "owner": self.owner,
            "state": word,
            "why": why,
            "receipt": receipt,
        });
        if let (State::Failed(error), Some(line)) = (&self.state, line.as_object_mut()) {
            line.insert("error".to_owned(), error.as_json()["error"].take());
        }
        line
    }
}
