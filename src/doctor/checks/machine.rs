//! Whether the Go that is chosen here runs on this machine.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::{Examination, Unrunnable};
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::host::{CLONE3_FILTERED, CLONE3_UNKNOWN, HostReason};
use gvmr_core::gover::selector::Selector;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::interpreter;
use std::path::Path;

/// Whether a filter is why.
fn is_of_filter(reason: &HostReason) -> bool {
    [CLONE3_FILTERED, CLONE3_UNKNOWN].contains(&reason.id)
}

fn finding(id: &'static str, facts: &Examination<'_>, program: &Path, why: &str) -> Option<Finding> {
    let version = facts.version()?;
    let installed: Vec<_> =
        facts.toolchains().ok()?.iter().map(|toolchain| toolchain.version.clone()).collect();
    // Who asks for it, then what does not run, and what that lacks.
    let reason = facts.answer().map(|answer| &answer.reason);
    let pin = reason.and_then(|reason| Some(FindingPlace::line(reason.file.as_ref()?, reason.line)));
    let loader = interpreter::of(program).filter(|loader| !loader.exists());
    let mut places =
        pin.into_iter().chain([FindingPlace::file(program)]).chain(loader.map(FindingPlace::file));
    let finding = Finding::error(id, places.next()?)
        .what(format!("Go {} does not run on this machine", Selector::exact(version)))
        .why(why);
    let finding = places.fold(finding, Finding::and);
    Some(match facts.host().nearest(version, &installed) {
        Some(nearest) => finding
            .by_hand("use one that runs here")
            .command(format!("gvmr use {}", Selector::exact(nearest))),
        None => finding.by_hand("see which releases run here").command("gvmr host"),
    })
}

/// A missing loader or library, another processor, a kernel that is too old: and the program failed.
pub(in crate::doctor) fn cannot_run(facts: &Examination<'_>) -> Looked {
    let Some(Unrunnable { reasons, program }) = facts.unrunnable() else { return NOTHING };
    let Some(reason) = reasons.iter().find(|reason| !is_of_filter(reason)) else { return NOTHING };
    one(finding("host.cannot-run", facts, program, &reason.text))
}

/// A filter that answers `clone3` with EPERM, which glibc takes for the last word.
pub(in crate::doctor) fn seccomp_clone3(facts: &Examination<'_>) -> Looked {
    let Some(Unrunnable { reasons, program }) = facts.unrunnable() else { return NOTHING };
    let Some(reason) = reasons.iter().find(|reason| is_of_filter(reason)) else { return NOTHING };
    one(finding("host.seccomp-clone3", facts, program, &reason.text).map(|mut finding| {
        finding.places.insert(0, FindingPlace::process("seccomp"));
        finding
    }))
}

/// A share of the processors that this Go does not know of.
pub(in crate::doctor) fn cgroup_quota(facts: &Examination<'_>) -> Looked {
    let Some(version) = facts.version().filter(|version| version.is_before(25)) else { return NOTHING };
    let Some((processors, source)) = facts.host().processor_quota() else { return NOTHING };
    let Ok(affinity) = rustix::thread::sched_getaffinity(None).map(|set| set.count()) else { return NOTHING };
    let whole = processors.ceil().max(1.0);
    if whole >= f64::from(affinity) || Process.get("GOMAXPROCS").is_some() {
        return NOTHING;
    }
    one(Some(
        Finding::at("host.cgroup-quota", Severity::Note, FindingPlace::file(source))
            .what(format!("this control group may use {processors:.2} of {affinity} processors"))
            .why(format!(
                "Go {} starts threads for all of them, and waits for its share; Go 1.25 heeds the quota",
                Selector::exact(version)
            ))
            .by_hand("set GOMAXPROCS, or use Go 1.25 or later")
            .command(format!("export GOMAXPROCS={whole}")),
    ))
}
