//! A Code Quality report: what a merge request adds and what it mends, by fingerprints that stay the same.

use super::location::ReportLocation;
use super::order::broken;
use super::plain_text::{brief, one_line};
use crate::check::{ProbeRecord, ProbeState, RunDocument};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most characters of a description.
const MAX_DESCRIPTION: usize = 1000;
/// Where a built-in probe is shown, since each issue needs a file.
const FILE_OF_BUILT_IN: &str = "go.mod";

/// A list of issues.
pub(super) fn gitlab(document: &RunDocument) -> String {
    let mut seen = BTreeMap::new();
    let issues: Vec<_> =
        broken(document).into_iter().flat_map(|probe| issues(document, probe, &mut seen)).collect();
    format!("{:#}\n", Value::Array(issues))
}

/// One for each finding, else one for the probe.
fn issues(document: &RunDocument, probe: &ProbeRecord, seen: &mut BTreeMap<String, usize>) -> Vec<Value> {
    let mut issue = |location: ReportLocation, what: &str, stable: &str| {
        let name = brief(&probe.id, MAX_DESCRIPTION);
        // Neither figures nor lines: the issue stays the same one when they change.
        let key = [location.path.as_str(), &probe.id, stable].join("\0");
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        json!({
            "description": brief(&format!("{name}: {what}"), MAX_DESCRIPTION),
            "check_name": name,
            "fingerprint": fingerprint(&format!("{key}\0{count}")),
            "severity": severity(probe.state),
            "location": { "path": location.path, "lines": { "begin": location.line.unwrap_or(1) } },
        })
    };
    if probe.findings.is_empty() {
        let built_in = || ReportLocation { path: FILE_OF_BUILT_IN.to_owned(), line: None, column: None };
        let location = ReportLocation::of_probe(document, probe).unwrap_or_else(built_in);
        let message = match one_line(&probe.message) {
            message if message.is_empty() => "does not hold".to_owned(),
            message => message,
        };
        return vec![issue(location, &message, "")];
    }
    let findings = probe.findings.iter().map(|finding| {
        let stable = format!("{}\0{}", finding.rule, finding.fingerprint);
        issue(ReportLocation::of_finding(document, finding), &one_line(&finding.words()), &stable)
    });
    findings.collect()
}

fn severity(state: ProbeState) -> &'static str {
    match state {
        ProbeState::Fail => "critical",
        ProbeState::Error => "major",
        _ => "minor",
    }
}

fn fingerprint(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}"); // to a string
        digits
    })
}
