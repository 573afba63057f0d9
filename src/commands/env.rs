//! `gvmr env`: what puts the shim directory first on PATH, for `eval` and for editors; and what the next go sees of its
//! variables, and why.

mod printed;
mod table;

use super::Session;
use crate::cli::{self, EnvShell};
use crate::config::Settings;
use crate::error::{Error, Kind};
use crate::explain;
use crate::shell::{Entry, quote};
use gvmr_core::env::variable::Variable;
use gvmr_core::gover::goenv;
use gvmr_core::sys::environment::{Environment, Process};
use gvmr_core::sys::printable;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// Runs the command.
pub(super) fn run(arguments: &cli::Env, session: &Session) -> Result<(), Error> {
    let named = !arguments.names.is_empty();
    let variables = variables(&arguments.names)?;
    if arguments.json {
        let table = table::gather(session, &variables)?;
        let mut value = paths(session)?;
        value["variables"] = printed::as_json(&table, named);
        value["notices"] = printed::notices_as_json(&table);
        return session.terminal.json(&value).map_err(Session::stdout);
    }
    if !named && !arguments.why {
        return print_assignments(arguments.shell, session);
    }
    let table = table::gather(session, &variables)?;
    for remark in &table.notices {
        session.terminal.note(&remark.message);
    }
    let text = if arguments.why {
        printed::lines(&table, named)
    } else {
        table.rows.iter().map(|row| printed::value(row) + "\n").collect()
    };
    session.terminal.bytes(text.as_bytes()).map_err(Session::stdout)
}

/// The variables of these names; all where there is none.
fn variables(names: &[String]) -> Result<Vec<&'static Variable>, Error> {
    if names.is_empty() {
        return Ok(explain::all().collect());
    }
    let find = |name: &String| {
        explain::all().find(|variable| variable.name == name).ok_or_else(|| {
            let shown = printable::word(name);
            Error::said(Kind::Usage, format!("no rule can set \"{shown}\", so that gvmr does not explain it"))
                .hint("gvmr env --why shows what it can explain; go env shows the rest")
        })
    };
    names.iter().map(find).collect()
}

fn print_assignments(shell: EnvShell, session: &Session) -> Result<(), Error> {
    let home = session.settings.home.root().as_os_str();
    let settled = Settled::of(session)?;
    let text = assignments(shell, &settled.path, Some(home).filter(|_| settled.is_custom));
    session.terminal.bytes(text.as_bytes()).map_err(Session::stdout)
}

/// What sessions are to have.
struct Settled {
    path: OsString,
    shims: PathBuf,
    go_bin: Option<PathBuf>,
    is_custom: bool,
}

impl Settled {
    fn of(session: &Session) -> Result<Self, Error> {
        let user_home = Process.get("HOME").map(PathBuf::from);
        let go_bin = settled_go_bin();
        let entry = Entry {
            home: &session.settings.home,
            user_home: user_home.as_deref(),
            go_bin: go_bin.as_deref(),
            export_home: is_custom(session),
            shared: false, // the session's home is settled already
        };
        let path = entry.path_in(&Process)?;
        let shims = entry.home_in(&Process)?.join("shims");
        if !shims.join("go").exists() {
            session
                .terminal
                .note(format_args!("there is no go in {} yet: gvmr install latest", printable::path(&shims)));
        }
        let go_bin = entry.go_bin_in(&Process)?;
        Ok(Self { path, shims, go_bin, is_custom: entry.export_home })
    }
}

/// The directories, as editors and scripts read them.
fn paths(session: &Session) -> Result<serde_json::Value, Error> {
    let Settled { path, shims, go_bin, .. } = Settled::of(session)?;
    let elements = path.as_bytes().split(|byte| *byte == b':').map(String::from_utf8_lossy);
    Ok(serde_json::json!({
        "home": session.settings.home.root().display().to_string(),
        "shims": shims.display().to_string(),
        "go": shims.join("go").display().to_string(),
        "gofmt": shims.join("gofmt").display().to_string(),
        "path": elements.collect::<Vec<_>>(),
        "go_bin": go_bin.map(|directory| directory.display().to_string()),
    }))
}

/// The lines that a shell is to run.
fn assignments(shell: EnvShell, path: &OsStr, home: Option<&OsStr>) -> OsString {
    let mut text = OsString::new();
    let fish = shell == EnvShell::Fish;
    if fish {
        text.push("set -gx PATH");
        for element in path.as_bytes().split(|byte| *byte == b':') {
            text.push(" ");
            text.push(quote::fish(OsStr::from_bytes(element)));
        }
    } else {
        text.push("export PATH=");
        text.push(quote::posix(path));
    }
    // A semicolon, since `eval $(…)` and `eval (…)` make one line of all.
    text.push(";\n");
    if let Some(home) = home {
        text.push(if fish { "set -gx GVMR_HOME " } else { "export GVMR_HOME=" });
        text.push(if fish { quote::fish(home) } else { quote::posix(home) });
        text.push(";\n");
    }
    text
}

/// `GOBIN` as `go env -w` has it.
pub(super) fn settled_go_bin() -> Option<PathBuf> {
    goenv::setting(&Process, "GOBIN").map(PathBuf::from)
}

/// Whether sessions without `GVMR_HOME` would look for another home.
pub(super) fn is_custom(session: &Session) -> bool {
    Settings::read(&Unset, None).map_or(true, |settings| settings.home != session.settings.home)
}

/// This process's environment without `GVMR_HOME`.
struct Unset;

impl Environment for Unset {
    fn get(&self, name: &str) -> Option<OsString> {
        if name == "GVMR_HOME" { None } else { Process.get(name) }
    }
}
