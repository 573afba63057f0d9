//! Random histories: which run is the baseline, and which runs stay, against the rules read out one by one.

use super::*;
use crate::check::ProbeRecord;
use crate::check::file::{CheckFile, FileSurroundings, ProbeDefinition};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// What runs leave out; `c` is the dimension of `c.d`.
const PARTS: [&[&str]; 6] = [&[], &[], &[], &["c"], &["c.d"], &["c.d", "e"]];
/// The check files that share a series' directory.
const FILES: [&str; 2] = ["x.toml", "y.toml"];

/// A run of a history, of which only this matters.
#[derive(Clone, Debug)]
struct PastRun {
    verdict: &'static str,
    key: &'static str,
    file: &'static str,
    selected: bool,
    skipped: &'static [&'static str],
    is_future: bool,
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
        proptest::sample::select(&PARTS[..]),
        proptest::bool::weighted(0.1),
        of(&["one", "one", "two"]),
        of(&["pass", "pass", "pass", "warn", "fail", "not_run"]),
        proptest::option::weighted(0.9, any::<u8>()),
    )
        .prop_map(|(verdict, key, file, selected, skipped, is_future, definition, state, value)| {
            PastRun { verdict, key, file, selected, skipped, is_future, definition, state, value }
        })
}

impl PastRun {
    /// Its document; later numbers are newer.
    fn document(&self, number: usize) -> RunDocument {
        let names = |is_some: bool| if is_some { vec!["a.b"] } else { vec![] };
        let figures = self.value.map(|value| {
            json!({ "name": "used", "value": value, "unit": "%", "shown": "", "holds": true, "conditions": [] })
        });
        let ahead = ("20270101", "2027-01-01T00:00:00Z");
        let (day, started) = if self.is_future { ahead } else { ("20261130", "2026-11-30T00:00:00Z") };
        let document = json!({
            "schema": 1, "id": format!("{day}T{number:06}Z-00000000"), "name": "n", "key": self.key,
            "file": self.file, "verdict": self.verdict, "started": started, "seconds": 0.0,
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
            "baseline": null, "selected": names(self.selected), "skipped": self.skipped, "archived": null, "notified": []
        });
        serde_json::from_value(document).unwrap()
    }

    /// Whether it belongs to the series `main` of a file.
    fn is_of(&self, file: &str) -> bool {
        self.key == "main" && self.file.ends_with(&format!("/{file}")) && !self.is_future
    }

    /// Whether it passed, and ran all that a run of `file` runs that leaves out these names.
    fn counts(&self, file: &str, skipped: &[&str]) -> bool {
        let is_skipped = |name: &&str| skipped.contains(name) || skipped.contains(&"c") && *name == "c.d";
        let is_whole = !self.selected && self.skipped.iter().all(is_skipped);
        self.is_of(file) && self.verdict == "pass" && is_whole
    }
}

/// A moment at which no clock was right that shows 2027.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_083_200) // 2026-12-01
}

/// The values that make the baseline, newest first.
fn model(history: &[PastRun], (file, skipped): (&str, &[&str]), definition: &str, count: usize) -> Vec<u8> {
    let measured = history.iter().rev().filter(|run| {
        // An advisory probe that does not hold warns, and its figure is none to compare with.
        run.counts(file, skipped) && run.definition == definition && run.state == "pass"
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

/// The baseline that an archive has, as a figure of `definition` for a run that leaves out `skipped`.
fn found(archive: &Archive, skipped: &[&str], definition: &str, count: usize) -> Result<f64, String> {
    let kept = archive.runs(now()).unwrap();
    let skipped = skipped.iter().map(|name| (*name).to_owned()).collect();
    let baselines = RunBaselines::of(&kept.runs, ("main", &skipped), count, true);
    baselines.figure(&probe(definition), "used").map(|found| found.value)
}

fn archive(directory: &tempfile::TempDir, file: &str) -> Archive {
    Archive::of(directory.path(), "main", Some(&format!("/elsewhere/{file}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_baseline_is_what_the_rules_say_and_stays_where_old_runs_go(
        history in proptest::collection::vec(past_run(), 1..16),
        count in 1_usize..4,
        keep in 1_usize..6,
        pruned in proptest::collection::vec(proptest::sample::select(&FILES[..]), 1..4),
    ) {
        let directory = tempfile::tempdir().unwrap();
        for (number, run) in history.iter().enumerate() {
            archive(&directory, run.file).add(&run.document(number)).unwrap();
        }
        for (file, skipped) in FILES.iter().flat_map(|file| PARTS.map(|skipped| (*file, skipped))) {
            for definition in ["one", "two"] {
                let expected = middle(&model(&history, (file, skipped), definition, count));
                prop_assert_eq!(found(&archive(&directory, file), skipped, definition, count).ok(), expected);
            }
        }
        let before = FILES.map(|file| ids(&archive(&directory, file)));
        // Whichever file's run ends next.
        for file in &pruned {
            archive(&directory, file).prune(keep, count, now()).unwrap();
        }
        for (file, before) in FILES.iter().zip(&before) {
            let after = ids(&archive(&directory, file));
            let newest = keep.min(before.len());
            prop_assert_eq!(&after[..newest], &before[..newest], "the newest stay");
            prop_assert!(pruned.contains(file) || after == *before, "those of another file stay");
            // What the file asks now can be compared as before.
            let Some(last) = history.iter().rfind(|run| run.is_of(file)) else { continue };
            for skipped in PARTS {
                let expected = middle(&model(&history, (file, skipped), last.definition, count));
                let found = found(&archive(&directory, file), skipped, last.definition, count).ok();
                prop_assert_eq!(found, expected, "{} without {:?}", file, skipped);
                let passed = history.iter().rposition(|run| run.counts(file, skipped));
                let is_kept = |number: usize| after.contains(&history[number].document(number).id);
                prop_assert!(passed.is_none_or(is_kept), "the last that passed");
            }
        }
        let of_future = history.iter().filter(|run| run.is_future).count();
        let left = archive(&directory, "x.toml").files().unwrap();
        let left = left.iter().filter(|file| file.to_string_lossy().contains("/2027")).count();
        prop_assert_eq!(left, of_future, "those of a wrong clock stay");
    }
}

fn ids(archive: &Archive) -> Vec<String> {
    archive.runs(now()).unwrap().runs.into_iter().map(|run| run.id).collect()
}

/// A run that passed, of `/a/x.toml`.
const PASSED: PastRun = PastRun {
    verdict: "pass",
    key: "main",
    file: "/a/x.toml",
    selected: false,
    skipped: &[],
    is_future: false,
    definition: "00 command:01 pattern:02",
    state: "pass",
    value: Some(5),
};

#[test]
fn why_there_is_no_baseline_is_what_happened() {
    let why = |runs: &[PastRun], definition: &str| {
        let directory = tempfile::tempdir().unwrap();
        let archive = archive(&directory, "x.toml");
        for (number, run) in runs.iter().enumerate() {
            archive.add(&run.document(number)).unwrap();
        }
        let error = found(&archive, &[], definition, 1).unwrap_err();
        let why = error.strip_prefix("no baseline: ").unwrap();
        why.strip_suffix(" (`gvmr check --accept` makes this run it)").unwrap().to_owned()
    };
    let same = PASSED.definition;
    let failed = PastRun { verdict: "fail", ..PASSED };
    let other = PastRun { file: "/a/y.toml", ..PASSED };
    let part = PastRun { skipped: &["c"], ..PASSED };
    let warned = PastRun { state: "warn", ..PASSED };
    let unmeasured = PastRun { value: None, ..PASSED };
    for (runs, definition, expected) in [
        (&[][..], same, "nothing has passed yet under key `main`"),
        (
            &[failed, other, PastRun { selected: true, ..PASSED }],
            same,
            "nothing has passed yet under key `main`",
        ),
        (&[part], same, "1 passing run leaves out what this run asks, under key `main`"),
        (&[warned.clone(), warned], same, "2 passing runs have this probe as a warning"),
        (&[unmeasured], same, "1 passing run did not measure used"),
        (
            &[PASSED, PASSED],
            "03 command:04 pattern:02",
            "2 passing runs have another definition of this probe (line 1: command changed)",
        ),
        (
            &[PASSED],
            "03",
            "1 passing run has another definition of this probe (line 1: command, pattern changed)",
        ),
    ] {
        assert_eq!(why(runs, definition), expected);
    }
}

#[test]
fn runs_of_a_clock_that_was_ahead_are_named_once_and_do_not_count() {
    let directory = tempfile::tempdir().unwrap();
    let archive = archive(&directory, "x.toml");
    for number in 0..3 {
        archive.add(&PastRun { is_future: true, value: Some(99), ..PASSED }.document(number)).unwrap();
    }
    archive.add(&PASSED.document(3)).unwrap();
    let kept = archive.runs(now()).unwrap();
    assert_eq!(
        kept.runs.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(),
        ["20261130T000003Z-00000000"]
    );
    let [line] = &kept.ignored[..] else { panic!("{kept:?}") };
    assert!(
        line.ends_with(
            "/20270101T000002Z-00000000.json and 2 more: started later than now, by a clock that was wrong"
        ),
        "{line}"
    );
    assert_eq!(found(&archive, &[], PASSED.definition, 1), Ok(5.0));
    // Once that moment has come, they count as all others.
    let later = now() + Duration::from_secs(60 * 86_400);
    assert_eq!(archive.runs(later).unwrap().runs.len(), 4);
    // Clocks of two machines differ by seconds.
    let just_before = SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_761_600 - 30);
    assert_eq!(archive.runs(just_before).unwrap().runs.len(), 4);
}

#[test]
fn keys_have_directories_of_their_own_and_never_the_archive_itself() {
    let root = Path::new("/a");
    let directory = |key: &str| Archive::of(root, key, None).directory().to_owned();
    assert_eq!(directory("main.v1"), root.join("main.v1"));
    assert_eq!(directory("../b"), root.join("%2E.%2Fb"));
    let (one, other) = ("ä".repeat(99) + "1", "ä".repeat(99) + "2");
    assert_ne!(directory(&one), directory(&other));
    for key in [".", "..", "/", "a/b", &one, &"/".repeat(200)] {
        let found = directory(key);
        assert_eq!(found.parent(), Some(root), "{key}");
        assert!(found.file_name().unwrap().len() <= 255, "{key}");
    }
}

#[test]
fn a_run_that_is_too_large_loses_the_longest_output_first() {
    let probes = |lengths: &[usize]| {
        let mut document = PASSED.document(0);
        let probe = document.probes[0].clone();
        let of = |(index, length): (usize, &usize)| {
            let output = Some("é".repeat(length / 2) + &index.to_string());
            ProbeRecord { output, id: format!("a.p{index}"), ..probe.clone() }
        };
        document.probes = lengths.iter().enumerate().map(of).collect();
        document
    };
    let read = |bytes: &[u8]| serde_json::from_slice::<RunDocument>(bytes).unwrap();
    let small = probes(&[8000, 20]);
    assert_eq!(read(&fitting(&small, MAX_SIZE).unwrap()), small);
    let large = probes(&[[8000; 299].as_slice(), &[500]].concat());
    let bytes = fitting(&large, MAX_SIZE).unwrap();
    assert!((MAX_SIZE * 99 / 100..=MAX_SIZE).contains(&bytes.len()), "{}", bytes.len());
    let kept = read(&bytes);
    assert_eq!(kept.probes[299], large.probes[299], "a short one stays whole");
    for (number, probe) in kept.probes.iter().enumerate().take(299) {
        let output = probe.output.as_deref().unwrap();
        assert!(output.len() > 2000 && output.ends_with(&number.to_string()), "{output}");
    }
    let said = kept.shortened.unwrap();
    assert!(said.starts_with("output to the last ") && said.ends_with(" bytes of a probe"), "{said}");
    // Where there is no room for output, findings and texts are shortened next; figures with a limit stay.
    let mut larger = large;
    for probe in &mut larger.probes {
        probe.message = "m".repeat(9000);
    }
    let kept = read(&fitting(&larger, MAX_SIZE).unwrap());
    assert!(kept.probes.iter().all(|probe| probe.output.is_none() && probe.message.len() > 1000));
    assert!(
        kept.shortened
            .unwrap()
            .starts_with("output to the last 0 bytes of a probe, findings to 0 of a probe, texts to ")
    );
    assert_eq!(fitting(&larger, 1000).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
}

#[test]
fn what_cannot_be_read_is_named_and_takes_no_place_of_a_run() {
    let directory = tempfile::tempdir().unwrap();
    let archive = archive(&directory, "x.toml");
    let run = PastRun { verdict: "fail", state: "fail", value: None, ..PASSED };
    for number in 0..5 {
        archive.add(&run.document(number)).unwrap();
    }
    let series = archive.directory().to_owned();
    #[allow(clippy::disallowed_methods)] // a test's own directory
    for name in ["2099a.json", "2099b.json", "2000.json"] {
        fs::write(series.join(name), "{\"schema\": 1").unwrap();
    }
    fs::create_dir(series.join("2098.json")).unwrap();
    let kept = archive.runs(now()).unwrap();
    assert_eq!((kept.runs.len(), kept.ignored.len()), (5, 4));
    assert!(kept.ignored.iter().any(|line| line.contains("2098.json, which cannot be read: ")), "{kept:?}");
    assert!(kept.ignored.iter().any(|line| line.contains("2099a.json, which is damaged: ")), "{kept:?}");
    archive.prune(3, 1, now()).unwrap();
    let kept = archive.runs(now()).unwrap();
    let ids: Vec<_> = kept.runs.iter().map(|run| run.id.clone()).collect();
    let newest = (2..5).rev().map(|number| run.document(number).id);
    assert_eq!(ids, newest.collect::<Vec<_>>());
    assert_eq!(kept.ignored.len(), 4, "a person may want to look at it");
}
