//! One file for each group of kinds: facts in, findings out.

#![allow(clippy::unnecessary_wraps)] // one shape for all checks

pub(super) mod alias;
pub(super) mod caches;
pub(super) mod certificates;
pub(super) mod checksum_log;
pub(super) mod connections;
pub(super) mod crontab;
pub(super) mod env_file;
pub(super) mod flags;
pub(super) mod gopath;
pub(super) mod goroot;
pub(super) mod home;
pub(super) mod http_proxies;
mod job_command;
pub(super) mod limits;
pub(super) mod machine;
pub(super) mod modules;
pub(super) mod network;
pub(super) mod path;
pub(super) mod path_elements;
pub(super) mod proxy_list;
pub(super) mod rc_files;
pub(super) mod rc_reading;
pub(super) mod rc_secrets;
mod replaced_shell;
pub(super) mod rules;
mod secret_lines;
pub(super) mod secrets;
pub(super) mod session;
pub(super) mod shims;
pub(super) mod stale_session;
pub(super) mod target;
pub(super) mod toolchain;
pub(super) mod tree;
pub(super) mod two_homes;
pub(super) mod unreadable;
pub(super) mod unused_proxy;
pub(super) mod user_home;
mod user_manager;
pub(super) mod vendor;

use super::facts::Examination;
use super::finding::{Finding, Skipped};
use rustix::fs::Access;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What a check gives.
pub(super) type Looked = Result<Vec<Finding>, Skipped>;

/// Nothing was found.
pub(super) const NOTHING: Looked = Ok(Vec::new());

/// Whether this user may make files in a directory.
fn may_write_into(directory: &Path) -> bool {
    rustix::fs::access(directory, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// The nearest directory that is there: this one, or one above it.
fn nearest(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|path| path.exists())
}

/// Whether this user may make files in a directory, or may make the directory.
fn is_usable(directory: &Path) -> bool {
    directory.is_absolute() && nearest(directory).is_some_and(|there| there.is_dir() && may_write_into(there))
}

/// HOME where it is this user's own directory. What lies below it was theirs before a command of root's made or took it.
fn own_home(facts: &Examination<'_>) -> Option<PathBuf> {
    let me = rustix::process::geteuid().as_raw();
    let is_own = |home: &PathBuf| fs::metadata(home).is_ok_and(|found| found.uid() == me);
    facts.user_home().filter(|home| home.parent().is_some()).filter(is_own)
}

/// At most one finding.
pub(super) fn one(finding: Option<Finding>) -> Looked {
    Ok(finding.into_iter().collect())
}
