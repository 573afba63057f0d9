//! A Go project: its toolchain, modules, code and programs, measured.
//!
//! Takes one question; asks the go command that runs here, and the files that it names. Writes nothing into the project.

mod answer;
mod binaries;
mod build_settings;
mod cause;
mod compiler;
mod coverage;
mod diagnostics;
mod environment;
mod format;
mod go_flags;
mod module_sums;
mod modules;
mod pin;
mod programs;
mod project;
mod proof;
mod replacements;
mod runs_on;
mod same_twice;
mod supported;
mod test_events;
mod test_failures;
mod test_run;
mod vendor;
mod vulnerabilities;
mod vulnerability_report;
mod workspace;

use super::{ProbeSurroundings, contents};
use crate::check::file::{GoQuestion, GoTarget, ProbeDefinition};
use crate::check::{Measurement, NotMeasured};
use project::GoProject;
use std::time::Duration;

pub(super) fn measure(
    probe: &ProbeDefinition,
    target: &GoTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let project = GoProject::of(target, timeout, surroundings);
    match &target.question {
        GoQuestion::Pin => pin::measure(&project),
        GoQuestion::Proof => proof::measure(&project),
        GoQuestion::Supported => supported::measure(&project),
        GoQuestion::Environment => environment::measure(&project),
        GoQuestion::Sums => modules::sums(&project),
        GoQuestion::Tidy => modules::tidy(&project),
        GoQuestion::Vendor => vendor::measure(&project),
        GoQuestion::LocalReplacements => replacements::measure(&project),
        GoQuestion::Build => compiler::build(&project),
        GoQuestion::Vet => compiler::vet(&project),
        GoQuestion::Format => format::measure(&project),
        GoQuestion::Tests(tests) => test_run::measure(&project, tests, contents::asks(probe, "cover")),
        GoQuestion::Binaries(source) => binaries::measure(&project, source),
        GoQuestion::RunsOn(source, target) => runs_on::measure(&project, source, *target),
        GoQuestion::SameTwice => same_twice::measure(&project),
        GoQuestion::Vulnerabilities(known) => vulnerabilities::measure(&project, known),
    }
}
