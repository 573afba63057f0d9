//! What a figure was in the last runs that passed.

use crate::check::file::ProbeDefinition;
use crate::check::{BaselineFigure, BaselineRun, ProbeRecord, ProbeState, RunDocument, changed_keys};
use std::collections::{BTreeMap, BTreeSet};

/// The places of the runs that baselines need: the last `count` that passed, and the last `count` in which each probe of the
/// newest run was measured. A run that leaves something out has baselines among those that leave out no more. `runs` are
/// those of one series, newest first.
pub(super) fn needed_runs(runs: &[RunDocument], count: usize) -> BTreeSet<usize> {
    let Some(newest) = runs.first() else { return BTreeSet::new() };
    let mut needed = BTreeSet::new();
    let parts: BTreeSet<BTreeSet<String>> =
        runs.iter().map(|run| run.skipped.iter().cloned().collect()).collect();
    for skipped in &parts {
        let mut passed = 0;
        let mut asked: BTreeMap<_, usize> = newest.probes.iter().map(|one| (same(one), 0)).collect();
        for (index, run) in runs.iter().enumerate().filter(|(_, run)| run.is_baseline(skipped)) {
            let mut add = |counter: &mut usize| {
                if *counter < count {
                    needed.insert(index);
                }
                *counter += 1;
            };
            add(&mut passed);
            for probe in run.probes.iter().filter(|probe| is_measured(probe) && !probe.figures.is_empty()) {
                if let Some(counter) = asked.get_mut(&same(probe)) {
                    add(counter);
                }
            }
        }
    }
    needed
}

/// What is equal of probes whose figures can be compared.
fn same(record: &ProbeRecord) -> (&str, &str) {
    (&record.id, &record.definition)
}

/// Whether its figures are a baseline.
fn is_measured(record: &ProbeRecord) -> bool {
    record.state == ProbeState::Pass
}

/// The baselines of one run.
#[derive(Debug)]
pub struct RunBaselines<'a> {
    /// Those that it is compared with, newest first.
    runs: Vec<&'a RunDocument>,
    /// How many passed, those of a part included.
    passed: usize,
    /// The series' name.
    key: &'a str,
    /// Of how many runs a baseline is the median.
    count: usize,
    /// Whether it can be a baseline itself.
    can_be_accepted: bool,
}

impl<'a> RunBaselines<'a> {
    /// Of a run of the series `key` that leaves out these names. `kept` are the runs of the series, newest first.
    pub fn of(
        kept: &'a [RunDocument],
        (key, skipped): (&'a str, &BTreeSet<String>),
        count: usize,
        can_be_accepted: bool,
    ) -> Self {
        let runs = kept.iter().filter(|run| run.is_baseline(skipped)).collect();
        Self { runs, passed: kept.iter().filter(|run| run.has_passed()).count(), key, count, can_be_accepted }
    }

    /// The median of a probe's figure in the last runs that passed and measured the same; else why there is none.
    pub fn figure(&self, probe: &ProbeDefinition, figure: &str) -> Result<BaselineFigure, String> {
        let found = |run: &&RunDocument| {
            let is_it = |record: &&ProbeRecord| {
                is_measured(record) && same(record) == (probe.id.as_str(), probe.definition.as_str())
            };
            let record = run.probes.iter().find(is_it)?;
            let value = record.figures.iter().find(|known| known.name == figure)?.value;
            Some((run.id.clone(), value))
        };
        let last: Vec<(String, f64)> = self.runs.iter().filter_map(found).take(self.count).collect();
        let Some((run, _)) = last.first().cloned() else { return Err(self.without(probe, figure)) };
        let mut values: Vec<f64> = last.into_iter().map(|(_, value)| value).collect();
        Ok(BaselineFigure { run, value: median(&mut values), shown: String::new() })
    }

    /// Why a figure has no baseline.
    fn without(&self, probe: &ProbeDefinition, figure: &str) -> String {
        let why = if self.passed == 0 {
            format!("nothing has passed yet under key `{}`", self.key)
        } else if self.runs.is_empty() {
            let runs = passing(self.passed, "leaves", "leave");
            format!("{runs} out what this run asks, under key `{}`", self.key)
        } else {
            self.unmeasured(probe, figure)
        };
        let accept =
            if self.can_be_accepted { "makes this run it" } else { "of all that the file asks makes one" };
        format!("no baseline: {why} (`gvmr check --accept` {accept})")
    }

    /// Why no run that passed has a figure.
    fn unmeasured(&self, probe: &ProbeDefinition, figure: &str) -> String {
        let find = |run: &&'a RunDocument| run.probes.iter().find(|record| record.id == probe.id);
        let known: Vec<&ProbeRecord> = self.runs.iter().filter_map(find).collect();
        let Some(last) = known.first() else {
            return format!("{} this probe", passing(self.runs.len(), "does not have", "do not have"));
        };
        let equal: Vec<_> = known.iter().filter(|record| record.definition == probe.definition).collect();
        let warns = equal.iter().filter(|record| record.state == ProbeState::Warn).count();
        match (equal.len(), warns) {
            (0, _) => {
                let changed = changed(probe, &last.definition);
                format!("{} another definition of this probe{changed}", passing(known.len(), "has", "have"))
            }
            (_, 0) => format!("{} {figure}", passing(equal.len(), "did not measure", "did not measure")),
            _ => format!("{} this probe as a warning", passing(warns, "has", "have")),
        }
    }

    /// The last run that figures can be compared with.
    pub fn last(&self) -> Option<BaselineRun> {
        self.runs.first().map(|run| BaselineRun {
            id: run.id.clone(),
            started: run.started.clone(),
            revision: run.place.revision.clone(),
            host: run.place.host.clone(),
        })
    }
}

/// `1 passing run has`, `12 passing runs have`
fn passing(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 passing run {one}") } else { format!("{count} passing runs {several}") }
}

/// ` (line 8: command changed)`
fn changed(probe: &ProbeDefinition, before: &str) -> String {
    let keys = changed_keys(before, &probe.definition).join(", ");
    let what = if keys.is_empty() { "changed".to_owned() } else { format!("{keys} changed") };
    match (probe.line, keys.is_empty()) {
        (0, true) => String::new(),
        (0, false) => format!(" ({what})"),
        (line, true) => format!(" (line {line} {what})"),
        (line, false) => format!(" (line {line}: {what})"),
    }
}

/// Of two values in the middle their mean.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied().unwrap_or_default();
    match values.len() % 2 {
        0 => f64::midpoint(values.get(middle.saturating_sub(1)).copied().unwrap_or_default(), upper),
        _ => upper,
    }
}
