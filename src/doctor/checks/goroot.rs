//! A GOROOT that is not the chosen toolchain's.

use super::{Looked, one};
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::SourceLine;
use crate::doctor::place::FindingPlace;
use crate::net::without_credentials_in_text;
use crate::shell::{Probe, ProbeResult};
use gvmr_core::env::go_env_file::ForeignGoroot;
use gvmr_core::gover::goenv::SettingsFile;
use gvmr_core::home::goroot::{of_program, version};
use gvmr_core::sys::directory::lead_to_one;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::ffi::{OsStr, OsString};
use std::path::Path;

const VARIABLE: &str = "GOROOT";

/// One in the file that `go env -w` writes. The shim overrules it, for the `go` of this directory and no other program.
pub(in crate::doctor) fn in_env_file(facts: &Examination<'_>) -> Looked {
    let Some(goroot) = facts.goroot() else {
        return Err("no Go runs here, or its directory is unknown".into());
    };
    let foreign = SettingsFile::of_user(&Process).and_then(|file| ForeignGoroot::of(&file, goroot));
    one(foreign.map(|ForeignGoroot { written, goroot }| {
        let value = without_credentials_in_text(&printable::path(&written.value));
        let text = format!("GOROOT={value}");
        let mend = facts.without_env_line(written.line);
        let place = FindingPlace::written(written.file, written.line, text);
        Finding::error("goroot.in-env-file", place)
            .what("`go env -w` set a GOROOT that is not this Go's")
            .why(format!(
                "each go reads it: go of {} gets the tools of {value}, and builds fail with `compile: version \"…\" \
                 does not match go tool version \"…\"`",
                printable::path(&goroot)
            ))
            .by_hand("delete that line; Go finds its own directory")
            .command("go env -u GOROOT")
            .mended_if(mend, "deletes that line; Go finds its own directory")
    }))
}

/// One that start-up files, or this process's parents, export.
pub(in crate::doctor) fn exported(facts: &Examination<'_>) -> Looked {
    let mut findings = Vec::new();
    let login = facts.login_shell();
    let mut lines: Vec<(SourceLine, OsString, Vec<&ProbeResult>)> = Vec::new();
    let sessions = login.iter().flat_map(|login| login.sessions.iter().map(move |session| (*login, session)));
    for (login, session) in sessions.filter(|(_, session)| session.failure.is_none()) {
        let Some(goroot) = session.variable(VARIABLE).filter(|value| !value.is_empty()) else { continue };
        let Some(line) = exports::in_session(login, session, VARIABLE, goroot) else { continue };
        match lines.iter_mut().find(|(known, ..)| *known == line) {
            Some((_, _, sessions)) => sessions.push(session),
            None => lines.push((line, goroot.to_owned(), vec![session])),
        }
    }
    let in_files: Vec<_> = lines.iter().map(|(_, goroot, _)| goroot.clone()).collect();
    for (line, goroot, sessions) in lines {
        let harms = |session: &&&ProbeResult| severity(session.go.as_deref(), &goroot, facts).is_some();
        let harmed: Vec<_> = sessions.iter().filter(harms).copied().collect();
        let worst = harmed.iter().filter_map(|session| severity(session.go.as_deref(), &goroot, facts)).min();
        let (Some(worst), Ok(login)) = (worst, &login) else { continue };
        let place = FindingPlace::line(&line.place.file, Some(line.place.line));
        let mut finding = Finding { sessions: login.names(&harmed), ..of_export(worst, place, &goroot) };
        exports::offer(facts, &mut finding, &line, VARIABLE);
        findings.push(finding);
    }
    let own = Process.get(VARIABLE).filter(|goroot| !goroot.is_empty() && !in_files.contains(goroot));
    if let Some(goroot) = own {
        let go = Probe::of(&Process).all.into_iter().next();
        let severity = severity(go.as_deref(), &goroot, facts);
        findings
            .extend(severity.map(|severity| of_export(severity, FindingPlace::variable(VARIABLE), &goroot)));
    }
    Ok(findings)
}

/// What a GOROOT does to a go; `None` where nothing.
fn severity(go: Option<&Path>, goroot: &OsStr, facts: &Examination<'_>) -> Option<Severity> {
    let goroot = Path::new(goroot);
    let go = go?;
    if lead_to_one(go, &facts.home.shims().join("go")) {
        // The shim takes it away; other programs do not.
        let is_chosen = facts.goroot().is_some_and(|chosen| lead_to_one(chosen, goroot));
        return (!is_chosen).then_some(Severity::Warning);
    }
    let own = of_program(go)?;
    let needs_it = version(&own).is_some_and(|version| version.is_before(9));
    (!needs_it && !lead_to_one(&own, goroot)).then_some(Severity::Error)
}

fn of_export(severity: Severity, place: FindingPlace, goroot: &OsStr) -> Finding {
    let value = printable::path(Path::new(goroot));
    let why = match severity {
        Severity::Error => format!(
            "go takes its tools and packages from {value}: `compile: version \"…\" does not match go tool version \"…\"`, \
             or `package fmt is not in std`"
        ),
        _ => format!("gvmr's shim takes it away from go; editors and other programs take Go from {value}"),
    };
    Finding::at("goroot.exported", severity, place)
        .what("GOROOT is exported, and is not that of the Go which runs")
        .why(why)
        .by_hand("delete the line that exports it; Go finds its own directory")
        .command("unset GOROOT")
}
