//! `gvmr doctor`: what breaks Go here, where, and what mends it.

use crate::cli;
use crate::context::{Context, ContextError};
use crate::doctor::{self, Diagnosis, Examination, KINDS, fix};
use crate::error::{Error, ErrorKind};
use crate::terminal::Terminal;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
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
    if arguments.forget {
        return forget(terminal);
    }
    let wanted = select(&arguments.only)?;
    let began = Instant::now();
    let context = match context {
        Ok(context) => context,
        Err(ContextError::Config(error)) if !arguments.undo => {
            let diagnosis = Diagnosis::of_settings(&error, KINDS, &wanted);
            return show(&diagnosis, None, began, arguments, terminal);
        }
        Err(error) => return Err(error.into()),
    };
    if arguments.undo {
        return undo(&context, arguments);
    }
    let rules = context.rules()?;
    let examine = || Examination::new(&context, rules.clone()).without_network(arguments.no_network);
    let facts = examine();
    let diagnosis = Diagnosis::make(&facts, KINDS, &wanted);
    if !arguments.fix {
        return show(&diagnosis, Some(&facts), began, arguments, terminal);
    }
    if !diagnosis.is_mendable() || arguments.dry_run && arguments.json {
        terminal.note(doctor::mendable(&diagnosis));
        return show(&diagnosis, None, began, arguments, terminal);
    }
    if !arguments.json {
        terminal.data(doctor::planned(&fix::plan(&diagnosis, &context))).map_err(Error::stdout)?;
    }
    let would = "--fix needs confirmation and stdin is not a terminal";
    if arguments.dry_run || !arguments.yes && !context.confirm("Make these changes?", true, would)? {
        return ended(&diagnosis, arguments);
    }
    let run = context.with_cleanup(|| fix::run(diagnosis, KINDS, &wanted, &context, &examine))?;
    for line in doctor::outcomes(&run) {
        terminal.note(line);
    }
    if arguments.json {
        terminal.json(&run).map_err(Error::stdout)?;
    } else {
        table(&run.left, began, terminal)?;
    }
    if run.is_refused() {
        return Err(Error::said(ErrorKind::Storage, "a mend could not be made").after(arguments.json));
    }
    ended(&run.left, arguments)
}

fn undo(context: &Context, arguments: &cli::DoctorArgs) -> Result<(), Error> {
    let undone = context.with_cleanup(|| fix::undo(context))?;
    for name in &undone.restored {
        context.terminal.note(format_args!("restored {name}"));
    }
    if arguments.json {
        context.terminal.json(&undone).map_err(Error::stdout)?;
    }
    if undone.left.is_empty() {
        return Ok(());
    }
    let left = format!("could not restore {}", undone.left.join("\n  and "));
    Err(Error::said(ErrorKind::Storage, left).after(arguments.json))
}

fn forget(terminal: &Terminal) -> Result<(), Error> {
    let journal = fix::Journal::existing(&Process)?;
    terminal.note(doctor::forgotten(journal.map_or(Ok(0), fix::Journal::forget)?));
    Ok(())
}

fn show(
    diagnosis: &Diagnosis,
    facts: Option<&Examination<'_>>,
    began: Instant,
    arguments: &cli::DoctorArgs,
    terminal: &Terminal,
) -> Result<(), Error> {
    if let Some(file) = &arguments.report {
        doctor::write_report(diagnosis, facts, file)?;
        terminal.note(format_args!("wrote {}", printable::path(file)));
    }
    if arguments.json {
        terminal.json(diagnosis).map_err(Error::stdout)?;
    } else if arguments.report.is_none() {
        table(diagnosis, began, terminal)?;
    }
    ended(diagnosis, arguments)
}

fn table(diagnosis: &Diagnosis, began: Instant, terminal: &Terminal) -> Result<(), Error> {
    let user_home = Process.get("HOME").map(PathBuf::from);
    let took = Some(began.elapsed()).filter(|_| !terminal.is_quiet());
    terminal.table(&doctor::rows(diagnosis, took, user_home.as_deref())).map_err(Error::stdout)
}

fn ended(diagnosis: &Diagnosis, arguments: &cli::DoctorArgs) -> Result<(), Error> {
    if diagnosis.healthy {
        return Ok(());
    }
    Err(Error::said(ErrorKind::Finding, diagnosis.counted()).after(arguments.json))
}

fn select(words: &[String]) -> Result<BTreeSet<&'static str>, Error> {
    doctor::select(words).map_err(|error| Error::new(ErrorKind::Usage, &error).hint(error.hint()))
}
