//! `gvmr env`: what puts the shim directory first on PATH, for `eval` and for editors; and what the next go sees of its
//! variables, and why.

mod printed;

use crate::cli;
use crate::context::{Context, SessionPath};
use crate::error::{Error, ErrorKind};
use crate::explain;
use crate::explain::table::{self, VariableTable};
use crate::shell::{self, ShellKind};
use gvmr_core::env::variable::Variable;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::os::unix::ffi::OsStrExt as _;

/// Runs the command.
pub(super) fn run(arguments: &cli::EnvArgs, context: &Context) -> Result<(), Error> {
    let named = !arguments.names.is_empty();
    let variables = variables(&arguments.names)?;
    if arguments.json {
        let table = gather(context, &variables)?;
        let mut value = paths(context)?;
        value["variables"] = table.as_json(named);
        value["notices"] = table.notices_as_json();
        return context.terminal.json(&value).map_err(Error::stdout);
    }
    if !named && !arguments.why {
        let shell =
            arguments.shell.map_or_else(|| shell::of_session(&Process, &context.settings.home), Ok)?;
        return print_assignments(shell, context);
    }
    let table = gather(context, &variables)?;
    for remark in &table.notices {
        context.terminal.note(&remark.message);
    }
    if arguments.why {
        return context.terminal.table(&printed::rows(&table, named)).map_err(Error::stdout);
    }
    let text: String = table.rows.iter().map(|row| printed::value(row) + "\n").collect();
    context.terminal.bytes(text.as_bytes()).map_err(Error::stdout)
}

fn gather(context: &Context, variables: &[&'static Variable]) -> Result<VariableTable, Error> {
    let home = &context.settings.home;
    let rules = context.rules()?;
    table::gather(home, rules, variables).map_err(|error| Error::new(ErrorKind::Usage, &error))
}

/// The variables of these names; all where there is none.
fn variables(names: &[String]) -> Result<Vec<&'static Variable>, Error> {
    if names.is_empty() {
        return Ok(explain::all().collect());
    }
    let find = |name: &String| {
        explain::all().find(|variable| variable.name == name).ok_or_else(|| {
            let shown = printable::typed(name);
            Error::said(ErrorKind::Usage, format!("gvmr cannot explain \"{shown}\": no rule can set it"))
                .hint("run `gvmr env --why` for the variables it can explain, or `go env` for all")
        })
    };
    names.iter().map(find).collect()
}

fn print_assignments(shell: &ShellKind, context: &Context) -> Result<(), Error> {
    let home = context.settings.home.root().as_os_str();
    let session = session(context)?;
    let text = (shell.language.assignments)(&session.path, Some(home).filter(|_| session.exports_home));
    context.terminal.bytes(text.as_bytes()).map_err(Error::stdout)
}

/// What a session gets. Says so where there is nothing to run yet.
fn session(context: &Context) -> Result<SessionPath, Error> {
    let session = context.session_path()?;
    if !session.shims.join("go").exists() {
        let shims = printable::path(&session.shims);
        context.terminal.note(format_args!("{shims} has no go yet; run `gvmr install latest`"));
    }
    Ok(session)
}

/// The directories, as editors and scripts read them.
fn paths(context: &Context) -> Result<serde_json::Value, Error> {
    let SessionPath { path, shims, go_bin, .. } = session(context)?;
    let elements = path.as_bytes().split(|byte| *byte == b':').map(String::from_utf8_lossy);
    Ok(serde_json::json!({
        "home": context.settings.home.root().display().to_string(),
        "shims": shims.display().to_string(),
        "go": shims.join("go").display().to_string(),
        "gofmt": shims.join("gofmt").display().to_string(),
        "path": elements.collect::<Vec<_>>(),
        "go_bin": go_bin.map(|directory| directory.display().to_string()),
    }))
}
