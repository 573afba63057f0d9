//! Probes in the order in which a report has them, and the words for how they ended.

use crate::check::{ProbeRecord, ProbeState, RunDocument, RunVerdict};
use crate::terminal::Tone;

/// Each dimension and its probes, in the order of the run.
pub(super) fn dimensions(document: &RunDocument) -> Vec<(&str, Vec<&ProbeRecord>)> {
    let mut dimensions: Vec<(&str, Vec<&ProbeRecord>)> = Vec::new();
    for probe in &document.probes {
        match dimensions.iter_mut().find(|(name, _)| *name == probe.dimension) {
            Some((_, probes)) => probes.push(probe),
            None => dimensions.push((&probe.dimension, vec![probe])),
        }
    }
    dimensions
}

/// All probes, those that need attention first.
pub(super) fn failing_first(document: &RunDocument) -> Vec<&ProbeRecord> {
    let mut probes: Vec<_> = document.probes.iter().collect();
    probes.sort_by_key(|probe| rank(probe.state));
    probes
}

/// What does not hold: first what blocks.
pub(super) fn broken(document: &RunDocument) -> Vec<&ProbeRecord> {
    let mut probes = failing_first(document);
    probes.retain(|probe| is_broken(probe.state));
    probes
}

/// Whether it does not hold, blocking or not.
pub(super) fn is_broken(state: ProbeState) -> bool {
    matches!(state, ProbeState::Fail | ProbeState::Error | ProbeState::Warn)
}

/// Whether it was asked, and something was there.
pub(super) fn has_run(state: ProbeState) -> bool {
    !matches!(state, ProbeState::NotRun | ProbeState::NotApplicable)
}

fn rank(state: ProbeState) -> usize {
    match state {
        ProbeState::Fail => 0,
        ProbeState::Error => 1,
        ProbeState::Warn => 2,
        ProbeState::NotRun => 3,
        ProbeState::Pass => 4,
        ProbeState::NotApplicable => 5,
    }
}

/// The word for people. What blocks is in capitals.
pub(super) fn word(state: ProbeState) -> &'static str {
    match state {
        ProbeState::Pass => "pass",
        ProbeState::Warn => "warn",
        ProbeState::Fail => "FAIL",
        ProbeState::Error => "ERROR",
        ProbeState::NotRun => "not run",
        ProbeState::NotApplicable => "not applicable",
    }
}

/// Its colour.
pub(super) fn tone(state: ProbeState) -> Tone {
    match state {
        ProbeState::Pass => Tone::Good,
        ProbeState::Warn => Tone::Warning,
        ProbeState::Fail | ProbeState::Error => Tone::Bad,
        ProbeState::NotRun | ProbeState::NotApplicable => Tone::Dim,
    }
}

/// The verdict for people.
pub(super) fn verdict(document: &RunDocument) -> &'static str {
    match document.verdict {
        RunVerdict::Pass => "pass",
        RunVerdict::Fail => "FAIL",
        RunVerdict::Interrupted => "interrupted",
    }
}
