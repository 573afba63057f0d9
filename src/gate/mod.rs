//! The gate: a trusted check file, run.
//!
//! Takes a plan and how it is to be run; asks its probes, judges them, keeps the run, and gives its document. Changes nothing
//! of what it asks about.

mod clock;
mod error;
mod init;
mod kept;
mod notify;
mod place;
mod plan;
mod reports;
mod run;
mod secrets;
pub mod shown_plan;
mod shown_target;

pub use error::GateError;
pub use init::init;
pub use kept::show_kept;
pub use plan::{CheckPlan, CheckSource, file_to_trust, names_here, read, selected};
pub use reports::ReportPlace;
pub use run::{GateOptions, GateRun, run};
