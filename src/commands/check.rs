//! `gvmr check`: a project's checklist, run once.

use crate::check::file::CheckFile;
use crate::check::{RunSelection, RunVerdict};
use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::gate::{self, GateError, GateOptions, ReportPlace, shown_plan};
use crate::report;
use gvmr_core::sys::printable;

/// Runs the command.
pub(super) fn run(arguments: &cli::CheckArgs, context: &Context) -> Result<(), Error> {
    if arguments.init {
        return init(context);
    }
    let given = arguments.variables.iter().cloned().collect();
    let content = gate::content(arguments.file.as_deref())?;
    if arguments.plan {
        return plan(&gate::read(&content, &given).map_err(GateError::File)?, arguments.json, context);
    }
    if arguments.history || arguments.diff {
        let series = arguments.key.as_deref();
        let rows = gate::kept_rows(&content, &given, (series, arguments.diff), context)?;
        return context.terminal.table(&rows).map_err(Error::stdout);
    }
    let plan = gate::plan(content, arguments.file.is_some(), &given, context)?;
    let reports = ReportPlace::all(&arguments.reports)?;
    let run = gate::run(&plan, &options(arguments), context)?;
    for warning in &run.warnings {
        context.terminal.warn(warning);
    }
    for place in &reports {
        if place.is_stdout() {
            context.terminal.bytes(place.text(&run.document).as_bytes()).map_err(Error::stdout)?;
        } else {
            place.write(&run.document)?;
        }
    }
    let is_printed = reports.iter().any(ReportPlace::is_stdout);
    if arguments.json {
        context.terminal.json(&run.document).map_err(Error::stdout)?;
    } else if !is_printed {
        if !context.terminal.is_quiet() {
            context.terminal.table(&report::table(&run.document)).map_err(Error::stdout)?;
        }
        context.terminal.data(report::last_line(&run.document)).map_err(Error::stdout)?;
    }
    let said = Error::said(ErrorKind::Finding, report::last_line(&run.document));
    match run.document.verdict {
        RunVerdict::Pass => Ok(()),
        _ if is_printed => Err(said.after(arguments.json)),
        _ => Err(said.after(arguments.json).already_said()),
    }
}

fn options(arguments: &cli::CheckArgs) -> GateOptions {
    GateOptions {
        selection: RunSelection {
            only: arguments.names.iter().cloned().collect(),
            skipped: arguments.skip.iter().cloned().collect(),
            keeps_going: arguments.keep_going,
            jobs: 1,
        },
        series: arguments.key.clone(),
        accepts: arguments.accept,
        keeps: !arguments.no_archive,
        notifies: !arguments.no_notify,
    }
}

fn plan(file: &CheckFile, json: bool, context: &Context) -> Result<(), Error> {
    if json {
        return context.terminal.json(&shown_plan::as_json(file)).map_err(Error::stdout);
    }
    shown_plan::lines(file).iter().try_for_each(|line| context.terminal.data(line)).map_err(Error::stdout)
}

fn init(context: &Context) -> Result<(), Error> {
    let path = gate::init(context)?;
    context.terminal.note(format_args!("wrote {}; edit it, then run `gvmr check --plan`", printable::path(&path)));
    Ok(())
}
