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

use super::finding::{Finding, Skipped};
use rustix::fs::Access;
use std::path::Path;

/// What a check gives.
pub(super) type Looked = Result<Vec<Finding>, Skipped>;

/// Nothing was found.
pub(super) const NOTHING: Looked = Ok(Vec::new());

/// Whether this user may make files in a directory.
fn may_write_into(directory: &Path) -> bool {
    rustix::fs::access(directory, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// At most one finding.
pub(super) fn one(finding: Option<Finding>) -> Looked {
    Ok(finding.into_iter().collect())
}
