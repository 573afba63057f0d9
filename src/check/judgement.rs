//! Measured figures and their conditions → what holds.
//!
//! What was not measured never holds: without a figure, or without the baseline that it is compared with, the probe is an
//! error.

use super::condition::Comparison;
use super::file::{FigureCondition, ProbeDefinition};
use super::measurement::{CheckFinding, Measurement, NotMeasured};
use super::notation::Notation;
use super::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeState {
    /// All holds.
    Pass,
    /// It would be `Fail` or `Error`, and never blocks.
    Warn,
    /// Measured, and does not hold.
    Fail,
    /// Not measured.
    Error,
    /// Not asked.
    NotRun,
    /// There is nothing here that it asks about.
    NotApplicable,
}

/// A figure of a run that passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineFigure {
    /// The id of the newest run that it is from; empty where the probe itself measured it.
    pub run: String,
    /// In the base unit.
    pub value: f64,
    /// For people, in the unit of the figure; empty before it is compared.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub shown: String,
}

/// Where baselines come from.
pub struct Baselines<'a> {
    /// A probe's figure in the runs that passed; else why there is none.
    pub find: &'a (dyn Fn(&ProbeDefinition, &str) -> Result<BaselineFigure, String> + Sync),
    /// Whether this run becomes the baseline, so that comparisons with one do not count.
    pub accepts: bool,
}

/// A judged attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// How it ended.
    pub state: ProbeState,
    /// What does not hold, or could not be measured; else empty.
    pub message: String,
    /// In the order of the file; those without a condition last.
    pub figures: Vec<JudgedFigure>,
    /// Places in files.
    pub findings: Vec<CheckFinding>,
    /// What is told whether it holds or not.
    pub remarks: Vec<String>,
    /// The last lines of output.
    pub output: Option<String>,
}

/// A figure, and whether its condition holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedFigure {
    /// Its name.
    pub name: String,
    /// In the base unit.
    pub value: f64,
    /// The base unit: `s`, `B`, `%` or nothing.
    pub unit: String,
    /// For people.
    pub shown: String,
    /// Whether all conditions hold.
    pub holds: bool,
    /// None where nothing is asked of it.
    pub conditions: Vec<JudgedComparison>,
    /// What it was in the last run that passed, or what else it was compared with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<BaselineFigure>,
}

/// One comparison, and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedComparison {
    /// As it is written.
    pub text: String,
    /// Whether it holds.
    pub holds: bool,
    /// In the base unit; nothing where there is no baseline.
    pub limit: Option<f64>,
    /// The limit for people: `<= 241.6 ms`.
    pub shown: String,
}

impl ProbeState {
    /// Whether the run may go on after it.
    pub fn holds(self) -> bool {
        !matches!(self, Self::Fail | Self::Error)
    }
}

impl Judgement {
    /// Of one attempt of `probe`.
    pub fn of(
        probe: &ProbeDefinition,
        measured: Result<Measurement, NotMeasured>,
        baselines: &Baselines<'_>,
    ) -> Self {
        let measured = match measured {
            Ok(measured) => measured,
            Err(NotMeasured::NotApplicable(why)) => {
                return Self::without_figures(ProbeState::NotApplicable, why);
            }
            Err(why) => {
                let judged = Self::without_figures(blocks_as(ProbeState::Error, probe), why.to_string());
                let NotMeasured::Unread { output, .. } = why else { return judged };
                return Self { output, ..judged };
            }
        };
        let (mut errors, mut failures, mut figures) = (Vec::new(), measured.unmet.clone(), Vec::new());
        for condition in &probe.figures {
            let Some(value) = measured
                .figures
                .get(&condition.figure)
                .map(|found| found.value)
                .filter(|value| value.is_finite())
            else {
                if measured.absent.contains(&condition.figure) && !measured.unmet.is_empty() {
                    continue;
                }
                errors.push(format!("{} was not measured", condition.figure));
                continue;
            };
            // The last pass is shown beside a fixed limit, too; only a comparison with it needs one.
            let baseline = match measured.baseline {
                Some(value) => Ok(BaselineFigure { run: String::new(), value, shown: String::new() }),
                None => (baselines.find)(probe, &condition.figure),
            };
            let figure = judged(condition, value, baseline.as_ref().ok(), baselines.accepts);
            if let Err(why) = &baseline
                && condition.condition.needs_baseline()
                && !baselines.accepts
            {
                errors.push(format!("{}: {why}", condition.figure));
            }
            let cause = measured.causes.get(&condition.figure).map(|cause| format!(": {cause}"));
            let cause = cause.unwrap_or_default();
            failures.extend(
                figure
                    .conditions
                    .iter()
                    .filter(|one| !one.holds && one.limit.is_some())
                    .map(|one| format!("{} is {}, {} asked{cause}", figure.name, figure.shown, one.shown)),
            );
            figures.push(figure);
        }
        let asked = |name: &String| probe.figures.iter().any(|condition| condition.figure == *name);
        // What is no number cannot be written down.
        let others = measured.figures.iter().filter(|(name, found)| !asked(name) && found.value.is_finite());
        figures.extend(others.map(|(name, value)| told(name, *value)));
        let state = match (errors.is_empty(), failures.is_empty()) {
            (true, true) if measured.doubts.is_empty() => ProbeState::Pass,
            (true, true) => ProbeState::Warn,
            (true, false) => blocks_as(ProbeState::Fail, probe),
            (false, _) => blocks_as(ProbeState::Error, probe),
        };
        // What is measured says more than what is missing.
        let message = failures
            .into_iter()
            .chain(errors)
            .chain(measured.doubts.iter().cloned())
            .collect::<Vec<_>>()
            .join("; ");
        let Measurement { findings, remarks, output, .. } = measured;
        let output = output.filter(|_| state != ProbeState::Pass);
        Self { state, message, figures, findings, remarks, output }
    }

    /// The same, which does not hold for another reason.
    pub(super) fn refused(self, probe: &ProbeDefinition, why: String) -> Self {
        Self { state: blocks_as(ProbeState::Fail, probe), message: why, ..self }
    }

    /// Of a probe that is not asked.
    pub(super) fn not_run(why: String) -> Self {
        Self::without_figures(ProbeState::NotRun, why)
    }

    fn without_figures(state: ProbeState, message: String) -> Self {
        let (figures, findings, remarks) = (Vec::new(), Vec::new(), Vec::new());
        Self { state, message, figures, findings, remarks, output: None }
    }
}

/// A state that does not hold, as it counts for a probe.
fn blocks_as(state: ProbeState, probe: &ProbeDefinition) -> ProbeState {
    if probe.advisory { ProbeState::Warn } else { state }
}

fn judged(
    condition: &FigureCondition,
    value: f64,
    baseline: Option<&BaselineFigure>,
    accepts: bool,
) -> JudgedFigure {
    let measure = condition.measure;
    let comparisons = &condition.condition.comparisons;
    let notation = Notation::of(&condition.condition, Quantity { value, measure });
    let limit = |one: &Comparison| one.limit(baseline.map(|baseline| baseline.value));
    let conditions: Vec<_> =
        comparisons.iter().map(|one| compared(one, value, limit(one), notation, accepts)).collect();
    let baseline =
        baseline.map(|found| BaselineFigure { shown: notation.value(found.value, &[]), ..found.clone() });
    JudgedFigure {
        name: condition.figure.clone(),
        value,
        unit: measure.base_unit().to_owned(),
        shown: notation.value(value, &comparisons.iter().filter_map(limit).collect::<Vec<_>>()),
        holds: conditions.iter().all(|one| one.holds),
        conditions,
        baseline,
    }
}

fn compared(
    comparison: &Comparison,
    value: f64,
    limit: Option<f64>,
    notation: Notation,
    accepts: bool,
) -> JudgedComparison {
    let is_met = limit.is_some_and(|limit| comparison.operator.holds(value, limit));
    let holds = is_met || comparison.needs_baseline() && accepts;
    let shown = comparison.written().or_else(|| limit.map(|limit| notation.limit(limit, value)));
    let shown =
        shown.map_or_else(|| comparison.text.clone(), |shown| format!("{} {shown}", comparison.operator));
    JudgedComparison { text: comparison.text.clone(), holds, limit, shown }
}

/// A figure of which nothing is asked.
fn told(name: &str, quantity: Quantity) -> JudgedFigure {
    JudgedFigure {
        name: name.to_owned(),
        value: quantity.value,
        unit: quantity.measure.base_unit().to_owned(),
        shown: quantity.to_string(),
        holds: true,
        conditions: Vec::new(),
        baseline: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::file::parsed;
    use std::collections::BTreeMap;

    fn probe(lines: &str) -> ProbeDefinition {
        let file = parsed(&format!("[a.b]\ndisk = \"/\"\n{lines}"));
        file.dimensions[0].probes[0].clone()
    }

    fn of(lines: &str, used: f64, baseline: Result<f64, &str>, accepts: bool) -> Judgement {
        let find = |_: &ProbeDefinition, _: &str| match baseline {
            Ok(value) => Ok(BaselineFigure { run: "r1".to_owned(), value, shown: String::new() }),
            Err(why) => Err(why.to_owned()),
        };
        let used = Quantity { value: used, measure: crate::check::Measure::Percent };
        let figures = BTreeMap::from([("used".to_owned(), used)]);
        let measured = Ok(Measurement { figures, ..Measurement::default() });
        Judgement::of(&probe(lines), measured, &Baselines { find: &find, accepts })
    }

    #[test]
    fn the_figure_and_the_limit_are_told_apart() {
        let told = |used| of("used = \"< 80%\"", used, Err(""), false).message;
        assert_eq!(told(79.0), "");
        assert_eq!(told(80.0), "used is 80 %, < 80 % asked");
        assert_eq!(told(80.0004), "used is 80.0004 %, < 80 % asked");
    }

    #[test]
    fn without_a_baseline_nothing_passes_but_what_becomes_one() {
        let lines = "used = \"< 80%, <= baseline + 2pp\"";
        let state = |used, baseline, accepts| of(lines, used, baseline, accepts).state;
        assert_eq!(state(50.0, Ok(49.0), false), ProbeState::Pass);
        assert_eq!(state(51.5, Ok(49.0), false), ProbeState::Fail);
        assert_eq!(state(50.0, Err("nothing has passed yet"), false), ProbeState::Error);
        assert_eq!(state(50.0, Err("nothing has passed yet"), true), ProbeState::Pass);
        assert_eq!(state(70.0, Ok(49.0), true), ProbeState::Pass);
        assert_eq!(state(90.0, Ok(49.0), true), ProbeState::Fail, "fixed limits count always");
        let found = of(lines, 50.0, Err("nothing has passed yet"), false);
        assert_eq!(found.message, "used: nothing has passed yet");
        let found = of(lines, 90.0, Err("nothing has passed yet"), false);
        assert_eq!(found.state, ProbeState::Error);
        assert_eq!(found.message, "used is 90 %, < 80 % asked; used: nothing has passed yet");
        let found = of(lines, 51.5, Ok(49.0), false);
        assert_eq!(found.message, "used is 51.5 %, <= 51 % asked");
        assert_eq!(found.figures[0].baseline.as_ref().map(|baseline| baseline.value), Some(49.0));
    }

    #[test]
    fn a_fixed_limit_shows_the_last_pass_and_needs_none() {
        let found = of("used = \"< 80%\"", 90.0, Ok(49.0), false);
        assert_eq!(found.message, "used is 90 %, < 80 % asked");
        assert_eq!(found.figures[0].baseline.as_ref().map(|baseline| baseline.value), Some(49.0));
        assert_eq!(
            of("used = \"< 80%\"", 79.0, Err("nothing has passed yet"), false).state,
            ProbeState::Pass
        );
    }

    #[test]
    fn what_is_not_measured_is_an_error_and_advice_never_blocks() {
        for (lines, state) in [("", ProbeState::Error), ("advisory = true", ProbeState::Warn)] {
            assert_eq!(of(lines, f64::NAN, Err(""), false).state, state);
            let none = Baselines { find: &|_, _| Err(String::new()), accepts: false };
            let of = |measured| Judgement::of(&probe(lines), measured, &none);
            let failed = of(Err(NotMeasured::Failed("no such file".to_owned())));
            assert_eq!((failed.state, failed.message.as_str()), (state, "no such file"));
            assert_eq!(of(Ok(Measurement::default())).message, "used was not measured");
            let nothing = of(Err(NotMeasured::NotApplicable("no tests".to_owned())));
            assert_eq!(nothing.state, ProbeState::NotApplicable);
        }
    }
}
