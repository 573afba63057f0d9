//! What a figure was in the last runs that passed.

use crate::check::file::ProbeDefinition;
use crate::check::{BaselineFigure, BaselineRun, ProbeRecord, ProbeState, RunDocument};

/// Runs that figures of this file can be compared with, newest first.
fn comparable<'a>(runs: &'a [RunDocument], file: Option<&str>) -> impl Iterator<Item = &'a RunDocument> {
    let name = |file: Option<&str>| file.map(|file| file.rsplit('/').next().unwrap_or_default().to_owned());
    let wanted = name(file);
    runs.iter().filter(move |run| run.is_baseline() && name(run.file.as_deref()) == wanted)
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
        let record = run.probes.iter().find(|record| is_same(record, probe))?;
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

fn is_same(record: &ProbeRecord, probe: &ProbeDefinition) -> bool {
    record.id == probe.id && record.definition == probe.definition && record.state == ProbeState::Pass
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
