//! A diagnosis as people read it.

use super::diagnosis::Diagnosis;
use super::finding::{Finding, Severity};
use crate::terminal::{Cell, Row, Tone};
use std::path::Path;
use std::time::Duration;

/// The rows of a report; `took` is how long the checks ran, and the user's home is shown as `~`.
pub fn rows(diagnosis: &Diagnosis, took: Duration, user_home: Option<&Path>) -> Vec<Row> {
    let checks = diagnosis.checked.len() + diagnosis.kinds_found();
    let run = format!("({checks} checks, {} ms)", took.as_millis());
    if diagnosis.findings.is_empty() {
        return vec![Row::line(format!("nothing to mend {run}"), Tone::Good)];
    }
    let mut rows = vec![Row::line(format!("{}  {run}", diagnosis.counted()), Tone::Plain)];
    for finding in &diagnosis.findings {
        rows.push(Row::line("", Tone::Plain));
        rows.extend(of_finding(finding, user_home));
    }
    rows
}

fn of_finding(finding: &Finding, user_home: Option<&Path>) -> Vec<Row> {
    let (word, tone) = match finding.severity {
        Severity::Error => ("error", Tone::Bad),
        Severity::Warning => ("warning", Tone::Warning),
        Severity::Note => ("note", Tone::Plain),
    };
    let line = format!("{word}\t{}\t{}", finding.id, finding.what);
    let head = Cell::sentence(format!("{}  ({})", finding.what, finding.id));
    let below = |text: String| Row::new(["".into(), Cell::sentence(text.clone())], format!("\t{text}"));
    let mut rows = vec![Row::new([Cell::new(word, tone), head], line)];
    rows.extend(finding.places.iter().map(|place| below(place.words(user_home))));
    rows.extend([below(finding.consequence()), below(finding.fix.words())]);
    rows
}
