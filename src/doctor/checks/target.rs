//! Targets of other machines, and compilers that are not there, which a start-up file exports or `go env -w` keeps.

use super::{Looked, env_file};
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::SourceLine;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::host;
use crate::shell::ProbeResult;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::ffi::{OsStr, OsString};

/// All of them. One that only this process has is meant for it.
pub(in crate::doctor) fn stale(facts: &Examination<'_>) -> Looked {
    let mut findings = env_file::stale_target(facts)?;
    for name in ["GOOS", "GOARCH", "CC", "CXX"] {
        findings.extend(exported(facts, name));
    }
    Ok(findings)
}

fn exported(facts: &Examination<'_>, name: &'static str) -> Option<Finding> {
    let is_wrong = |value: &OsStr, cgo: Option<&OsStr>| {
        let value = value.to_string_lossy();
        match name {
            "GOOS" => value != host::platform().os(),
            "GOARCH" => value != host::platform().arch(),
            _ => {
                let compiler = env_file::first_word(&value);
                cgo.is_none_or(|cgo| cgo != "0") && !env_file::is_there(compiler)
            }
        }
    };
    let written = |value: &OsString| !value.is_empty();
    if let Some(value) = Process.get(name).filter(written) {
        if !is_wrong(&value, Process.get("CGO_ENABLED").as_deref()) {
            return None;
        }
        let line = exports::of_process(facts, name)?;
        let sessions = facts.login_shell().map(|login| with(login, name, &value)).unwrap_or_default();
        return Some(described(facts, name, &value, &line, sessions));
    }
    let login = facts.login_shell().ok()?;
    let wrong = |session: &&ProbeResult| {
        let value = session.variable(name).filter(|value| !value.is_empty());
        value.is_some_and(|value| is_wrong(value, session.variable("CGO_ENABLED")))
    };
    let session = login.sessions.iter().find(wrong)?;
    let value = session.variable(name)?;
    let line = exports::in_session(login, session, name, value)?;
    Some(described(facts, name, value, &line, with(login, name, value)))
}

/// The sessions in which a variable has this value.
fn with(login: &LoginShell, name: &str, value: &OsStr) -> Vec<String> {
    let sessions = login.sessions.iter().filter(|session| session.variable(name) == Some(value));
    login.names(&sessions.collect::<Vec<_>>())
}

fn described(
    facts: &Examination<'_>,
    name: &'static str,
    value: &OsStr,
    line: &SourceLine,
    sessions: Vec<String>,
) -> Finding {
    let place = FindingPlace::line(&line.place.file, Some(line.place.line));
    let is_compiler = matches!(name, "CC" | "CXX");
    let severity = if is_compiler { Severity::Error } else { Severity::Warning };
    let finding = Finding { sessions, ..Finding::at("goenv.stale-target", severity, place) };
    let mut finding = if is_compiler {
        let compiler = printable::word(&value.to_string_lossy());
        finding
            .what(format!("a start-up file sets {name} to a compiler that is not here"))
            .why(format!("packages with C fail: `cgo: C compiler \"{compiler}\" not found`"))
            .by_hand("install the compiler, or delete that line")
    } else {
        finding
            .what(format!("a start-up file sets {name} to another machine's"))
            .why(format!(
                "this is {}: go run ends with `exec format error`, and go install puts programs into bin/GOOS_GOARCH",
                host::platform()
            ))
            .by_hand("delete that line, and set it for one command where it is meant")
    };
    exports::offer(facts, &mut finding, line, name);
    finding
}
