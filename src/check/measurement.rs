//! What a probe measured, before it is judged.

use super::file::FigureCondition;
use super::quantity::{Measure, Quantity};
use crate::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What one attempt gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// Each figure by its name.
    pub figures: BTreeMap<String, Quantity>,
    /// What was expected and is no figure, and did not come: a status, a text, a mode.
    pub unmet: Vec<String>,
    /// Why a figure is what it is, by its name.
    pub causes: BTreeMap<String, String>,
    /// Figures that there cannot be, since something is unmet.
    pub absent: BTreeSet<String>,
    /// Places in files.
    pub findings: Vec<CheckFinding>,
    /// What is told whether it holds or not.
    pub remarks: Vec<String>,
    /// What makes a warning of a pass.
    pub doubts: Vec<String>,
    /// What the probe itself gives as the baseline of its figures.
    pub baseline: Option<f64>,
    /// The last lines of what a program printed, or of a body.
    pub output: Option<String>,
}

impl Measurement {
    /// The same where there is nothing to measure `figures` of: what did not come as expected says it all, and a figure
    /// that is missing says nothing more.
    #[must_use]
    pub fn without(mut self, figures: &[FigureCondition]) -> Self {
        self.absent = figures
            .iter()
            .map(|figure| figure.figure.clone())
            .filter(|name| !self.figures.contains_key(name))
            .collect();
        self
    }
}

/// A place in a file that a probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFinding {
    /// The rule's name.
    pub rule: String,
    /// Below the project, or absolute.
    pub file: String,
    /// Counted from 1; 0 where it is the whole file.
    pub line: usize,
    /// Counted from 1; 0 where it is the whole line.
    pub column: usize,
    /// The same as long as rule, path and text are.
    pub fingerprint: String,
    /// What is wrong there; empty where the rule says it all, and where it would give a secret away.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl CheckFinding {
    /// What a program says of a place.
    pub fn said(rule: &str, file: String, (line, column): (usize, usize), message: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [rule, &file, message] {
            digest.update(part);
            digest.update([0]);
        }
        let fingerprint = hexadecimal::digits(digest.finalize().get(..8).unwrap_or_default());
        Self { rule: rule.to_owned(), file, line, column, fingerprint, message: message.to_owned() }
    }

    /// `vet: unreachable code`, or the rule.
    pub fn words(&self) -> String {
        if self.message.is_empty() { self.rule.clone() } else { format!("{}: {}", self.rule, self.message) }
    }
}

/// Why there is no measurement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMeasured {
    /// It could not be known.
    #[error("{0}")]
    Failed(String),
    /// A text does not hold what is looked for.
    #[error("{why}")]
    Unread {
        /// What is missing.
        why: String,
        /// The last lines of the text, without secrets.
        output: Option<String>,
    },
    /// There is nothing here that it could be measured of.
    #[error("{0}")]
    NotApplicable(String),
    /// The run ends before.
    #[error("interrupted")]
    Interrupted,
    /// The attempt's time was over before.
    #[error("not finished in time")]
    OutOfTime,
}

/// A time for people: `1.5 s`.
pub fn shown_time(time: Duration) -> String {
    let time = Quantity { value: time.as_secs_f64(), measure: Measure::Duration };
    time.to_string()
}
