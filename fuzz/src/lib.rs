//! What gvmr reads and did not write, each reader as one function over any bytes.
//!
//! Takes bytes, gives nothing: a target ends well, or panics where a promise is broken. Where another reader or a way back
//! exists, it is the judge.

mod archives;
mod checks;
mod files;
mod log;
mod rules;
mod tables;

pub use archives::{gzip, tar, xz, zip};
pub use checks::check_file;
pub use files::{crontab, go_env_file, module_file, netrc, pin_file, rc_block, sudo_answer};
pub use log::{lookup, note, record, tile};
pub use rules::{compiled_rules, config_toml, gvmr_toml};
pub use tables::{elf, index, network_tables};

use std::path::PathBuf;

/// A directory for this process's files, in memory where there is one. Its name stays the same: a run makes millions.
fn scratch(name: &str) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let directory = base.join(format!("gvmr-fuzz-{}", std::process::id())).join(name);
    std::fs::create_dir_all(&directory).expect("a scratch directory");
    directory
}
