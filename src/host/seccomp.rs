//! Whether system calls are filtered. Go needs no seccomp; a filter can only hurt it.
//!
//! Takes the kernel's configuration and `/proc/self/status`. What a filter holds cannot be read; the one answer that
//! matters is found out by starting a thread, where that asks the same question as an old go command does.

use super::kernel::Kernel;
use super::root::Root;
use super::verdict::{HostReason, Release};
use super::version_number::Numbers;
use super::{Fact, Host, abi};
use std::io::ErrorKind;

const SOURCE: &str = "/proc/self/status";
/// The first glibc that starts threads with clone3, and takes a refusal for an answer.
const CLONE3_SINCE: Numbers = [2, 34, 0];
/// The reason of a release whose threads a filter is seen to refuse.
pub const CLONE3_FILTERED: &str = "clone3-filtered";
/// What a go says whose thread is refused.
pub(super) const WORDS: &str = "pthread_create failed: Operation not permitted";
/// The mode in which a program decides about each call.
const FILTER: u64 = 2;

/// What the kernel, or a filter before it, says to `clone3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clone3 {
    /// It works, or is said to be unknown, which glibc takes as a hint to use `clone`.
    Answered,
    /// It is forbidden (EPERM), which ends a program that starts threads through glibc.
    Refused,
    /// Not asked.
    Unknown,
}

impl Clone3 {
    /// Starts a thread that does nothing, where this program's threads are started by a glibc that uses clone3.
    pub(super) fn ask(glibc: Option<Numbers>) -> Self {
        let asks = cfg!(all(target_env = "gnu", not(target_feature = "crt-static")));
        if !asks || glibc.is_none_or(|glibc| glibc < CLONE3_SINCE) {
            return Self::Unknown;
        }
        match std::thread::Builder::new().spawn(|| {}).map(std::thread::JoinHandle::join) {
            Ok(_) => Self::Answered,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Self::Refused,
            Err(_) => Self::Unknown,
        }
    }
}

/// What `/proc/self/status` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seccomp {
    /// 0 none, 1 strict, 2 filtered; `None` where the kernel has no seccomp, or `/proc` is missing.
    mode: Option<u64>,
    /// Told by kernels since 5.9.
    filters: Option<u64>,
    no_new_privileges: Option<u64>,
}

impl Seccomp {
    pub(super) fn look(root: &Root) -> Self {
        Self::parse(&root.text(SOURCE).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let number = |name: &str| {
            let mut fields = text.lines().filter_map(|line| line.split_once(':'));
            fields.find(|(field, _)| *field == name)?.1.trim().parse().ok()
        };
        Self {
            mode: number("Seccomp"),
            filters: number("Seccomp_filters"),
            no_new_privileges: number("NoNewPrivs"),
        }
    }

    pub(super) fn facts(self, kernel: &Kernel, clone3: Clone3) -> Vec<Fact> {
        let (support, source) = match kernel.configured("SECCOMP_FILTER") {
            Some((true, source)) => ("supported", source),
            Some((false, source)) => ("not supported, and not needed by Go", source),
            None if self.mode.is_some() => ("supported", SOURCE),
            None => ("unknown", SOURCE),
        };
        let mode = match (self.mode, self.filters) {
            (Some(0), _) => "not filtered".to_owned(),
            (Some(FILTER), Some(filters)) => format!("filtered ({filters})"),
            (Some(FILTER), None) => "filtered".to_owned(),
            (Some(mode), _) => format!("mode {mode}"),
            (None, _) => "unknown".to_owned(),
        };
        let privileges = match self.no_new_privileges {
            Some(0) => "not set",
            Some(_) => "set",
            None => "unknown",
        };
        let clone3 = match clone3 {
            Clone3::Answered => Some("not refused"),
            Clone3::Refused => Some("refused"),
            Clone3::Unknown => None,
        };
        let mut facts = vec![
            Fact::new("seccomp-kernel", support, source),
            Fact::new("seccomp-process", mode, SOURCE),
            Fact::new("no-new-privileges", privileges, SOURCE),
        ];
        facts.extend(clone3.map(|word| Fact::new("clone3", word, "starting a thread")));
        facts
    }
}

/// Only a go command that starts its threads through a new glibc can be hurt.
pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let through_glibc = host.libraries.official_glibc().is_some_and(|glibc| glibc >= CLONE3_SINCE);
    if abi::of(release).is_none() || !through_glibc {
        return Vec::new();
    }
    let what = "its go command starts threads through glibc 2.34 or later, which calls clone3";
    let reason = match host.clone3 {
        Clone3::Refused => HostReason::cannot(
            CLONE3_FILTERED,
            format!("{what}, and a seccomp filter rejects that with EPERM; Go 1.21 and later run"),
        ),
        Clone3::Unknown if host.seccomp.mode == Some(FILTER) => HostReason::warning(
            "clone3-unknown",
            format!(
                "{what}; if the seccomp filter ({SOURCE}) rejects that, it aborts with \"pthread_create failed\", and Go \
                 1.21 and later run"
            ),
        ),
        Clone3::Answered | Clone3::Unknown => return Vec::new(),
    };
    vec![reason.build_helps(true)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_status() {
        let text = "Name:\tgvmr\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        let all = Seccomp { mode: Some(2), filters: Some(3), no_new_privileges: Some(1) };
        assert_eq!(Seccomp::parse(text), all);
        assert_eq!(Seccomp::parse("Name:\tSeccomp:\t2\n"), Seccomp::default());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}") {
            let _ = (Seccomp::parse(&text), Seccomp::parse(&format!("Seccomp:{text}")));
        }
    }
}
