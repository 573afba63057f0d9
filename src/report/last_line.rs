//! The one line that says how a run ended.

use super::figures::evidence;
use super::location::probe_line;
use super::order::{broken, has_run};
use super::plain_text::brief;
use crate::check::{ProbeRecord, ProbeState, RunDocument, RunVerdict};

/// The most characters of a message in it.
const MAX_MESSAGE: usize = 300;
/// Figures whose name says nothing beside the probe's.
const UNNAMED: [&str; 2] = ["value ", "share "];

/// `gvmr check: FAIL in 3.1 s: consistency.cache-hits is 92.07 %, >= 98.5 % asked   gvmr-check.toml:17`
pub fn last_line(document: &RunDocument) -> String {
    format!("gvmr check: {}", outcome(document))
}

/// The same without the program's name.
pub fn outcome(document: &RunDocument) -> String {
    let took = format!("{:.1} s", document.seconds);
    match document.verdict {
        RunVerdict::Pass => format!("pass in {took}: {}", counted(document)),
        RunVerdict::Fail => format!("FAIL in {took}: {}", failure(document)),
        RunVerdict::Interrupted => format!("interrupted after {took}: {}", counted(document)),
    }
}

fn counted(document: &RunDocument) -> String {
    let counts = document.counts;
    let others = [
        (counts.fail, "do not hold"),
        (counts.error, "could not be measured"),
        (counts.warn, "warn"),
        (counts.not_run, "not run"),
    ];
    let others = others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let hold = match counts.pass {
        1 => "1 probe holds".to_owned(),
        count => format!("{count} probes hold"),
    };
    [hold].into_iter().chain(others).collect::<Vec<_>>().join(", ")
}

fn failure(document: &RunDocument) -> String {
    let mut blocking = broken(document);
    blocking.retain(|probe| probe.state != ProbeState::Warn);
    let Some((first, others)) = blocking.split_first() else { return nothing_ran(document) };
    let more = if others.is_empty() { String::new() } else { format!("; {} more", others.len()) };
    let place = probe_line(document, first).map(|place| format!("   {place}")).unwrap_or_default();
    format!("{}{more}{place}", sentence(document, first))
}

/// What does not hold, with what its figure was in the last run that passed.
pub(super) fn sentence(document: &RunDocument, probe: &ProbeRecord) -> String {
    let (id, message) = (brief(&probe.id, MAX_MESSAGE), brief(&probe.message, MAX_MESSAGE));
    let evidence = probe.broken_figure().map(|figure| evidence(figure, document));
    let evidence = evidence.unwrap_or_default();
    let unnamed = UNNAMED.iter().find_map(|name| message.strip_prefix(name));
    match unnamed.filter(|rest| rest.starts_with("is ")) {
        Some(rest) => format!("{id} {rest}{evidence}"),
        None if message.is_empty() => format!("{id} does not hold{evidence}"),
        None => format!("{id}: {message}{evidence}"),
    }
}

fn nothing_ran(document: &RunDocument) -> String {
    let missing = |probe: &&ProbeRecord| probe.state == ProbeState::NotRun && !probe.deselected;
    match document.probes.iter().find(missing) {
        Some(probe) => {
            format!("{} was not run: {}", brief(&probe.id, MAX_MESSAGE), brief(&probe.message, MAX_MESSAGE))
        }
        None if document.probes.iter().any(|probe| has_run(probe.state)) => counted(document),
        None => "nothing ran".to_owned(),
    }
}
