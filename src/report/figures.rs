//! A figure, its limits and its baseline in words.

use super::plain_text::one_line;
use crate::check::{JudgedComparison, JudgedFigure, ProbeRecord, Quantity, RunDocument};

/// How many figures are shown of a probe that has no limit.
const FIGURES_WITHOUT_LIMIT: usize = 2;
/// The word in a condition for the value of the last run that passed.
const BASELINE: &str = "baseline";

/// The figures that say how a probe ended.
pub(super) fn deciding(probe: &ProbeRecord) -> Vec<&JudgedFigure> {
    let limited: Vec<_> = probe.figures.iter().filter(|figure| !figure.conditions.is_empty()).collect();
    if limited.is_empty() { probe.figures.iter().take(FIGURES_WITHOUT_LIMIT).collect() } else { limited }
}

/// `p95 212 ms, max 300 ms`
pub(super) fn values(probe: &ProbeRecord) -> String {
    joined(deciding(probe).into_iter().map(value))
}

/// `p95 212 ms`
pub(super) fn value(figure: &JudgedFigure) -> String {
    one_line(&format!("{} {}", figure.name, figure.shown))
}

/// The limits of a probe's figures; each with its figure's name where there are several.
pub(super) fn limits(probe: &ProbeRecord) -> String {
    let figures = deciding(probe);
    let is_alone = figures.len() == 1;
    joined(figures.into_iter().filter(|figure| !figure.conditions.is_empty()).map(|figure| {
        let limit = limit(figure);
        if is_alone { limit } else { format!("{} {limit}", one_line(&figure.name)) }
    }))
}

/// `<= 500 ms, <= 241.6 ms (baseline 215.1 ms + 10% + 5ms)`
pub(super) fn limit(figure: &JudgedFigure) -> String {
    joined(figure.conditions.iter().map(|comparison| one_line(&compared(comparison, figure))))
}

fn compared(comparison: &JudgedComparison, figure: &JudgedFigure) -> String {
    let slack = comparison.text.split_once(BASELINE).map(|(_, slack)| slack);
    match (slack, last_pass(figure)) {
        (Some(slack), Some(value)) => format!("{} ({BASELINE} {value}{slack})", comparison.shown),
        _ => comparison.shown.clone(),
    }
}

/// What a probe's figures were in the last run that passed, where no limit names it.
pub(super) fn last_passes(probe: &ProbeRecord) -> String {
    let is_named = |figure: &JudgedFigure| figure.conditions.iter().any(|one| one.text.contains(BASELINE));
    let unnamed = deciding(probe).into_iter().filter(|figure| !is_named(figure));
    joined(unnamed.filter_map(last_pass))
}

/// What the figure was in the last run that passed: `215.1 ms`.
pub(super) fn last_pass(figure: &JudgedFigure) -> Option<String> {
    figure.baseline.as_ref().map(|baseline| match baseline.shown.as_str() {
        "" => in_unit(baseline.value, figure),
        shown => one_line(shown),
    })
}

/// What has become of it since: `+12 ms`, `-7.03 pp`.
pub(super) fn change(figure: &JudgedFigure, before: f64) -> String {
    let change = figure.value - before;
    if change == 0.0 || !change.is_finite() {
        return String::new();
    }
    let size = in_unit(change.abs(), figure);
    let size = size.strip_suffix('%').map_or(size.clone(), |points| format!("{points}pp"));
    format!("{}{size}", if change < 0.0 { '-' } else { '+' })
}

/// ` (last pass 99.1 %, 2026-11-28 14:02, 3fa9c1d)`, or nothing.
pub(super) fn evidence(figure: &JudgedFigure, document: &RunDocument) -> String {
    let Some(value) = last_pass(figure) else { return String::new() };
    let run = document
        .baseline
        .as_ref()
        .filter(|_| figure.baseline.as_ref().is_some_and(|one| !one.run.is_empty()));
    let Some(run) = run else { return format!(" ({BASELINE} {value})") };
    let host = Some(&run.host).filter(|host| **host != document.place.host);
    let rest = [
        Some(minute(&run.started)),
        run.revision.as_deref().map(short_revision),
        host.map(|host| one_line(host)),
    ];
    let rest = rest.into_iter().flatten().filter(|part| !part.is_empty());
    format!(" (last pass {})", [value].into_iter().chain(rest).collect::<Vec<_>>().join(", "))
}

/// `2026-11-28 14:02`
pub(super) fn minute(rfc3339: &str) -> String {
    one_line(&rfc3339.chars().take(16).collect::<String>().replace('T', " "))
}

/// `3fa9c1d`
pub(super) fn short_revision(revision: &str) -> String {
    one_line(&revision.chars().take(7).collect::<String>())
}

/// A value of this figure, in the unit that is read best.
fn in_unit(value: f64, figure: &JudgedFigure) -> String {
    Quantity::in_unit(value, &figure.unit)
        .map_or_else(|| one_line(&format!("{value} {}", figure.unit)), |quantity| quantity.to_string())
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
