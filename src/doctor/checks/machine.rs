//! Whether the Go that is chosen here runs on this machine.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::{Examination, Unrunnable};
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::host::{CLONE3_FILTERED, HostReason, OTHER_MACHINE};
use gvmr_core::gover::selector::Selector;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::interpreter;

fn finding(
    id: &'static str,
    facts: &Examination<'_>,
    unrunnable: &Unrunnable,
    reason: &HostReason,
) -> Option<Finding> {
    let program = &unrunnable.program;
    let version = facts.version()?;
    let installed: Vec<_> =
        facts.toolchains().ok()?.iter().map(|toolchain| toolchain.version.clone()).collect();
    // Who asks for it, then what does not run, and what that lacks.
    let chosen_by = facts.answer().map(|answer| &answer.reason);
    let pin = chosen_by.and_then(|origin| Some(FindingPlace::line(origin.file.as_ref()?, origin.line)));
    let loader = interpreter::of(program).filter(|loader| !loader.exists());
    let mut places =
        pin.into_iter().chain([FindingPlace::file(program)]).chain(loader.map(FindingPlace::file));
    let finding = Finding::error(id, places.next()?)
        .what(format!("Go {} does not run on this machine", Selector::exact(version)))
        .why(&reason.text);
    let finding = places.fold(finding, Finding::and);
    let exact = Selector::exact(version);
    if reason.id == OTHER_MACHINE && installed.contains(version) {
        let again = format!("gvmr uninstall {exact} && gvmr install {exact}");
        return Some(finding.by_hand("install it again, for this machine").command(again));
    }
    Some(match unrunnable.host.nearest(version, &installed) {
        Some(nearest) => finding
            .by_hand("use one that runs here")
            .command(format!("gvmr use {}", Selector::exact(nearest))),
        None => finding.by_hand("see which releases run here").command("gvmr host"),
    })
}

/// A missing loader or library, another processor, a kernel that is too old: and the program failed.
pub(in crate::doctor) fn cannot_run(facts: &Examination<'_>) -> Looked {
    let Some(unrunnable) = facts.unrunnable() else { return NOTHING };
    let Some(reason) = unrunnable.reasons.iter().find(|reason| reason.id != CLONE3_FILTERED) else {
        return NOTHING;
    };
    one(finding("host.cannot-run", facts, unrunnable, reason))
}

/// A filter that answers `clone3` with EPERM, which glibc takes for the last word.
pub(in crate::doctor) fn seccomp_clone3(facts: &Examination<'_>) -> Looked {
    let Some(unrunnable) = facts.unrunnable() else { return NOTHING };
    let Some(reason) = unrunnable.reasons.iter().find(|reason| reason.id == CLONE3_FILTERED) else {
        return NOTHING;
    };
    one(finding("host.seccomp-clone3", facts, unrunnable, reason).map(|mut finding| {
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
