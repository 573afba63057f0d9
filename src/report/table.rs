//! The table for people: a row for each probe, and below it what they need to mend what does not hold.

use super::circumstances::circumstances;
use super::figures::{last_passes, limits, values};
use super::location::{finding_place, finding_words, probe_line};
use super::order::{dimensions, has_run, is_broken, tone, word};
use super::plain_text::{brief, last_lines, lines, one_line};
use crate::check::{ProbeRecord, RunDocument};
use crate::terminal::{Cell, Row, Tone};

/// The most characters of one text.
const MAX_TEXT: usize = 2000;
/// The most findings of a probe.
const MAX_FINDINGS: usize = 20;
/// The most lines of a probe's output.
const MAX_OUTPUT: usize = 10;

/// The rows of a run, without its last line.
pub fn table(document: &RunDocument) -> Vec<Row> {
    let mut rows = Vec::new();
    for (dimension, probes) in dimensions(document) {
        match reason_for_all(&probes) {
            Some(reason) => rows.push(left_out(&one_line(dimension), "", &reason)),
            None => rows.extend(probes.iter().map(|probe| row(&one_line(dimension), probe))),
        }
    }
    rows.extend(document.probes.iter().flat_map(|probe| details(document, probe)));
    let circumstances = circumstances(document).into_iter();
    rows.extend(circumstances.map(|(name, text)| Row::line(format!("{name}: {text}"), Tone::Plain)));
    rows
}

/// Why no probe of a dimension was asked, if it is the same for all.
fn reason_for_all(probes: &[&ProbeRecord]) -> Option<String> {
    let (first, others) = probes.split_first()?;
    let is_same = |other: &&ProbeRecord| other.state == first.state && other.message == first.message;
    (!has_run(first.state) && others.iter().all(is_same)).then(|| reason(first))
}

fn reason(probe: &ProbeRecord) -> String {
    match brief(&probe.message, MAX_TEXT) {
        message if message.is_empty() => word(probe.state).to_owned(),
        message => format!("{}: {message}", word(probe.state)),
    }
}

fn row(dimension: &str, probe: &ProbeRecord) -> Row {
    let name = one_line(&probe.name);
    if !has_run(probe.state) {
        return left_out(dimension, &name, &reason(probe));
    }
    let (values, limits) = (values(probe), limits(probe));
    let before = match last_passes(probe) {
        before if before.is_empty() => before,
        before => format!("({before})"),
    };
    let state = word(probe.state);
    let line = lines(&[dimension, &name, &values, &limits, &before, state].join("\t"));
    let cells = [
        dimension.into(),
        name.as_str().into(),
        values.into(),
        Cell::movable(limits),
        Cell::new(before, Tone::Dim),
        Cell::new(state, tone(probe.state)),
    ];
    Row::new(cells, line)
}

fn left_out(dimension: &str, name: &str, reason: &str) -> Row {
    let cells = [dimension.into(), name.into(), Cell::wrapped(reason, Tone::Dim)];
    Row::new(cells, lines(&[dimension, name, reason].join("\t")))
}

/// What a probe says beside its figures: all of it where it does not hold, else its remarks.
fn details(document: &RunDocument, probe: &ProbeRecord) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut push = |text: String, tone: Tone| rows.push(Row::line(lines(&text), tone));
    let is_broken = is_broken(probe.state);
    if !is_broken && probe.remarks.is_empty() {
        return rows;
    }
    let place = probe_line(document, probe).map(|place| format!("   {place}")).unwrap_or_default();
    let message = match brief(&probe.message, MAX_TEXT) {
        message if message.is_empty() || !is_broken => String::new(),
        message => format!(": {message}"),
    };
    let id = one_line(&probe.id);
    push(format!("{id}{message}{place}"), if is_broken { tone(probe.state) } else { Tone::Plain });
    if let Some(why) = probe.why.as_deref().filter(|_| is_broken) {
        push(format!("  why: {}", brief(why, MAX_TEXT)), Tone::Plain);
    }
    for remark in &probe.remarks {
        push(format!("  note: {}", brief(remark, MAX_TEXT)), Tone::Plain);
    }
    if is_broken {
        for finding in probe.findings.iter().take(MAX_FINDINGS) {
            push(
                format!("  {}  {}", finding_place(finding), brief(&finding_words(finding), MAX_TEXT)),
                Tone::Plain,
            );
        }
        if let Some(more) = probe.findings.len().checked_sub(MAX_FINDINGS).filter(|more| *more > 0) {
            push(format!("  {more} more"), Tone::Plain);
        }
        for line in last_lines(probe.output.as_deref().unwrap_or_default(), MAX_OUTPUT, MAX_TEXT) {
            push(format!("  | {line}"), Tone::Dim);
        }
    }
    rows
}
