//! The newest run beside the last one that passed: figures, and what else is another one.

use super::figures::{change, minute, short_revision};
use super::order::{tone, verdict, word};
use super::plain_text::{brief, lines, one_line};
use crate::check::{JudgedFigure, ProbeRecord, ProbeState, RunDocument};
use crate::terminal::{Cell, Row, Tone};

/// The most characters of one text.
const MAX_TEXT: usize = 300;

/// Rows: first the two runs, then their figures, then what else changed.
pub fn diff(newest: &RunDocument, last_passing: Option<&RunDocument>) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(last_passing.map(|run| Row::line(headline("last pass", run), Tone::Dim)));
    if last_passing.is_none() {
        rows.push(Row::line("last pass: none under this key", Tone::Warning));
    }
    rows.push(Row::line(headline("newest", newest), Tone::Plain));
    rows.extend(newest.probes.iter().flat_map(|probe| {
        let before = last_passing.and_then(|run| run.probes.iter().find(|before| before.id == probe.id));
        probe_rows(probe, before)
    }));
    if let Some(before) = last_passing {
        rows.extend(
            before
                .probes
                .iter()
                .filter(|old| !newest.probes.iter().any(|new| new.id == old.id))
                .map(|old| row(&one_line(&old.id), "", "", "", ("not asked any more", Tone::Warning))),
        );
        rows.extend(surroundings(before, newest));
    }
    rows
}

fn headline(what: &str, run: &RunDocument) -> String {
    let verdict = verdict(run);
    format!("{what}: {} UTC, {verdict} in {:.1} s, {}", minute(&run.started), run.seconds, one_line(&run.id))
}

fn probe_rows(probe: &ProbeRecord, before: Option<&ProbeRecord>) -> Vec<Row> {
    let id = one_line(&probe.id);
    let state = (word(probe.state), tone(probe.state));
    let mut rows: Vec<_> = probe
        .figures
        .iter()
        .map(|figure| {
            let old = before.and_then(|before| before.figures.iter().find(|old| old.name == figure.name));
            let name = format!("{id} {}", one_line(&figure.name));
            let (shown, changed) = old.map_or_else(Default::default, |old| compared(figure, old));
            row(&name, &shown, &one_line(&figure.shown), &changed, state_of(figure, state))
        })
        .collect();
    // What no figure shows.
    if !probe
        .figures
        .iter()
        .any(|figure| !figure.conditions.is_empty() && (probe.state.holds() || !figure.holds))
    {
        let old = before.map_or("", |before| word(before.state));
        rows.push(row(&id, old, &brief(&probe.message, MAX_TEXT), "", state));
    }
    if before.is_some_and(|before| before.definition != probe.definition) {
        let line = format!("{id}: measures something else than in the last pass");
        rows.push(Row::line(lines(&line), Tone::Warning));
    }
    rows
}

/// How a figure ended: nothing is asked of one without a limit, and one that holds does not break its probe.
fn state_of<'s>(figure: &JudgedFigure, of_probe: (&'s str, Tone)) -> (&'s str, Tone) {
    match (figure.conditions.is_empty(), figure.holds) {
        (true, _) => ("", Tone::Plain),
        (false, true) => (word(ProbeState::Pass), tone(ProbeState::Pass)),
        (false, false) => of_probe,
    }
}

/// The old value, and the change where both have one unit.
fn compared(figure: &JudgedFigure, old: &JudgedFigure) -> (String, String) {
    let changed = if figure.unit == old.unit { change(figure, old.value) } else { String::new() };
    (one_line(&old.shown), changed)
}

fn row(name: &str, old: &str, new: &str, changed: &str, (state, tone): (&str, Tone)) -> Row {
    let cells = [name.into(), Cell::new(old, Tone::Dim), new.into(), changed.into(), Cell::new(state, tone)];
    Row::new(cells, lines(&[name, old, new, changed, state].join("\t")))
}

/// What else is another one in the newest run.
fn surroundings(before: &RunDocument, newest: &RunDocument) -> Vec<Row> {
    let facts = |run: &RunDocument| {
        let place = &run.place;
        let text = |value: &Option<String>| value.as_deref().map(one_line).unwrap_or_default();
        let changed_files = match place.dirty {
            Some(true) => "changed files",
            Some(false) => "no changed files",
            None => "",
        };
        [
            ("go", text(&place.go)),
            ("revision", place.revision.as_deref().map(short_revision).unwrap_or_default()),
            ("branch", text(&place.branch)),
            ("tree", changed_files.to_owned()),
            ("file", text(&run.file)),
            ("file's text", text(&run.file_digest)),
            ("directory", one_line(&place.directory)),
            ("host", one_line(&place.host)),
            ("user", one_line(&place.user)),
            ("kernel", one_line(&place.kernel)),
            ("gvmr", one_line(&place.gvmr)),
        ]
    };
    let pairs = facts(before).into_iter().zip(facts(newest));
    let changed = pairs.filter(|((_, old), (_, new))| old != new);
    changed.map(|((name, old), (_, new))| row(name, &old, &new, "", ("changed", Tone::Warning))).collect()
}
