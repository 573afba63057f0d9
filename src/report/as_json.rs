//! Kept runs for scripts: what the history and the comparison of two runs show, as JSON.

use crate::check::{JudgedFigure, ProbeRecord, RunDocument};
use serde_json::{Value, json};

/// An object for each run, the newest first.
pub fn history_as_json(runs: &[RunDocument]) -> Value {
    Value::Array(runs.iter().map(run).collect())
}

/// The newest run, the last one that passed, and each figure in both.
pub fn diff_as_json(newest: &RunDocument, last_passing: Option<&RunDocument>) -> Value {
    let probes = newest.probes.iter().map(|probe| {
        let before = last_passing.and_then(|run| run.probes.iter().find(|before| before.id == probe.id));
        json!({
            "id": probe.id,
            "state": probe.state,
            "before": before.map(|before| before.state),
            "message": probe.message,
            "same_definition": before.map(|before| before.definition == probe.definition),
            "figures": probe.figures.iter().map(|figure| in_both(figure, before)).collect::<Vec<_>>(),
        })
    });
    json!({
        "newest": run(newest),
        "last_pass": last_passing.map(run),
        "probes": probes.collect::<Vec<_>>(),
    })
}

fn in_both(figure: &JudgedFigure, before: Option<&ProbeRecord>) -> Value {
    let old = before.and_then(|before| before.figures.iter().find(|old| old.name == figure.name));
    let old = old.filter(|old| old.unit == figure.unit);
    json!({
        "name": figure.name,
        "unit": figure.unit,
        "value": figure.value,
        "before": old.map(|old| old.value),
        "holds": figure.holds,
    })
}

fn run(run: &RunDocument) -> Value {
    json!({
        "id": run.id,
        "key": run.key,
        "file": run.file,
        "verdict": run.verdict,
        "accepted": run.accepted,
        "selected": run.selected,
        "skipped": run.skipped,
        "started": run.started,
        "seconds": run.seconds,
        "counts": run.counts,
        "where": run.place,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::document;

    #[test]
    fn runs_and_figures_are_there_for_scripts() {
        let newest = document();
        let mut before = document();
        before.probes[2].figures[0].value = 99.1;
        let found = diff_as_json(&newest, Some(&before));
        assert_eq!(found["last_pass"]["id"], before.id.as_str());
        assert_eq!(found["probes"][2]["figures"][0]["before"], 99.1);
        assert_eq!(found["probes"][2]["figures"][0]["value"], 92.07);
        assert_eq!(found["probes"][2]["same_definition"], true);
        let alone = diff_as_json(&newest, None);
        assert!(alone["last_pass"].is_null() && alone["probes"][2]["figures"][0]["before"].is_null());
        assert_eq!(history_as_json(&[newest])[0]["counts"]["fail"], 2);
    }
}
