//! What a probe of a check asks, measured.
//!
//! Takes a target and how long it may take; gives figures, what did not come as expected, or why nothing is known. Judges
//! nothing.

mod contents;
mod disk;
mod file;
mod memory;
mod processors;
mod program;

use crate::check::file::{ProbeDefinition, ProbeTarget};
use crate::check::{Measurement, NotMeasured};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What a measurement needs of the run.
pub struct ProbeSurroundings<'a> {
    /// Where commands run.
    pub directory: &'a Path,
    /// A command that is ended with this process, with the environment that `go` has here.
    pub command: &'a (dyn Fn(&[OsString]) -> io::Result<Command> + Sync),
    /// Whether the run was interrupted.
    pub interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// Measures once, in at most `timeout`.
pub fn measure(
    probe: &ProbeDefinition,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let asks = |figure: &str| contents::asks(probe, figure);
    match &probe.target {
        ProbeTarget::Disk(path) => disk::measure(path, &asks),
        ProbeTarget::Memory(scope) => memory::measure(*scope, &asks),
        ProbeTarget::Cpu(scope, over) => processors::measure(*scope, *over, &asks, surroundings),
        ProbeTarget::File(target) => file::measure(probe, target),
        ProbeTarget::Command(target) => program::measure(probe, target, timeout, surroundings),
        _ => Err(NotMeasured::Failed("not built yet".to_owned())),
    }
}

/// It could not be known.
fn failed(why: impl Into<String>) -> NotMeasured {
    NotMeasured::Failed(why.into())
}
