//! Who holds a lock, and whether that process goes on.
//!
//! The holder writes who it is into the lock file, for people only, and touches the file as it makes progress. The kernel
//! says which process really holds the lock, as far as it can be seen from here.

use crate::calendar;
use crate::process::Stat;
use rustix::process::Pid;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant, SystemTime};

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it holds: `go1.23.4`, or `shims`.
    pub lock: String,
    /// The holder's process id, as the kernel says or as it wrote it down; `None` where neither is known.
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
        let (pid, since) = match of_kernel(file) {
            // What is written there may be an earlier holder's.
            Some(holder) => (Some(holder), since.filter(|_| pid == Some(holder))),
            None => (pid, since),
        };
        Self { lock: name.to_owned(), pid, since }
    }

    /// Whether the process is stopped, as Ctrl-Z does.
    pub(super) fn is_stopped(&self) -> bool {
        let pid = self.pid.and_then(|pid| Pid::from_raw(pid.cast_signed()));
        pid.and_then(Stat::of).is_some_and(|stat| stat.is_stopped())
    }
}

/// The one process that holds this file's lock; `None` where it cannot be seen from here, or several files could be meant.
fn of_kernel(file: &File) -> Option<u32> {
    let inode = file.metadata().ok()?.ino();
    let table = fs::read_to_string("/proc/locks").ok()?;
    let mut holders = table.lines().filter_map(|line| flock(line, inode));
    holders.next().filter(|pid| holders.all(|other| other == *pid))
}

/// The process in a line of `/proc/locks` about an exclusive lock of a file with this inode. The device there is not
/// always the one that `stat` gives.
fn flock(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    if [words.next()?, words.next()?, words.next()?] != ["FLOCK", "ADVISORY", "WRITE"] {
        return None; // a waiter's line has `->` in front
    }
    let pid = words.next()?.parse().ok().filter(|pid| *pid > 0)?;
    let (_device, found) = words.next()?.rsplit_once(':')?;
    (found.parse() == Ok(inode)).then_some(pid)
}

/// What a waiter has seen of the holder of a lock.
pub(super) struct Observed {
    /// When the lock file was touched last, by its file system's clock.
    touched: Option<SystemTime>,
    /// How long the file has not been touched, by this process's clock.
    still_since: Instant,
    stopped_since: Option<Instant>,
    next: Instant,
}

/// How often a waiter looks at the holder.
const LOOK: Duration = Duration::from_millis(500);
/// How long a holder may be stopped.
const STOPPED: Duration = Duration::from_secs(5);

/// Why a holder is waited for no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// It is stopped, as by Ctrl-Z or SIGSTOP.
    Stopped,
    /// It has made no progress for this time.
    Still(Duration),
}

impl Observed {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { touched: None, still_since: now, stopped_since: None, next: now }
    }

    /// Looks again, at most twice a second: why the holder is waited for no longer.
    pub(super) fn is_stuck(&mut self, file: &File, holder: &Holder, timeout: Duration) -> Option<Stuck> {
        let now = Instant::now();
        if now < self.next {
            return None;
        }
        self.next = now + LOOK;
        let touched = file.metadata().and_then(|metadata| metadata.modified()).ok();
        if touched != self.touched {
            (self.touched, self.still_since) = (touched, now);
        }
        self.stopped_since = if holder.is_stopped() { self.stopped_since.or(Some(now)) } else { None };
        if self.stopped_since.is_some_and(|since| now - since >= STOPPED.min(timeout)) {
            return Some(Stuck::Stopped);
        }
        (now - self.still_since >= timeout).then_some(Stuck::Still(timeout))
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

impl fmt::Display for Stuck {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => formatter.write_str("is stopped"),
            Self::Still(time) => {
                write!(formatter, "has made no progress for {}", calendar::duration(*time))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_names_who_holds_a_lock() {
        let line = "3: FLOCK  ADVISORY  WRITE 4711 fd:01:263 0 EOF";
        assert_eq!(flock(line, 263), Some(4711));
        for other in [
            "3: -> FLOCK  ADVISORY  WRITE 4711 fd:01:263 0 EOF",
            "3: FLOCK  ADVISORY  READ  4711 fd:01:263 0 EOF",
            "3: POSIX  ADVISORY  WRITE 4711 fd:01:263 0 EOF",
            "3: FLOCK  ADVISORY  WRITE 4711 fd:01:264 0 EOF",
            "3: FLOCK  ADVISORY  WRITE -1 fd:01:263 0 EOF",
            "3: FLOCK  ADVISORY  WRITE 0 fd:01:263 0 EOF",
            "3: FLOCK",
            "",
        ] {
            assert_eq!(flock(other, 263), None, "{other}");
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"1 0\n").unwrap(); // an earlier holder's
        file.lock().unwrap();
        file.rewind().unwrap();
        let holder = Holder::read(&mut file, "go1.22.10");
        assert_eq!((holder.pid, holder.since), (Some(std::process::id()), None));
        assert!(!holder.is_stopped());
    }

    #[test]
    fn a_holder_that_touches_its_file_is_waited_for() {
        let file = tempfile::tempfile().unwrap();
        let holder = Holder { lock: String::new(), pid: None, since: None };
        let mut observed = Observed::new();
        let mut look = |timeout| {
            observed.next = Instant::now();
            observed.is_stuck(&file, &holder, timeout)
        };
        let (now, long) = (Duration::ZERO, Duration::from_secs(3600));
        assert_eq!(look(long), None);
        assert_eq!(look(now), Some(Stuck::Still(now)));
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap(); // a clock that was set back is progress too
        assert_eq!(look(long), None);
        let still = observed.still_since.elapsed();
        assert!(still < long, "{still:?}");
    }
}
