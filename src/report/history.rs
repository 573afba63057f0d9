//! The runs that are kept, a row for each.

use super::circumstances::part;
use super::figures::{minute, short_revision};
use super::order::broken;
use super::plain_text::{brief, lines, one_line};
use crate::check::{RunDocument, RunVerdict, StateCounts};
use crate::terminal::{Cell, Row, Tone};

/// The most characters of what did not hold.
const MAX_MESSAGE: usize = 200;

/// When each run began, how it ended, where it ran, what it left out, and what did not hold first.
pub fn history(runs: &[RunDocument]) -> Vec<Row> {
    runs.iter().map(row).collect()
}

fn row(run: &RunDocument) -> Row {
    let (verdict, tone) = match run.verdict {
        RunVerdict::Pass if !run.has_passed() => ("pass in part", Tone::Plain),
        RunVerdict::Pass if run.accepted => ("accepted", Tone::Good),
        RunVerdict::Pass => ("pass", Tone::Good),
        RunVerdict::Fail => ("FAIL", Tone::Bad),
        RunVerdict::Interrupted => ("interrupted", Tone::Warning),
    };
    let started = minute(&run.started);
    let took = format!("{:.1} s", run.seconds);
    let counts = counted(run.counts);
    let revision = run.place.revision.as_deref().map(short_revision).unwrap_or_default();
    let host = one_line(&run.place.host);
    let first = broken(run).first().map(|probe| {
        let message = brief(&probe.message, MAX_MESSAGE);
        if message.is_empty() { one_line(&probe.id) } else { format!("{}: {message}", one_line(&probe.id)) }
    });
    let first =
        [part(run)].into_iter().chain(first).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    let line = [started.as_str(), verdict, &took, &counts, &revision, &host, &first].join("\t");
    let cells = [
        started.as_str().into(),
        Cell::new(verdict, tone),
        took.as_str().into(),
        counts.as_str().into(),
        Cell::new(revision.as_str(), Tone::Dim),
        Cell::new(host.as_str(), Tone::Dim),
        Cell::sentence(first.as_str()),
    ];
    Row::new(cells, lines(line.trim_end()))
}

/// `9 pass, 1 fail`
fn counted(counts: StateCounts) -> String {
    let all = [
        (counts.pass, "pass"),
        (counts.warn, "warn"),
        (counts.fail, "fail"),
        (counts.error, "error"),
        (counts.not_run, "not run"),
    ];
    let some = all.iter().filter(|(count, _)| *count > 0).map(|(count, state)| format!("{count} {state}"));
    some.collect::<Vec<_>>().join(", ")
}
