//! `gvmr check`: a project's checklist, run once.

use crate::check::RunVerdict;
use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::gate::{self, CheckSource, GateError, GateOptions, ReportPlace, shown_plan};
use crate::report;
use gvmr_core::sys::printable;

/// Runs the command.
pub(super) fn run(arguments: &cli::CheckArgs, context: &Context) -> Result<(), Error> {
    if arguments.init {
        return init(context);
    }
    let given = arguments.variables.iter().cloned().collect();
    let source = CheckSource::find(arguments.file.as_deref())?;
    if arguments.plan {
        let file = source.read(&given).map_err(GateError::File)?;
        return shown_plan::show(&file, arguments.json, &context.terminal).map_err(Error::stdout);
    }
    if arguments.history || arguments.diff {
        let series = arguments.key.as_deref();
        let rows = gate::kept_rows(&source, &given, (series, arguments.diff), context)?;
        return context.terminal.table(&rows).map_err(Error::stdout);
    }
    let plan = source.plan(arguments.file.is_some(), &given, context)?;
    let reports = ReportPlace::all(&arguments.reports)?;
    let run = gate::run(&plan, &GateOptions::from(arguments), context)?;
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
    let kind = if run.document.is_empty() { ErrorKind::Usage } else { ErrorKind::Finding };
    let said = Error::said(kind, report::last_line(&run.document));
    match run.document.verdict {
        RunVerdict::Pass => Ok(()),
        _ if is_printed => Err(said.after(arguments.json)),
        _ => Err(said.after(arguments.json).already_said()),
    }
}

fn init(context: &Context) -> Result<(), Error> {
    let path = gate::init(context)?;
    context
        .terminal
        .note(format_args!("wrote {}; edit it, then run `gvmr check --plan`", printable::path(&path)));
    Ok(())
}
