//! `gvmr check`: a project's checklist, run once.

use crate::check::RunVerdict;
use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::gate::{self, CheckSource, GateError, GateOptions, GateRun, ReportPlace, shown_plan};
use crate::report;
use gvmr_core::sys::printable;

/// Runs the command.
pub(super) fn run(arguments: &cli::CheckArgs, context: &Context) -> Result<(), Error> {
    let (named, json) = (arguments.file.as_deref(), arguments.json);
    if arguments.init {
        let path = printable::path(gate::init(named, context)?);
        context.terminal.note(format_args!("wrote {path}; edit it, then run `gvmr check --plan`"));
        return Ok(());
    }
    let given = arguments.variables.iter().cloned().collect();
    let source = CheckSource::find(named)?;
    let options = GateOptions::from(arguments);
    if arguments.plan {
        let file = source.read(&given).map_err(GateError::File)?;
        let file = gate::selected(file, &options.selection)?;
        return shown_plan::show(&file, json, &context.terminal).map_err(Error::stdout);
    }
    if arguments.history || arguments.diff {
        let series = arguments.key.as_deref();
        return gate::show_kept(&source, &given, (series, arguments.diff, json), context)?
            .map_err(Error::stdout);
    }
    let plan = source.plan(named.is_some(), &given, context)?;
    let reports = ReportPlace::all(&arguments.reports, json, plan.path())?;
    // Reports of an interrupted run are written, too.
    context.with_cleanup(|| show(&gate::run(&plan, &options, context)?, &reports, json, context))
}

fn show(run: &GateRun, reports: &[ReportPlace], json: bool, context: &Context) -> Result<(), Error> {
    let notes = run.notes.iter().filter(|_| !context.terminal.is_quiet());
    notes.chain(&run.warnings).for_each(|warning| context.terminal.warn(warning));
    for place in reports {
        if place.is_stdout() {
            context.terminal.bytes(place.text(&run.document).as_bytes()).map_err(Error::stdout)?;
        } else {
            place.write(&run.document)?;
        }
    }
    let is_printed = reports.iter().any(ReportPlace::is_stdout);
    if json {
        context.terminal.json(&run.document).map_err(Error::stdout)?;
    } else if !is_printed {
        if !context.terminal.is_quiet() {
            context.terminal.table(&report::table(&run.document)).map_err(Error::stdout)?;
        }
        context.terminal.data(report::last_line(&run.document)).map_err(Error::stdout)?;
    }
    let kind = if run.document.is_empty() { ErrorKind::Usage } else { ErrorKind::Finding };
    let said = Error::said(kind, report::outcome(&run.document));
    match run.document.verdict {
        RunVerdict::Pass => Ok(()),
        _ if is_printed => Err(said.after(json)),
        _ => Err(said.after(json).already_said()),
    }
}
