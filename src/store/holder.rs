//! Who holds a lock: what the holder writes into the lock file, for people only.

use crate::calendar;
use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::time::{Duration, SystemTime};

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it holds: `go1.23.4`, or `shims`.
    pub lock: String,
    /// The holder's process id, as it wrote it down; `None` where that cannot be read.
    pub pid: Option<u32>,
    /// Since when it holds the lock.
    pub since: Option<SystemTime>,
}

impl Holder {
    /// Reads what the holder of the lock `name` wrote.
    pub(super) fn read(file: &mut File, name: &str) -> Self {
        let mut text = String::new();
        let _ = file.take(64).read_to_string(&mut text);
        let mut words = text.split_whitespace();
        let pid = words.next().and_then(|word| word.parse().ok());
        let since = words.next().and_then(|word| word.parse().ok());
        let since =
            since.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        Self { lock: name.to_owned(), pid, since }
    }
}

/// Writes down who holds the lock. It helps people only, so a full disk does not matter.
pub(super) fn sign(file: &mut File) {
    let text = format!("{} {}\n", std::process::id(), calendar::seconds_since_epoch(SystemTime::now()));
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(formatter, "process {pid} holds {}", self.lock)?,
            None => write!(formatter, "another process holds {}", self.lock)?,
        }
        match self.since {
            Some(since) => write!(formatter, " since {}", calendar::rfc3339(since)),
            None => Ok(()),
        }
    }
}
