//! Targets of other machines, and compilers that are not there, which `go env -w` keeps or a start-up file exports.

use super::Looked;
use super::env_file;
use super::flags;
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::host;
use crate::net::without_credentials_in_text;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::{printable, program};
use std::ffi::OsStr;
use std::path::Path;

/// Variables that are looked at.
const VARIABLES: [&str; 5] = ["GOOS", "GOARCH", "GOAMD64", "CC", "CXX"];

/// What is wrong with a value.
enum Fault {
    /// Programs are built for another platform.
    Platform,
    /// Programs need more than this processor's level, which is this one.
    Level(usize),
    /// This compiler is not there.
    Compiler(String),
}

/// All of them. One that only this process has is meant for it.
pub(in crate::doctor) fn stale(facts: &Examination<'_>) -> Looked {
    let mut findings = in_env_file(facts);
    findings.extend(VARIABLES.iter().filter_map(|name| exported(facts, name)));
    Ok(findings)
}

impl Fault {
    fn of(name: &str, value: &str, has_cgo: bool, facts: &Examination<'_>) -> Option<Self> {
        let platform = host::platform();
        match name {
            "GOOS" => (value != platform.os()).then_some(Self::Platform),
            "GOARCH" => (value != platform.arch()).then_some(Self::Platform),
            "GOAMD64" if platform.arch() == "amd64" => {
                let needed: usize = value.strip_prefix('v')?.split(',').next()?.parse().ok()?;
                facts.host().amd64_level().filter(|level| needed > *level).map(Self::Level)
            }
            "CC" | "CXX" if has_cgo => {
                let compiler = flags::first_word(value);
                (!is_there(compiler)).then(|| Self::Compiler(compiler.to_owned()))
            }
            _ => None,
        }
    }

    /// The finding; `setter` is who set the variable.
    fn finding(&self, setter: &str, name: &str, place: FindingPlace) -> Finding {
        let severity = if matches!(self, Self::Compiler(_)) { Severity::Error } else { Severity::Warning };
        let finding = Finding::at("goenv.stale-target", severity, place);
        match self {
            Self::Platform => finding
                .what(format!("{setter} sets {name} to another machine's"))
                .why(format!(
                    "this is {}: go run ends with `exec format error`, and go install puts programs into bin/GOOS_GOARCH",
                    host::platform()
                ))
                .by_hand("delete that line, and set it for one command where it is meant"),
            Self::Level(level) => finding
                .what(format!("{setter} sets {name} above this processor's level, v{level}"))
                .why("what go builds here ends with `This program can only be run on AMD64 processors with …`")
                .by_hand("delete that line, and set it for one command where it is meant"),
            Self::Compiler(compiler) => finding
                .what(format!("{setter} sets {name} to a compiler that is not here"))
                .why(format!(
                    "packages with C fail: `cgo: C compiler \"{}\" not found`",
                    printable::word(compiler)
                ))
                .by_hand("install the compiler, or delete that line"),
        }
    }
}

/// Those in the file that `go env -w` writes.
fn in_env_file(facts: &Examination<'_>) -> Vec<Finding> {
    let Some((file, text)) = facts.env_file() else { return Vec::new() };
    let settings = || env_file::settings(text);
    let has_cgo = Process.get("CGO_ENABLED").is_none_or(|value| value != "0")
        && !settings().any(|(_, name, value)| (name, value) == ("CGO_ENABLED", "0"));
    // What the process sets is meant for it.
    let in_force = settings().filter(|(_, name, value)| !value.is_empty() && Process.get(name).is_none());
    let found = in_force.filter_map(|(number, name, value)| {
        let fault = Fault::of(name, value, has_cgo, facts)?;
        let text = printable::text(&without_credentials_in_text(&format!("{name}={value}")));
        let place = FindingPlace::written(file, number, text);
        let finding = fault.finding("`go env -w`", name, place).command(format!("go env -u {name}"));
        Some(finding.mended_if(facts.without_env_line(number), "deletes that line"))
    });
    found.collect()
}

/// One that a start-up file exports, to this process or to a session.
fn exported(facts: &Examination<'_>, name: &'static str) -> Option<Finding> {
    let fault = |value: &OsStr, cgo: Option<&OsStr>| {
        let value = value.to_str().filter(|value| !value.is_empty())?;
        Fault::of(name, value, cgo.is_none_or(|cgo| cgo != "0"), facts)
    };
    let login = facts.login_shell().ok();
    let (value, fault, line) = if let Some(value) = Process.get(name).filter(|value| !value.is_empty()) {
        let fault = fault(&value, Process.get("CGO_ENABLED").as_deref())?;
        let line = exports::of_process(facts, name)?;
        (value, fault, line)
    } else {
        let (session, value, fault) = login?.sessions.iter().find_map(|session| {
            let value = session.variable(name)?;
            Some((session, value, fault(value, session.variable("CGO_ENABLED"))?))
        })?;
        (value.to_owned(), fault, exports::in_session(login?, session, name, value)?)
    };
    let place = FindingPlace::line(&line.place.file, Some(line.place.line));
    let sessions = login.map(|login| exports::sessions_with(login, name, &value)).unwrap_or_default();
    let mut finding = Finding { sessions, ..fault.finding("a start-up file", name, place) };
    exports::offer(facts, &mut finding, &line, name);
    Some(finding)
}

/// Whether go would find this program.
fn is_there(program: &str) -> bool {
    let path = Path::new(program);
    if path.is_absolute() {
        return path.exists();
    }
    let directories = Process.get("PATH").unwrap_or_default();
    program::directories(&directories).any(|directory| directory.join(OsStr::new(program)).is_file())
}
