//! `gvmr doctor`: what breaks Go here, where, and what mends it.

use crate::cli;
use crate::context::{Context, ContextError};
use crate::doctor::{self, Diagnosis, Examination, KINDS};
use crate::error::{Error, ErrorKind};
use crate::terminal::Terminal;
use gvmr_core::sys::environment::{Environment as _, Process};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

/// Runs the command; `context` may be what keeps every other command from running.
pub(super) fn run(
    arguments: &cli::DoctorArgs,
    context: Result<Context, ContextError>,
    terminal: &Terminal,
) -> Result<(), Error> {
    if !arguments.explain.is_empty() {
        let named = select(&arguments.explain)?;
        return terminal.data(doctor::pages(|id| named.contains(id))).map_err(Error::stdout);
    }
    let wanted = select(&arguments.only)?;
    let began = Instant::now();
    let diagnosis = match context {
        Ok(context) => Diagnosis::make(&Examination::new(&context, context.rules()?), KINDS, &wanted),
        Err(ContextError::Config(error)) => Diagnosis::of_settings(&error, KINDS, &wanted),
        Err(error) => return Err(error.into()),
    };
    if arguments.json {
        terminal.json(&diagnosis).map_err(Error::stdout)?;
    } else {
        let user_home = Process.get("HOME").map(PathBuf::from);
        let rows = doctor::rows(&diagnosis, began.elapsed(), user_home.as_deref());
        terminal.table(&rows).map_err(Error::stdout)?;
    }
    if diagnosis.healthy {
        return Ok(());
    }
    let error = Error::said(ErrorKind::Finding, diagnosis.counted());
    Err(if arguments.json { error.after_data() } else { error })
}

fn select(words: &[String]) -> Result<BTreeSet<&'static str>, Error> {
    doctor::select(words).map_err(|error| Error::new(ErrorKind::Usage, &error).hint(error.hint()))
}
