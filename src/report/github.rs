//! Annotations: workflow commands of GitHub Actions on lines of the job's log.
//!
//! A step shows ten and hides the others in silence, so the tenth says how many there are.

use super::figures::evidence;
use super::location::ReportLocation;
use super::order::broken;
use super::plain_text::{brief, lines, shortened};
use crate::check::{ProbeRecord, ProbeState, RunDocument};
use std::fmt::Write as _;

/// How many annotations say something; one more may say how many there are.
const MAX_ANNOTATIONS: usize = 9;
/// The most characters of a message.
const MAX_MESSAGE: usize = 4000;
const MAX_TITLE: usize = 200;

struct Annotation {
    state: ProbeState,
    location: Option<ReportLocation>,
    title: String,
    message: String,
}

/// A line for each annotation.
pub(super) fn github(document: &RunDocument) -> String {
    let annotations: Vec<_> =
        broken(document).into_iter().flat_map(|probe| annotations(document, probe)).collect();
    let (shown, others) = annotations.split_at(annotations.len().min(MAX_ANNOTATIONS));
    let mut text: String = shown.iter().map(Annotation::command).collect();
    if !others.is_empty() {
        let blocks = others.iter().any(|annotation| annotation.state != ProbeState::Warn);
        let state = if blocks { ProbeState::Fail } else { ProbeState::Warn };
        let message = format!("{} more do not hold; the markdown report has them all", others.len());
        let more = Annotation { state, location: None, title: "gvmr check".to_owned(), message };
        text.push_str(&more.command());
    }
    text
}

/// One for each finding, else one for the probe.
fn annotations(document: &RunDocument, probe: &ProbeRecord) -> Vec<Annotation> {
    let of = |location: Option<ReportLocation>, message: String| Annotation {
        state: probe.state,
        location,
        title: brief(&probe.id, MAX_TITLE),
        message,
    };
    if probe.findings.is_empty() {
        return vec![of(ReportLocation::of_probe(document, probe), message(document, probe))];
    }
    let findings = probe.findings.iter();
    let annotations = findings.map(|finding| {
        let message = [Some(lines(&finding.words())), probe.why.as_deref().map(lines)];
        of(
            Some(ReportLocation::of_finding(document, finding)),
            message.into_iter().flatten().collect::<Vec<_>>().join("\n"),
        )
    });
    annotations.collect()
}

fn message(document: &RunDocument, probe: &ProbeRecord) -> String {
    let evidence = probe.figures.iter().find(|figure| !figure.holds).map(|figure| evidence(figure, document));
    let message = match lines(&probe.message) {
        message if message.trim().is_empty() => "does not hold".to_owned(),
        message => message,
    };
    let why = probe.why.as_deref().map(|why| format!("\n{}", lines(why))).unwrap_or_default();
    format!("{message}{}{why}", evidence.unwrap_or_default())
}

impl Annotation {
    fn command(&self) -> String {
        let mut command = format!("::{} ", if self.state == ProbeState::Warn { "warning" } else { "error" });
        if let Some(ReportLocation { path, line, column }) = &self.location {
            let _ = write!(command, "file={}", property(path)); // to a string, as below
            for (name, number) in [("line", line), ("col", column)] {
                if let Some(number) = number {
                    let _ = write!(command, ",{name}={number}");
                }
            }
            command.push(',');
        }
        let message = shortened(self.message.trim(), MAX_MESSAGE);
        let _ = writeln!(command, "title={}::{}", property(&self.title), data(&message));
        command
    }
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
