//! `gvmr env`: what puts the shim directory first on PATH, for `eval` and for editors; and what the next go sees of its
//! variables, and why.

mod printed;

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::explain;
use crate::explain::table::{self, VariableTable};
use crate::shell::{self, ScriptEntry, ShellKind};
use gvmr_core::env::variable::Variable;
use gvmr_core::sys::environment::{Environment, Process};
use gvmr_core::sys::printable;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// Runs the command.
pub(super) fn run(arguments: &cli::EnvArgs, context: &Context) -> Result<(), Error> {
    let named = !arguments.names.is_empty();
    let variables = variables(&arguments.names)?;
    if arguments.json {
        let table = gather(context, &variables)?;
        let mut value = paths(context)?;
        value["variables"] = printed::as_json(&table, named);
        value["notices"] = printed::notices_as_json(&table);
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
    let resolved = Settled::of(context)?;
    let text = (shell.language.assignments)(&resolved.path, Some(home).filter(|_| resolved.is_custom));
    context.terminal.bytes(text.as_bytes()).map_err(Error::stdout)
}

/// What sessions are to have.
struct Settled {
    path: OsString,
    shims: PathBuf,
    go_bin: Option<PathBuf>,
    is_custom: bool,
}

impl Settled {
    fn of(context: &Context) -> Result<Self, Error> {
        let user_home = Process.get("HOME").map(PathBuf::from);
        let go_bin = context.go_bin();
        let entry = ScriptEntry {
            home: &context.settings.home,
            user_home: user_home.as_deref(),
            go_bin: go_bin.as_deref(),
            export_home: context.home_is_custom(),
            shared: false, // the session's home is settled already
        };
        let path = entry.path_in(&Process)?;
        let shims = entry.home_in(&Process)?.join("shims");
        if !shims.join("go").exists() {
            context
                .terminal
                .note(format_args!("{} has no go yet; run `gvmr install latest`", printable::path(&shims)));
        }
        let go_bin = entry.go_bin_in(&Process)?;
        Ok(Self { path, shims, go_bin, is_custom: entry.export_home })
    }
}

/// The directories, as editors and scripts read them.
fn paths(context: &Context) -> Result<serde_json::Value, Error> {
    let Settled { path, shims, go_bin, .. } = Settled::of(context)?;
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
