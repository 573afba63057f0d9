//! Sessions of the login shell without the right `go`, and the start-up file that is why.

use super::{Looked, NOTHING, one};
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::{LoginShell, session_name};
use crate::net::without_credentials_in_text;
use crate::shell::{ProbeResult, SessionState};
use gvmr_core::sys::printable;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file that the login shell reads and this user may not.
pub(in crate::doctor) fn unreadable(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    // Only bash says so; the others go on without it, which matters where the shim was in it.
    let matters = |login: &LoginShell| {
        login.shell.name == "bash" || login.is_set_up && login.wrong(facts.home).next().is_some()
    };
    let files = login.unreadable.iter().filter(|file| login.reads(file) && matters(login));
    let findings = files.map(|file| {
        let owner = fs::symlink_metadata(file).map(|found| (found.uid(), found.mode() & 0o7777));
        let (owner, mode) = owner.unwrap_or_default();
        Finding::error("rc.unreadable", FindingPlace::file(file))
            .what(format!("{} cannot read a start-up file of yours", login.shell.name))
            .why(format!(
                "it belongs to user {owner} and has mode {mode:o}; bash reads no other file in its place, as after a \
                 rollback by root"
            ))
            .by_hand("move it aside, and begin with a new one")
            .command("gvmr setup --repair")
    });
    Ok(findings.collect())
}

/// A file that lacks gvmr's lines, though setup has been run.
pub(in crate::doctor) fn block_missing(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let broken: Vec<_> = login.wrong(facts.home).filter(|session| !has_shims(session, facts)).collect();
    let Some(file) = login.lacking.iter().find(|file| login.reads(file)).filter(|_| login.is_set_up) else {
        return NOTHING;
    };
    one((!broken.is_empty()).then(|| Finding {
        sessions: names(login, &broken),
        ..Finding::error("rc.block-missing", FindingPlace::file(file))
            .what("a start-up file has lost gvmr's lines")
            .why(
                "sessions that read it have no shim directory on PATH: `go` is missing there, or another one",
            )
            .by_hand("write them again")
            .command("gvmr setup")
    }))
}

/// File, line and text, and the sessions that lose the shim directory there.
type LineThatDrops<'s> = ((PathBuf, usize, String), Vec<&'s ProbeResult>);

/// A line that drops what was on PATH before, the shim directory too.
pub(in crate::doctor) fn overwritten(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if !login.is_set_up {
        return NOTHING;
    }
    let broken: Vec<_> = login.wrong(facts.home).filter(|session| !has_shims(session, facts)).collect();
    // Each kind of session reads other files.
    let mut by_line: Vec<LineThatDrops<'_>> = Vec::new();
    for session in broken {
        let Some(dropped) = login.line_that_drops(&facts.home.shims(), session.kind) else { continue };
        match by_line.iter_mut().find(|(line, _)| *line == dropped) {
            Some((_, sessions)) => sessions.push(session),
            None => by_line.push((dropped, vec![session])),
        }
    }
    let findings = by_line.into_iter().map(|((file, line, text), sessions)| {
        let what = match sessions.first().and_then(|session| session.go.as_ref()) {
            Some(go) => format!("sessions get {}: a line drops what was on PATH before", printable::path(go)),
            None => "sessions have no go: a line drops what was on PATH before".to_owned(),
        };
        Finding {
            sessions: names(login, &sessions),
            ..Finding::error("path.overwritten", at(file, line, &text))
                .what(what)
                .why("it sets PATH without $PATH, after gvmr's lines")
                .by_hand("add `:$PATH` to it, or let gvmr's lines move behind it")
                .command("gvmr setup")
        }
    });
    let findings: Vec<_> = findings.collect();
    if findings.is_empty() { unasked(login) } else { Ok(findings) }
}

/// A line of a start-up file. Its text is shown where it sets PATH and nothing else: another word may be a secret.
fn at(file: PathBuf, line: usize, text: &str) -> FindingPlace {
    let sets_path_alone = text.matches('=').count() == 1 && text.contains("PATH=");
    if text.is_empty() {
        FindingPlace::file(file)
    } else if sets_path_alone {
        FindingPlace::written(file, line, printable::text(&without_credentials_in_text(text)))
    } else {
        FindingPlace::line(file, Some(line))
    }
}

/// Nothing was found; sessions that gave no answer are no proof that all is well.
fn unasked(login: &LoginShell) -> Looked {
    let failed = login.sessions.iter().find_map(|session| Some((session, session.failure.as_ref()?)));
    match failed {
        Some((session, failure)) => {
            let name = names(login, &[session]).concat();
            Err(format!("{name}: {failure}").into())
        }
        None => NOTHING,
    }
}

/// Another `go` before the shim.
pub(in crate::doctor) fn shim_not_first(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if !login.is_set_up {
        return NOTHING;
    }
    let broken: Vec<_> = login.wrong(facts.home).filter(|session| has_shims(session, facts)).collect();
    let Some(other) = broken.iter().find_map(|session| session.go.clone()) else { return unasked(login) };
    let directory = other.parent().unwrap_or(Path::new("/"));
    let place = match login.line_that_adds(directory) {
        Some((file, line, text)) => at(file, line, &text),
        None => FindingPlace::file(&other),
    };
    one(Some(Finding {
        sessions: names(login, &broken),
        ..Finding::error("path.shim-not-first", place)
            .and(FindingPlace::file(&other))
            .what("another go comes before gvmr's on PATH")
            .why(format!("{} runs, whatever gvmr chooses", printable::path(&other)))
            .by_hand("put gvmr's lines behind what puts it there")
            .command("gvmr setup")
    }))
}

/// A `go` in some sessions of the login shell and none in others.
pub(in crate::doctor) fn without_go(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    if login.is_set_up {
        return NOTHING;
    }
    let answered = || login.sessions.iter().filter(|session| session.failure.is_none());
    let Some(go) = answered().find_map(|session| session.go.clone()) else { return unasked(login) };
    let reachable =
        |session: &&ProbeResult| !matches!(session.state(facts.home), SessionState::OutOfReach(_));
    let without: Vec<_> = answered().filter(reachable).filter(|session| session.go.is_none()).collect();
    if without.is_empty() {
        return unasked(login);
    }
    let directory = go.parent().unwrap_or(Path::new("/"));
    let (severity, place) = match login.line_that_adds(directory) {
        Some((file, line, text)) => (Severity::Error, at(file, line, &text)),
        None => (Severity::Note, FindingPlace::file(&go)),
    };
    one(Some(Finding {
        sessions: names(login, &without),
        ..Finding::at("session.without-go", severity, place)
            .what("some sessions have no go")
            .why(format!(
                "{} is on PATH in others; these do not read the file that puts it there",
                printable::path(&go)
            ))
            .by_hand("let gvmr put a go into every session")
            .command("gvmr setup")
    }))
}

fn has_shims(session: &ProbeResult, facts: &Examination<'_>) -> bool {
    session.path.contains(&facts.home.shims())
}

/// `bash login`
fn names(login: &LoginShell, sessions: &[&ProbeResult]) -> Vec<String> {
    sessions.iter().map(|session| session_name(&login.shell, session.kind)).collect()
}
