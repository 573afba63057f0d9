//! A run that did not pass without a probe that says why: a signal ended it, or nothing ran.
//!
//! Programs that count failures must not take it for one that passed.

use super::last_line::outcome;
use crate::check::{ProbeRecord, ProbeState, RunDocument, RunVerdict};
use std::borrow::Cow;

/// The same run, with one more probe where none says why it did not pass.
pub(super) fn explained(document: &RunDocument) -> Cow<'_, RunDocument> {
    let is_explained = document.probes.iter().any(|probe| !probe.state.holds());
    if document.verdict == RunVerdict::Pass || is_explained {
        return Cow::Borrowed(document);
    }
    let mut explained = document.clone();
    explained.counts.error += 1;
    explained.probes.push(ProbeRecord {
        id: "gvmr.check".to_owned(),
        dimension: "gvmr".to_owned(),
        name: "check".to_owned(),
        kind: String::new(),
        state: ProbeState::Error,
        line: document.file.is_some().then_some(1),
        limit_line: None,
        seconds: 0.0,
        attempts: 0,
        message: outcome(document),
        why: None,
        figures: Vec::new(),
        findings: Vec::new(),
        remarks: Vec::new(),
        output: None,
        definition: String::new(),
        deselected: false,
    });
    Cow::Owned(explained)
}
