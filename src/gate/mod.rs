//! The gate: a trusted check file, run.
//!
//! Takes a plan and how it is to be run; asks its probes, judges them, keeps the run, and gives its document. Changes nothing
//! of what it asks about.

mod clock;
mod place;
mod plan;
mod run;
mod secrets;

pub use plan::{CheckPlan, nearest, read};
pub use run::{GateOptions, GateRun, run};
