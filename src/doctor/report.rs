//! A diagnosis as people read it.

use super::diagnosis::Diagnosis;
use super::facts::NO_NETWORK;
use super::finding::{Finding, Severity, area};
use super::fix::{FixRun, MendOutcome, PlannedMend};
use super::kind::KINDS;
use crate::terminal::{Cell, Row, Tone};
use std::path::Path;
use std::time::Duration;

/// The rows of a report; `took` is how long the checks ran, without it only ids and places are told. The user's home is shown
/// as `~`.
pub fn rows(diagnosis: &Diagnosis, took: Option<Duration>, user_home: Option<&Path>) -> Vec<Row> {
    let Some(took) = took else { return short_rows(diagnosis, user_home) };
    let checks = diagnosis.checked.len() + diagnosis.kinds_found();
    let is_left_out = diagnosis.skipped.iter().any(|kind| kind.why == NO_NETWORK);
    let left_out = if is_left_out { format!("; network not asked: {NO_NETWORK}") } else { String::new() };
    let run = format!("({checks} checks, {} ms{left_out})", took.as_millis());
    let remark = diagnosis.remark.map(|remark| Row::line(remark, Tone::Dim));
    let remarks = not_checked(diagnosis).into_iter().map(|line| Row::line(line, Tone::Dim)).chain(remark);
    if diagnosis.findings.is_empty() {
        let good = Row::line(format!("nothing to mend {run}"), Tone::Good);
        return [good].into_iter().chain(remarks).collect();
    }
    let mut rows = vec![Row::line(format!("{}  {run}", diagnosis.counted()), Tone::Plain)];
    for finding in &diagnosis.findings {
        rows.push(Row::line("", Tone::Plain));
        rows.extend(of_finding(finding, user_home));
    }
    let mendable = diagnosis.findings.iter().filter(|finding| finding.fix.automatic).count();
    if mendable > 0 {
        let total = diagnosis.findings.len();
        let next = format!(
            "next: gvmr doctor --fix  (mends {mendable} of {total}; shows the changes first, --fix --undo reverts them)"
        );
        rows.extend([Row::line("", Tone::Plain), Row::line(next, Tone::Plain)]);
    }
    rows.extend(remarks);
    rows
}

/// What could not be looked at, and why; what follows from a finding is left out.
fn not_checked(diagnosis: &Diagnosis) -> Vec<String> {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    let is_told = |why: &str| why.starts_with("after ") || why == NO_NETWORK;
    // Sessions out of reach are told by `gvmr setup`.
    let is_kind = |id: &str| KINDS.iter().any(|kind| kind.id == id);
    let skipped = diagnosis.skipped.iter().filter(|skipped| is_kind(skipped.id) && !is_told(&skipped.why));
    for skipped in skipped {
        match by_reason.iter_mut().find(|(why, _)| *why == skipped.why) {
            Some((_, ids)) => ids.push(skipped.id),
            None => by_reason.push((&skipped.why, vec![skipped.id])),
        }
    }
    let lines = by_reason.into_iter().map(|(why, ids)| format!("not checked: {} ({why})", in_short(&ids)));
    lines.collect()
}

/// Ids, with the name of an area in place of all that it has.
fn in_short(ids: &[&str]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for id in ids {
        let of_area = |other: &str| area(other) == area(id);
        let is_whole = KINDS.iter().filter(|kind| of_area(kind.id)).all(|kind| ids.contains(&kind.id));
        let word = if is_whole { area(id) } else { id };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

/// The ids and places alone.
fn short_rows(diagnosis: &Diagnosis, user_home: Option<&Path>) -> Vec<Row> {
    let rows = diagnosis.findings.iter().map(|finding| {
        let place = finding.places.first().map(|place| place.position(user_home)).unwrap_or_default();
        Row::line(format!("{} {place}", finding.id).trim_end().to_owned(), Tone::Plain)
    });
    rows.collect()
}

/// How much of it `--fix` mends.
pub fn mendable(diagnosis: &Diagnosis) -> String {
    match diagnosis.findings.iter().filter(|finding| finding.mend.is_some()).count() {
        0 => "--fix can mend nothing here".to_owned(),
        count => format!("--fix mends {count} of {}", diagnosis.findings.len()),
    }
}

/// What `--fix` would change: each finding, and the diff of its mend.
pub fn planned(mends: &[PlannedMend<'_>]) -> String {
    let texts = mends.iter().map(|PlannedMend { finding, diff }| {
        let head = format!("{}: {}", finding.id, finding.fix.text);
        match diff {
            Ok(diff) => format!("{head}\n{diff}"),
            Err(why) => format!("{head}\ncannot be done: {why}\n"),
        }
    });
    texts.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// A line for each finding that `--fix` looked at, and how to revert it.
pub fn outcomes(run: &FixRun) -> Vec<String> {
    let line = |(finding, outcome): &(Finding, MendOutcome)| match outcome {
        MendOutcome::Fixed => Some(format!("fixed {}: {}", finding.id, finding.fix.text)),
        MendOutcome::ByHand => None,
        MendOutcome::StillThere => Some(format!("{} is still there: {}", finding.id, finding.what)),
        MendOutcome::Refused(why) => Some(format!("could not fix {}: {why}", finding.id)),
    };
    let lines = run.outcomes.iter().filter_map(line);
    let undo = run.number.map(|_| "to revert it: gvmr doctor --fix --undo".to_owned());
    lines.chain(undo).collect()
}

/// How many runs' records were deleted, in words.
pub fn forgotten(runs: usize) -> String {
    let runs = match runs {
        0 => return "there is no record of --fix".to_owned(),
        1 => "1 run".to_owned(),
        runs => format!("{runs} runs"),
    };
    format!("deleted the record of {runs}, and the former content of files in it")
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
