//! What `/proc/PID/stat` says of a process.
//!
//! Takes a process id, gives fields. A process that is gone, or whose file cannot be read, has none.

use rustix::process::Pid;
use std::fs;

/// The fields behind the program's name, which may hold anything.
pub struct Stat {
    fields: String,
}

/// Numbers of fields behind the name, from 0; proc(5) counts these from 3.
const STATE: usize = 0;
const PARENT: usize = 1;
const SESSION: usize = 3;
/// In user mode and in the kernel, its own and that of children that it waited for.
const TIMES: [usize; 4] = [11, 12, 13, 14];
const START_TIME: usize = 19;

impl Stat {
    /// Reads the file of a process.
    pub fn of(process: Pid) -> Option<Self> {
        let bytes = fs::read(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
        Some(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8]) -> Self {
        let fields = bytes.rsplit(|byte| *byte == b')').next().unwrap_or_default();
        Self { fields: String::from_utf8_lossy(fields).into_owned() }
    }

    /// Whether it runs: it is neither a zombie nor dead.
    pub fn is_running(&self) -> bool {
        self.field(STATE).is_some_and(|state| !matches!(state, "Z" | "X"))
    }

    /// Whether a signal stopped it, as Ctrl-Z does.
    pub fn is_stopped(&self) -> bool {
        self.field(STATE) == Some("T")
    }

    /// The processor time that it and its ended children used, in clock ticks.
    pub fn ticks(&self) -> u64 {
        let time = |number: &usize| self.field(*number)?.parse::<u64>().ok();
        TIMES.iter().filter_map(time).sum()
    }

    /// The id of its parent.
    pub fn parent(&self) -> Option<i32> {
        self.field(PARENT)?.parse().ok()
    }

    /// The id of its session.
    pub fn session(&self) -> Option<i32> {
        self.field(SESSION)?.parse().ok()
    }

    /// When it started, in clock ticks since boot: with the process id, this names one process.
    pub fn start_time(&self) -> Option<&str> {
        self.field(START_TIME)
    }

    fn field(&self, number: usize) -> Option<&str> {
        self.fields.split_ascii_whitespace().nth(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_and_blanks_is_skipped() {
        let stat = Stat::parse(b"71 (a) Z \xff) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 900 20\n");
        assert!(stat.is_running());
        assert_eq!((stat.parent(), stat.session(), stat.start_time()), (Some(1), Some(3), Some("900")));
        assert_eq!((stat.ticks(), stat.is_stopped()), (11 + 12 + 13 + 14, false));
        assert!(Stat::parse(b"71 (a) T 1 2 3\n").is_stopped());
        assert!(!Stat::parse(b"71 (a) Z 1 2 3\n").is_running());
        assert!(!Stat::parse(b"").is_running());
        let own = Stat::of(rustix::process::getpid()).unwrap();
        assert!(own.is_running() && own.start_time().is_some());
    }
}
