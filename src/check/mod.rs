//! What must hold before a project is rolled out: figures, and the limits that they are held against.
//!
//! Takes the text of a check file, and numbers; says what is asked and whether it holds. Measures nothing.

#[cfg(test)]
mod attempt_properties;
mod attempts;
mod condition;
#[cfg(test)]
mod condition_properties;
mod definition;
mod document;
pub mod file;
mod judgement;
mod measurement;
mod notation;
mod percentile;
mod quantity;
mod run;
mod secret_mask;

pub use attempts::{AttemptSurroundings, AttemptTime, Attempted, Clock, attempt};
pub use condition::{Comparison, Condition, ConditionError, FigureLimit, Operator, Slack};
pub use definition::changed_keys;
pub use document::{
    BaselineRun, NotificationRecord, ProbeRecord, RunDocument, RunPlace, RunVerdict, SCHEMA, StateCounts,
};
pub use judgement::{BaselineFigure, Baselines, JudgedComparison, JudgedFigure, Judgement, ProbeState};
pub use measurement::{CheckFinding, Measurement, NotMeasured, shown_time};
pub use percentile::{least_count, percentile};
pub use quantity::{Measure, Quantity, QuantityError};
pub use run::{ProbeAsker, ProbeOutcome, RunSelection, UnknownName, run};
pub use secret_mask::SecretMask;
