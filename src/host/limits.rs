//! The limits that this process has, and hands on to every go command it starts.

use super::root::Root;
use super::verdict::{HostReason, Release};
use super::{Fact, Host, arch};

const SOURCE: &str = "/proc/self/limits";
/// Address space, in bytes: Go 1.14 and later reserve most of it at their start, on 64-bit platforms. Below the
/// first they were seen to die, from the second on to run.
const DIES: u64 = 700_000 * 1024;
const RUNS: u64 = 800_000 * 1024;
/// A go command starts some ten threads, a build some ten processes beside it.
const FEW_PROCESSES: u64 = 64;

/// Soft limits; `None` is unlimited where they were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// Whether the kernel told them at all.
    told: bool,
    /// In bytes.
    address_space: Option<u64>,
    processes: Option<u64>,
    files: Option<u64>,
}

impl Limits {
    pub(super) fn look(root: &Root) -> Self {
        Self::parse(&root.text(SOURCE).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let soft = |name: &str| {
            let values = text.lines().find_map(|line| line.strip_prefix(name))?;
            values.split_whitespace().next()?.parse().ok()
        };
        Self {
            told: !text.is_empty(),
            address_space: soft("Max address space"),
            processes: soft("Max processes"),
            files: soft("Max open files"),
        }
    }

    pub(super) fn facts(self) -> Vec<Fact> {
        let none = if self.told { "no limit" } else { "unknown" };
        let text = |limit: Option<u64>, unit: &str| {
            limit.map_or_else(|| none.to_owned(), |limit| format!("{limit}{unit}"))
        };
        vec![
            Fact::new("address-space", text(self.address_space.map(|bytes| bytes / 1024), " KiB"), SOURCE),
            Fact::new("processes", text(self.processes, ""), SOURCE),
            Fact::new("open-files", text(self.files, ""), SOURCE),
        ]
    }
}

pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let mut reasons = Vec::new();
    let wide = arch::of(release.arch).is_none_or(|arch| arch.bits == 64);
    if let Some(bytes) = host.limits.address_space.filter(|bytes| *bytes < RUNS)
        && wide
        && release.since(14, 0)
    {
        let text = format!(
            "its runtime reserves about 700,000 KiB of address space at start, and the limit is {} KiB ({SOURCE}, \
             ulimit -v)",
            bytes / 1024
        );
        let reason = if bytes <= DIES { HostReason::cannot } else { HostReason::warning };
        reasons.push(reason("address-space", text));
    }
    if let Some(processes) = host.limits.processes.filter(|processes| *processes < FEW_PROCESSES) {
        let text = format!(
            "a build starts dozens of threads and processes, and the limit is {processes} ({SOURCE}, ulimit -u)"
        );
        reasons.push(HostReason::warning("few-processes", text));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_table() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max processes             96365                96365                processes \n\
                    Max open files            20000                20000                files     \n\
                    Max address space         409600000            unlimited            bytes     \n";
        let limits = Limits {
            told: true,
            address_space: Some(409_600_000),
            processes: Some(96365),
            files: Some(20000),
        };
        assert_eq!(Limits::parse(text), limits);
        assert_eq!(Limits::parse(&text.replace("409600000", "unlimited")).address_space, None);
        assert_eq!(Limits::parse(""), Limits::default());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}") {
            let _ = (Limits::parse(&text), Limits::parse(&format!("Max processes{text}")));
        }
    }
}
