//! `gvmr doctor`: what breaks Go here, where, and what mends it.

use crate::cli;
use crate::context::Context;
use crate::doctor::{self, Diagnosis, Examination, KINDS};
use crate::error::{Error, ErrorKind};
use gvmr_core::sys::environment::{Environment as _, Process};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

/// Runs the command.
pub(super) fn run(arguments: &cli::DoctorArgs, context: &Context) -> Result<(), Error> {
    if !arguments.explain.is_empty() {
        let named = select(&arguments.explain)?;
        return context.terminal.data(doctor::pages(|id| named.contains(id))).map_err(Error::stdout);
    }
    let wanted = select(&arguments.only)?;
    let began = Instant::now();
    let diagnosis = Diagnosis::make(&Examination::new(context, context.rules()?), KINDS, &wanted);
    if arguments.json {
        context.terminal.json(&diagnosis).map_err(Error::stdout)?;
    } else {
        let user_home = Process.get("HOME").map(PathBuf::from);
        let rows = doctor::rows(&diagnosis, began.elapsed(), user_home.as_deref());
        context.terminal.table(&rows).map_err(Error::stdout)?;
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
