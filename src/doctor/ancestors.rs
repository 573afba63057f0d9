//! The processes that started this one.
//!
//! Takes `/proc`; tells of each what it is called, when it began and what it was given. Those of other users tell less.

use crate::process::Stat;
use rustix::process::Pid;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

/// More processes than this do not start each other.
const MAX_DEPTH: usize = 64;

/// What the kernel counts time in for programs, whatever its own clock.
const TICKS_PER_SECOND: u64 = 100;

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Ancestor {
    /// Its process id.
    pub(super) pid: u32,
    /// Its name.
    pub(super) name: String,
    /// Its user.
    pub(super) uid: u32,
    /// The words of its command.
    pub(super) words: Vec<String>,
    start: Option<u64>,
}

impl Ancestor {
    /// All of them, the nearest first; none where there is no `/proc`.
    pub(super) fn all() -> Vec<Self> {
        let mut found = Vec::new();
        let mut next = rustix::process::getppid();
        while let Some(process) = next.filter(|_| found.len() < MAX_DEPTH) {
            let Some(stat) = Stat::of(process) else { break };
            found.extend(Self::of(process, &stat));
            next = stat.parent().and_then(Pid::from_raw);
        }
        found
    }

    fn of(process: Pid, stat: &Stat) -> Option<Self> {
        let pid = process.as_raw_nonzero().get();
        let read = |file: &str| fs::read(format!("/proc/{pid}/{file}")).ok();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(Self {
            pid: u32::try_from(pid).ok()?,
            name: text(read("comm")?.trim_ascii()),
            uid: fs::metadata(format!("/proc/{pid}")).ok()?.uid(),
            words: read("cmdline")?
                .split(|byte| *byte == 0)
                .filter(|word| !word.is_empty())
                .map(text)
                .collect(),
            start: stat.start_time().and_then(|ticks| ticks.parse().ok()),
        })
    }

    /// The farthest of them, without a gap, that was started with this variable.
    pub(super) fn first_with(name: &str, value: &OsStr) -> Option<Self> {
        let entry = [name.as_bytes(), b"=", value.as_bytes()].concat();
        let has = |ancestor: &Self| {
            let given = fs::read(format!("/proc/{}/environ", ancestor.pid)).unwrap_or_default();
            given.split(|byte| *byte == 0).any(|one| one == entry)
        };
        Self::all().into_iter().take_while(has).last()
    }

    /// When it began.
    pub(super) fn began(&self) -> Option<SystemTime> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let boot: u64 = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
        let since_boot = self.start?.saturating_mul(1000) / TICKS_PER_SECOND;
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(boot) + Duration::from_millis(since_boot))
    }
}
