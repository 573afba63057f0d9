//! Random histories: which run is the baseline, and which runs stay, against the rules read out one by one.

use super::*;
use crate::check::file::{CheckFile, FileSurroundings, ProbeDefinition};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// A run of a history, of which only this matters.
#[derive(Clone, Debug)]
struct PastRun {
    verdict: &'static str,
    key: &'static str,
    file: &'static str,
    selected: bool,
    skipped: bool,
    accepted: bool,
    definition: &'static str,
    state: &'static str,
    value: Option<u8>,
}

fn past_run() -> impl Strategy<Value = PastRun> {
    let of = |words: &'static [&'static str]| proptest::sample::select(words);
    (
        of(&["pass", "pass", "pass", "fail", "interrupted"]),
        of(&["main", "main", "main", "other"]),
        of(&["/a/x.toml", "/b/x.toml", "/a/y.toml"]),
        proptest::bool::weighted(0.1),
        proptest::bool::weighted(0.1),
        any::<bool>(),
        of(&["one", "one", "two"]),
        of(&["pass", "pass", "pass", "warn", "fail", "not_run"]),
        proptest::option::weighted(0.9, any::<u8>()),
    )
        .prop_map(|(verdict, key, file, selected, skipped, accepted, definition, state, value)| {
            PastRun { verdict, key, file, selected, skipped, accepted, definition, state, value }
        })
}

impl PastRun {
    /// Its document; later numbers are newer.
    fn document(&self, number: usize) -> RunDocument {
        let names = |is_some: bool| if is_some { vec!["a.b"] } else { vec![] };
        let figures = self.value.map(|value| {
            json!({ "name": "used", "value": value, "unit": "%", "shown": "", "holds": true, "conditions": [] })
        });
        let document = json!({
            "schema": 1, "id": format!("20261130T{number:06}Z-00000000"), "name": "n", "key": self.key,
            "file": self.file, "verdict": self.verdict, "started": "2026-11-30T00:00:00Z", "seconds": 0.0,
            "where": {
                "host": "h", "user": "u", "directory": "/", "revision": null, "branch": null, "dirty": null,
                "go": null, "gvmr": "0", "kernel": "6"
            },
            "counts": { "pass": 0, "warn": 0, "fail": 0, "error": 0, "not_run": 0 },
            "probes": [{
                "id": "a.b", "dimension": "a", "name": "b", "kind": "disk", "state": self.state, "line": 1,
                "seconds": 0.0, "attempts": 1, "message": "", "figures": figures.into_iter().collect::<Vec<_>>(),
                "findings": [], "output": null, "definition": self.definition
            }],
            "baseline": null, "accepted": self.accepted, "selected": names(self.selected),
            "skipped": names(self.skipped), "archived": null, "notified": []
        });
        serde_json::from_value(document).unwrap()
    }

    /// Whether a whole run of `x.toml` in the series `main` passed.
    fn counts(&self) -> bool {
        let is_whole = !self.selected && !self.skipped;
        self.verdict == "pass" && self.key == "main" && self.file.ends_with("/x.toml") && is_whole
    }
}

/// The values that make the baseline, newest first.
fn model(history: &[PastRun], definition: &str, count: usize) -> Vec<u8> {
    let measured = history.iter().rev().filter(|run| {
        // An advisory probe that does not hold warns, and its figure is none to compare with.
        run.counts() && run.definition == definition && run.state == "pass"
    });
    measured.filter_map(|run| run.value).take(count).collect()
}

fn middle(values: &[u8]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().map(f64::from).collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

fn probe(definition: &str) -> ProbeDefinition {
    let given = BTreeMap::new();
    let surroundings = FileSurroundings { built_in: &|_| None, given: &given, environment: &vec![("", "")] };
    let text = b"[a.b]\ndisk = \"/\"\n";
    let file = CheckFile::parse(Path::new("/p/x.toml"), text, &surroundings).unwrap();
    ProbeDefinition { definition: definition.to_owned(), ..file.probes().next().unwrap().clone() }
}

/// The baseline that an archive has, as a figure of `definition`.
fn found(archive: &Archive, definition: &str, count: usize) -> Option<f64> {
    let kept = archive.runs().unwrap();
    let file = (Some("/elsewhere/x.toml"), "main");
    baseline_figure(&kept.runs, file, &probe(definition), "used", count).ok().map(|found| found.value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_baseline_is_what_the_rules_say_and_stays_where_old_runs_go(
        history in proptest::collection::vec(past_run(), 1..14),
        count in 1_usize..4,
        keep in 1_usize..6,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let archive = Archive::of(directory.path(), "main");
        for (number, run) in history.iter().enumerate() {
            archive.add(&run.document(number)).unwrap();
        }
        for definition in ["one", "two"] {
            let expected = middle(&model(&history, definition, count));
            prop_assert_eq!(found(&archive, definition, count), expected, "{}", definition);
        }
        let before = archive.files().unwrap();
        archive.prune(keep, count).unwrap();
        let after = archive.files().unwrap();
        prop_assert!(after.len() >= keep.min(before.len()));
        prop_assert_eq!(&after[..keep.min(before.len())], &before[..keep.min(before.len())], "the newest stay");
        // What the file asks now can be compared as before.
        let is_of_file = |run: &&PastRun| run.file.ends_with("/x.toml") && run.key == "main";
        if let Some(newest) = history.iter().rfind(is_of_file) {
            let expected = middle(&model(&history, newest.definition, count));
            prop_assert_eq!(found(&archive, newest.definition, count), expected);
        }
        let last = history.iter().rposition(PastRun::counts);
        if let Some(last) = last {
            let id = history[last].document(last).id;
            prop_assert!(archive.runs().unwrap().runs.iter().any(|run| run.id == id), "the last that passed");
        }
    }
}

#[test]
fn what_cannot_be_read_is_named_and_takes_no_place_of_a_run() {
    let directory = tempfile::tempdir().unwrap();
    let archive = Archive::of(directory.path(), "main");
    let run = PastRun {
        verdict: "fail",
        key: "main",
        file: "/a/x.toml",
        selected: false,
        skipped: false,
        accepted: false,
        definition: "one",
        state: "fail",
        value: None,
    };
    for number in 0..5 {
        archive.add(&run.document(number)).unwrap();
    }
    let series = archive.directory().to_owned();
    #[allow(clippy::disallowed_methods)] // a test's own directory
    for name in ["2099a.json", "2099b.json", "2000.json"] {
        fs::write(series.join(name), "{\"schema\": 1").unwrap();
    }
    fs::create_dir(series.join("2098.json")).unwrap();
    let kept = archive.runs().unwrap();
    assert_eq!((kept.runs.len(), kept.unread.len()), (5, 4));
    assert!(kept.unread.iter().any(|line| line.contains("2098.json, which cannot be read: ")), "{kept:?}");
    assert!(kept.unread.iter().any(|line| line.contains("2099a.json, which is damaged: ")), "{kept:?}");
    archive.prune(3, 1).unwrap();
    let kept = archive.runs().unwrap();
    let ids: Vec<_> = kept.runs.iter().map(|run| run.id.clone()).collect();
    let newest = (2..5).rev().map(|number| run.document(number).id);
    assert_eq!(ids, newest.collect::<Vec<_>>());
    assert_eq!(kept.unread.len(), 3, "the old one is gone");
}
