//! Sessions that have no `go`, though others of the same shell have one.

use super::path::{answered, unasked};
use super::rc_files::SETUP;
use super::{Looked, one};
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::SourceLine;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use gvmr_core::sys::printable;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Sessions without the shim for a reason that no trace shows: it was switched off, or the line stands in a file that is read in
/// another way.
fn unexplained(facts: &Examination<'_>, login: &LoginShell) -> Option<Finding> {
    let broken: Vec<_> = login.wrong(facts.home).collect();
    let first = broken.first()?;
    let file = login.files(first.kind).iter().rev().find(|file| file.exists())?;
    let has = match &first.go {
        Some(go) => format!("get {}", printable::path(go)),
        None => "have no go".to_owned(),
    };
    Some(Finding {
        sessions: login.names(&broken),
        ..Finding::error("session.without-go", FindingPlace::file(file))
            .what(format!("some sessions {has}, though gvmr is set up"))
            .why("something behind gvmr's lines changes PATH, or a file ends before them; the shell's trace does not show the line")
            .by_hand("look for what sets PATH in the files that they read, or move gvmr's lines to the end of the last one")
            .command("gvmr setup")
    })
}

/// A `go` in some sessions of the login shell and none in others.
pub(in crate::doctor) fn without_go(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if login.is_set_up {
        let mut findings = super::user_manager::without_shims(facts, login)?;
        findings.extend(unexplained(facts, login));
        return if findings.is_empty() { unasked(login) } else { Ok(findings) };
    }
    let all: Vec<_> = login.sessions.iter().filter(|session| session.failure.is_none()).collect();
    let Some((with, go)) = all.iter().find_map(|session| Some((session, session.go.clone()?))) else {
        return unasked(login);
    };
    let without: Vec<_> = answered(login, facts).filter(|session| session.go.is_none()).collect();
    if without.is_empty() {
        return unasked(login);
    }
    let directory = go.parent().unwrap_or(Path::new("/"));
    let trace = login.trace(with.kind, "PATH");
    let step = trace
        .turned(|path| path.split(|byte| *byte == b':').any(|one| one == directory.as_os_str().as_bytes()));
    let line = step
        .and_then(|step| SourceLine::read(step.place.as_ref()?))
        .or_else(|| exports::line_that_names(directory, login));
    let severity = if line.is_some() { Severity::Error } else { Severity::Note };
    let place = line.as_ref().map_or_else(|| FindingPlace::file(&go), SourceLine::shown);
    let finding = Finding {
        sessions: login.names(&without),
        ..Finding::at("session.without-go", severity, place).what("some sessions have no go").why(format!(
            "{} is on PATH in others; these do not read the file that puts it there",
            printable::path(&go)
        ))
    };
    one(Some(if severity == Severity::Error && facts.answer().is_some() {
        finding.mended(SETUP, "puts gvmr's go into every session, as `gvmr setup` does")
    } else {
        let line = format!("PATH={}:$PATH", printable::path(directory));
        finding.by_hand(format!("put `{line}` into the file that they read; in ~/.bashrc above the guard"))
    }))
}
