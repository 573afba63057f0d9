//! Metrics as `OpenMetrics` text, which Prometheus, `node_exporter`'s textfile collector and GitLab read.
//!
//! Each sample has the labels `check` and `key`, since several check files may write into one directory.

use super::order::verdict;
use super::plain_text::one_line;
use crate::calendar;
use crate::check::{JudgedFigure, ProbeRecord, ProbeState, RunDocument, RunVerdict};
use std::collections::BTreeSet;
use std::fmt::Write as _;

type Label<'a> = (&'a str, &'a str);

/// The file, written to as samples come.
struct MetricsFile {
    text: String,
    /// The labels that each sample has.
    common: Vec<(&'static str, String)>,
    /// The samples of this family, since none may come twice.
    seen: BTreeSet<String>,
    family: &'static str,
}

/// The whole text.
pub(super) fn openmetrics(document: &RunDocument) -> String {
    let common = vec![("check", document.name.clone()), ("key", document.key.clone())];
    let mut file = MetricsFile { text: String::new(), common, seen: BTreeSet::new(), family: "" };
    run(&mut file, document);
    states(&mut file, document);
    figures(&mut file, document);
    file.text.push_str("# EOF\n");
    file.text
}

fn run(file: &mut MetricsFile, document: &RunDocument) {
    file.family("gvmr_check_pass", "", "1 if the run passed.");
    file.sample(&[], f64::from(u8::from(document.verdict == RunVerdict::Pass)));
    file.family("gvmr_check_verdict_info", "", "How the run ended.");
    file.sample(&[("verdict", &verdict(document).to_lowercase())], 1.0);
    if let Some(started) = calendar::milliseconds(&document.started) {
        file.family("gvmr_check_start_time_seconds", "seconds", "When the run began, since 1970.");
        #[allow(clippy::cast_precision_loss)] // exact for the next 285,000 years
        file.sample(&[], started as f64 / 1000.0);
    }
    file.family("gvmr_check_duration_seconds", "seconds", "How long the run took.");
    file.sample(&[], document.seconds);
}

fn states(file: &mut MetricsFile, document: &RunDocument) {
    let counts = document.counts;
    file.family("gvmr_check_probes", "", "How many probes ended so.");
    for (state, count) in [
        ("pass", counts.pass),
        ("warn", counts.warn),
        ("fail", counts.fail),
        ("error", counts.error),
        ("not_run", counts.not_run),
    ] {
        #[allow(clippy::cast_precision_loss)] // 500 at most
        file.sample(&[("state", state)], count as f64);
    }
    file.family("gvmr_check_probe_state", "", "1 for the state in which a probe ended.");
    for probe in &document.probes {
        file.sample(
            &[("dimension", &probe.dimension), ("probe", &probe.name), ("state", state(probe.state))],
            1.0,
        );
    }
}

/// As in the document.
fn state(state: ProbeState) -> &'static str {
    match state {
        ProbeState::Pass => "pass",
        ProbeState::Warn => "warn",
        ProbeState::Fail => "fail",
        ProbeState::Error => "error",
        ProbeState::NotRun => "not_run",
        ProbeState::NotApplicable => "not_applicable",
    }
}

fn figures(file: &mut MetricsFile, document: &RunDocument) {
    let each = |add: &mut dyn FnMut(&[Label<'_>; 4], &JudgedFigure)| {
        for ProbeRecord { dimension, name, figures, .. } in &document.probes {
            for figure in figures {
                let unit = base_unit(&figure.unit);
                let labels = [
                    ("dimension", dimension.as_str()),
                    ("probe", name),
                    ("figure", &figure.name),
                    ("unit", unit),
                ];
                add(&labels, figure);
            }
        }
    };
    file.family("gvmr_check_figure", "", "What was measured, in the base unit that the label unit names.");
    each(&mut |labels, figure| file.sample(labels, figure.value));
    file.family("gvmr_check_limit", "", "What a figure is held against, in the figure's unit.");
    each(&mut |labels, figure| {
        for comparison in &figure.conditions {
            let condition = [labels.as_slice(), &[("condition", comparison.text.as_str())]].concat();
            if let Some(limit) = comparison.limit {
                file.sample(&condition, limit);
            }
        }
    });
    file.family("gvmr_check_baseline", "", "What a figure was in the last run that passed.");
    each(&mut |labels, figure| {
        if let Some(baseline) = &figure.baseline {
            file.sample(labels, baseline.value);
        }
    });
}

/// Prometheus' name of a unit.
fn base_unit(unit: &str) -> &str {
    match unit {
        "s" => "seconds",
        "B" => "bytes",
        "%" => "percent",
        other => other,
    }
}

impl MetricsFile {
    fn family(&mut self, name: &'static str, unit: &str, help: &str) {
        self.family = name;
        self.seen.clear();
        let _ = writeln!(self.text, "# TYPE {name} gauge"); // to a string, as below
        if !unit.is_empty() {
            let _ = writeln!(self.text, "# UNIT {name} {unit}");
        }
        let _ = writeln!(self.text, "# HELP {name} {help}");
    }

    fn sample(&mut self, labels: &[Label<'_>], value: f64) {
        let common = self.common.iter().map(|(name, value)| (*name, value.as_str()));
        let labels = common.chain(labels.iter().copied());
        let labels: Vec<_> = labels.map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let sample = format!("{}{{{}}}", self.family, labels.join(","));
        if !self.seen.contains(&sample) {
            let _ = writeln!(self.text, "{sample} {}", number(value));
            self.seen.insert(sample);
        }
    }
}

fn number(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ => value.to_string(),
    }
}

/// The value of a label.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('"', "\\\"")
}
