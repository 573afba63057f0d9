//! What breaks Go here: each cause at its file and line, why it matters, and what mends it.
//!
//! Takes what the other rooms find out about this user, machine and directory; gives a [`Diagnosis`]. A check turns facts
//! into findings and looks at nothing else, and changes nothing; only `fix` does. Never prints, never asks a person.

mod ancestors;
mod anonymous;
mod assignment;
mod checks;
mod diagnosis;
mod exports;
mod facts;
mod finding;
pub mod fix;
mod kind;
mod lines;
mod logins;
mod mend;
mod network;
mod package_list;
mod pages;
mod path_value;
mod place;
mod quoted_value;
mod report;
mod sessions;
mod shared_report;
mod shell_commands;
mod shown_text;
mod variable_uses;

pub use diagnosis::{Diagnosis, SkippedKind};
pub use facts::Examination;
pub use finding::{Finding, Fix, Severity, Skipped};
pub use kind::{KINDS, Kind, UnknownKind, select};
pub use mend::{LineChange, LineMend, Mend};
pub use pages::{page, pages};
pub use place::FindingPlace;
pub use report::{forgotten, mendable, outcomes, planned, rows};
pub use sessions::LoginShell;
pub use shared_report::{ReportError, write_report};
