//! What a figure was in the last runs that passed.

use crate::check::file::ProbeDefinition;
use crate::check::{BaselineFigure, BaselineRun, ProbeRecord, ProbeState, RunDocument};
use std::collections::{BTreeMap, BTreeSet};

/// The last part of a check file's path: the same project lies elsewhere on other machines.
fn file_name(file: Option<&str>) -> Option<&str> {
    file.and_then(|file| file.rsplit('/').next())
}

/// Runs that figures of this file can be compared with, newest first.
fn comparable<'a>(runs: &'a [RunDocument], file: Option<&'a str>) -> impl Iterator<Item = &'a RunDocument> {
    runs.iter().filter(move |run| run.is_baseline() && file_name(run.file.as_deref()) == file_name(file))
}

/// The places of the runs that baselines need: of each file and series the last `count` that passed, and the last `count` in which
/// each probe of its newest run was measured. `runs` are newest first; of one that cannot be read there is nothing.
pub(super) fn needed_runs(runs: &[Option<RunDocument>], count: usize) -> BTreeSet<usize> {
    let mut needed = BTreeSet::new();
    let mut passed = BTreeMap::new();
    let mut asked: BTreeMap<_, BTreeMap<(&str, &str), usize>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        let Some(run) = run else { continue };
        let series = (file_name(run.file.as_deref()), run.key.as_str());
        let asked =
            asked.entry(series).or_insert_with(|| run.probes.iter().map(|one| (same(one), 0)).collect());
        if !run.is_baseline() {
            continue;
        }
        let mut add = |counter: &mut usize| {
            if *counter < count {
                needed.insert(index);
            }
            *counter += 1;
        };
        add(passed.entry(series).or_default());
        for probe in run.probes.iter().filter(|probe| is_measured(probe) && !probe.figures.is_empty()) {
            if let Some(counter) = asked.get_mut(&same(probe)) {
                add(counter);
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

/// The median of a probe's figure in the last `count` runs that passed and measured the same; else why there is none.
pub fn baseline_figure(
    runs: &[RunDocument],
    (file, key): (Option<&str>, &str),
    probe: &ProbeDefinition,
    figure: &str,
    count: usize,
) -> Result<BaselineFigure, String> {
    let all: Vec<&RunDocument> = comparable(runs, file).collect();
    let found = |run: &&RunDocument| {
        let is_it = |record: &&ProbeRecord| {
            is_measured(record) && same(record) == (probe.id.as_str(), probe.definition.as_str())
        };
        let record = run.probes.iter().find(is_it)?;
        let value = record.figures.iter().find(|known| known.name == figure)?.value;
        Some((run.id.clone(), value))
    };
    let last: Vec<(String, f64)> = all.iter().filter_map(found).take(count).collect();
    let Some((run, _)) = last.first().cloned() else {
        let accept = "`gvmr check --accept` makes this run it";
        return Err(match all.len() {
            0 => format!("no baseline: nothing has passed yet under key `{key}` ({accept})"),
            1 => format!("no baseline: the run that passed measured something else here ({accept})"),
            count => {
                format!("no baseline: the {count} runs that passed measured something else here ({accept})")
            }
        });
    };
    let mut values: Vec<f64> = last.into_iter().map(|(_, value)| value).collect();
    Ok(BaselineFigure { run, value: median(&mut values) })
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

/// The last run that figures can be compared with.
pub fn baseline_run(runs: &[RunDocument], file: Option<&str>) -> Option<BaselineRun> {
    comparable(runs, file).next().map(|run| BaselineRun {
        id: run.id.clone(),
        started: run.started.clone(),
        revision: run.place.revision.clone(),
        host: run.place.host.clone(),
    })
}
