//! One run of the checks: causes first, and what follows from a cause is not looked for.

use super::checks;
use super::exports;
use super::facts::Examination;
use super::finding::{Finding, Severity, Skipped};
use super::kind::Kind;
use super::sessions::LoginShell;
use crate::config::ConfigError;
use serde::Serialize;
use std::collections::BTreeSet;

/// What was found. Each kind that was to be looked for has findings, or is in `checked`, or in `skipped`.
#[derive(Debug, Default, Serialize)]
pub struct Diagnosis {
    /// Whether there is no error and no warning.
    pub healthy: bool,
    /// What was found, the first cause first.
    pub findings: Vec<Finding>,
    /// The kinds that were looked for and not found.
    pub checked: Vec<&'static str>,
    /// The kinds that were not looked for.
    pub skipped: Vec<SkippedKind>,
    /// Something that is not a finding, for people.
    #[serde(skip)]
    pub remark: Option<&'static str>,
}

/// A kind that was not looked for, or a session that no file of the user's reaches.
#[derive(Debug, Serialize)]
pub struct SkippedKind {
    /// Which: `net.no-route`, `session.ssh-command`.
    pub id: &'static str,
    /// Why not.
    pub why: String,
}

impl Diagnosis {
    /// Looks for the kinds of `wanted`, in their order, and for what they depend on: only those that are wanted are told.
    pub fn make(facts: &Examination<'_>, kinds: &'static [Kind], wanted: &BTreeSet<&'static str>) -> Self {
        let needed = with_causes(kinds, wanted);
        let mut diagnosis = Self::default();
        let mut found: BTreeSet<&'static str> = BTreeSet::new();
        for kind in kinds.iter().filter(|kind| needed.contains(kind.id)) {
            let is_wanted = wanted.contains(kind.id);
            let cause = kind.after.iter().find(|cause| found.contains(*cause));
            let looked = match cause {
                Some(cause) => Err(Skipped(format!("after {cause}"))),
                None => (kind.look)(facts).map(|mut findings| {
                    findings.retain(|finding| !checks::env_file::follows_from_quotes(facts, finding));
                    findings
                }),
            };
            match looked {
                Ok(findings) if findings.is_empty() => {
                    diagnosis.checked.extend(is_wanted.then_some(kind.id));
                }
                Ok(mut findings) => {
                    for finding in &mut findings {
                        exports::explain(facts, finding);
                    }
                    if findings.iter().any(|finding| finding.is_cause) {
                        found.insert(kind.id);
                    }
                    diagnosis.findings.extend(findings.into_iter().filter(|_| is_wanted));
                }
                Err(Skipped(why)) => {
                    // What follows from a skipped consequence follows from its cause.
                    if cause.is_some() {
                        found.insert(kind.id);
                    }
                    diagnosis.skipped.extend(is_wanted.then_some(SkippedKind { id: kind.id, why }));
                }
            }
        }
        if wanted.contains("session.without-go") && facts.is_set_up() {
            let sessions = facts.login_shell().map(LoginShell::out_of_reach).unwrap_or_default();
            diagnosis.skipped.extend(sessions.into_iter().map(|(id, why)| SkippedKind { id, why }));
        }
        diagnosis.healthy = diagnosis.worst().is_none_or(|worst| worst == Severity::Note);
        // Where setup left lines and no script, the finding says so.
        let is_half = diagnosis.findings.iter().any(|finding| finding.id == "rc.block-missing");
        diagnosis.remark =
            (!facts.is_set_up() && !is_half).then_some("gvmr is not set up here; run `gvmr setup`");
        diagnosis
    }

    /// Where gvmr could not read its settings: that, and nothing else could be looked for.
    pub fn of_settings(error: &ConfigError, kinds: &'static [Kind], wanted: &BTreeSet<&'static str>) -> Self {
        let findings = checks::rules::of_error(error);
        let cause = findings.first().map(|finding| finding.id).unwrap_or_default();
        let others = kinds.iter().filter(|kind| kind.id != cause && wanted.contains(kind.id));
        let mut diagnosis = Self {
            skipped: others.map(|kind| SkippedKind { id: kind.id, why: format!("after {cause}") }).collect(),
            findings: findings.into_iter().filter(|finding| wanted.contains(finding.id)).collect(),
            ..Self::default()
        };
        diagnosis.healthy = diagnosis.findings.is_empty();
        diagnosis
    }

    /// Takes out what does not count any more; its kinds were looked for and not found.
    pub(super) fn forgive(&mut self, is_mended: impl Fn(&Finding) -> bool) {
        let (mended, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.findings).into_iter().partition(is_mended);
        self.findings = left;
        for finding in mended {
            let is_left = self.findings.iter().any(|other| other.id == finding.id);
            if !is_left && !self.checked.contains(&finding.id) {
                self.checked.push(finding.id);
            }
        }
        self.healthy = self.worst().is_none_or(|worst| worst == Severity::Note);
    }

    /// The worst severity of what was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).min()
    }

    /// Whether `--fix` can mend any of it.
    pub fn is_mendable(&self) -> bool {
        self.findings.iter().any(|finding| finding.mend.is_some())
    }

    /// How many kinds have findings.
    pub fn kinds_found(&self) -> usize {
        self.findings.iter().map(|finding| finding.id).collect::<BTreeSet<_>>().len()
    }

    /// `2 errors, 1 warning`
    pub fn counted(&self) -> String {
        let words = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
        let counts = words.iter().filter_map(|(severity, word)| match self.count(*severity) {
            0 => None,
            1 => Some(format!("1 {word}")),
            count => Some(format!("{count} {word}s")),
        });
        counts.collect::<Vec<_>>().join(", ")
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// The kinds, and those that would explain them, and so on.
fn with_causes(kinds: &[Kind], wanted: &BTreeSet<&'static str>) -> BTreeSet<&'static str> {
    let mut needed = wanted.clone();
    // Causes come before what follows from them.
    for kind in kinds.iter().rev() {
        if needed.contains(kind.id) {
            needed.extend(kind.after);
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::kind::KINDS;

    #[test]
    fn causes_come_before_what_follows_from_them_and_no_kind_stands_twice() {
        let mut seen = BTreeSet::new();
        for kind in KINDS {
            for cause in kind.after {
                assert!(seen.contains(cause), "{} comes before its cause {cause}", kind.id);
            }
            assert!(seen.insert(kind.id), "{} stands twice", kind.id);
        }
    }
}
