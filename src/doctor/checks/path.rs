//! Lines of start-up files that take a `go` off PATH, or put another one before it.

use super::rc_files::{SETUP, without_shims};
use super::{Looked, NOTHING, one};
use crate::doctor::assignment::Assignment;
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::lines::{MAX_BYTES, SourceLine};
use crate::doctor::path_value::{expanded, has, holds_go};
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::doctor::shown_text::shown_line;
use crate::shell::{FileLine, ProbeResult, SessionKind};
use gvmr_core::gover::selector::Selector;
use gvmr_core::home::goroot;
use gvmr_core::sys::directory::lead_to_one;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::{bounded, printable};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// What sessions of the machine start with.
const SYSTEM: [&str; 2] = ["/usr/bin", "/bin"];

/// A line, what it drops, and the sessions that lose it there.
struct Dropped<'s> {
    line: SourceLine,
    what: Lost,
    sessions: Vec<&'s ProbeResult>,
}

#[derive(Clone, PartialEq, Eq)]
enum Lost {
    Shims,
    Go(PathBuf),
    System,
}

/// A line that drops what was on PATH before.
pub(in crate::doctor) fn overwritten(facts: &Examination<'_>) -> Looked {
    let environment = environment_without_system();
    let login = match facts.login_shell() {
        Ok(login) => login,
        Err(skipped) if environment.is_empty() => return Err(skipped),
        Err(_) => return Ok(environment),
    };
    let mut by_line: Vec<Dropped<'_>> = Vec::new();
    for (session, what) in lost(login, facts) {
        let trace = login.trace(session.kind, "PATH");
        let has_it = |path: &[u8]| match &what {
            Lost::Shims => has(path, &facts.home.shims()),
            Lost::Go(directory) => has(path, directory),
            Lost::System => SYSTEM.iter().any(|directory| has(path, Path::new(directory))),
        };
        let step = trace.turned(|path| !has_it(path));
        // The machine's profile gives each login its first PATH.
        let place =
            step.and_then(|step| step.place.clone()).filter(|place| place.file != Path::new("/etc/profile"));
        // gvmr's own scripts only add; a trace that ends in one has lost its way.
        let place = place.filter(|place| !place.file.starts_with(facts.home.root()));
        // A file of the machine may end the trace, as that of mksh does.
        let line = place.as_ref().and_then(SourceLine::read);
        let line =
            line.or_else(|| exports::written(Some(&login.account.home), "PATH", &joined(&session.path)));
        let Some(line) = line else { continue };
        match by_line.iter_mut().find(|dropped| dropped.line == line) {
            Some(dropped) => {
                if dropped.sessions.iter().all(|known| known.kind != session.kind) {
                    dropped.sessions.push(session);
                }
            }
            None => by_line.push(Dropped { line, what, sessions: vec![session] }),
        }
    }
    let findings: Vec<_> =
        environment.into_iter().chain(by_line.into_iter().map(|dropped| described(dropped, login))).collect();
    if findings.is_empty() { unasked(login) } else { Ok(findings) }
}

/// A value of PATH.
fn joined(path: &[PathBuf]) -> OsString {
    path.iter().map(|one| one.as_os_str()).collect::<Vec<_>>().join(OsStr::new(":"))
}

/// The sessions that lost something which their own files, or the machine, had put on PATH.
fn lost<'l>(login: &'l LoginShell, facts: &Examination<'_>) -> Vec<(&'l ProbeResult, Lost)> {
    let mut lost: Vec<_> = if login.is_set_up { without_shims(login, facts) } else { Vec::new() }
        .into_iter()
        .map(|session| (session, Lost::Shims))
        .collect();
    for session in login.sessions.iter().filter(|session| session.failure.is_none()) {
        let has = |directory: &str| session.path.iter().any(|one| one == Path::new(directory));
        if SYSTEM.iter().all(|directory| !has(directory)) {
            lost.push((session, Lost::System));
        } else if !login.is_set_up && session.go.is_none() {
            // Whatever its files had put there before.
            let trace = login.trace(session.kind, "PATH");
            let went = trace.steps.iter().rev().flat_map(|step| step.value.split(|byte| *byte == b':')).find(
                |one| {
                    let directory = Path::new(OsStr::from_bytes(one));
                    directory.is_absolute()
                        && holds_go(directory)
                        && !session.path.iter().any(|left| left == directory)
                },
            );
            lost.extend(went.map(|one| (session, Lost::Go(PathBuf::from(OsStr::from_bytes(one))))));
        }
    }
    lost
}

fn described(dropped: Dropped<'_>, login: &LoginShell) -> Finding {
    let Dropped { line, what, sessions } = dropped;
    let went = match &what {
        Lost::System => "sessions have no /usr/bin and no /bin".to_owned(),
        _ => match sessions.first().and_then(|session| session.go.as_ref()) {
            Some(go) => format!("sessions get {}", printable::path(go)),
            None => "sessions have no go".to_owned(),
        },
    };
    let assignment = Assignment::of(&line.bytes, "PATH");
    let kept = assignment.as_ref().and_then(|assignment| assignment.with_path_kept(&line.bytes));
    // What the line puts first may be another go.
    let brings_go = assignment.as_ref().is_some_and(|assignment| {
        let value = String::from_utf8_lossy(assignment.bare(&line.bytes)).into_owned();
        value.split([':', ' ']).any(|one| holds_go(&expanded(one, &login.account.home)))
    });
    let finding = Finding {
        sessions: login.names(&sessions),
        ..Finding::error("path.overwritten", line.shown())
            .what(format!("{went}: a line drops what was on PATH before"))
            .why("it sets PATH without $PATH, and no later line puts that back")
    };
    let is_own = line.is_own(&login.account);
    match kept.filter(|_| is_own && !(brings_go && what == Lost::Shims)) {
        Some(new) => {
            let text = match shown_line(&new) {
                Some(shown) => format!("line {} becomes {shown}", line.place.line),
                None => format!("adds $PATH to line {}", line.place.line),
            };
            finding.mended(line.replaced(new), text)
        }
        None if login.is_set_up && login.setup_helps => {
            finding.mended(SETUP, "writes gvmr's lines behind it, as `gvmr setup` does")
        }
        None => finding.by_hand("add `:$PATH` to what the line sets"),
    }
}

/// Lines of the file that gives sessions of ssh and su their first PATH, without the system's directories.
fn environment_without_system() -> Vec<Finding> {
    let file = Path::new("/etc/environment");
    let lacks = |path: &str| SYSTEM.iter().all(|one| !has(path.as_bytes(), Path::new(one)));
    let line = environment_path(file).filter(|(_, path)| lacks(path));
    let finding = line.map(|(line, _)| {
        Finding::error("path.overwritten", line.shown())
            .what("the machine's first PATH has no /usr/bin and no /bin")
            .why("ssh commands and su get it in place of the usual one, and find no program of the system")
            .by_hand("add them to the line, such as with `sudoedit /etc/environment`")
    });
    finding.into_iter().collect()
}

/// The last line of `/etc/environment` that sets PATH, and the value as PAM takes it.
pub(super) fn environment_path(file: &Path) -> Option<(SourceLine, String)> {
    let text = bounded::read(file, MAX_BYTES).ok()??;
    let lines = text.split(|byte| *byte == b'\n').enumerate().filter_map(|(index, bytes)| {
        let line = String::from_utf8_lossy(bytes).into_owned();
        let line = line.trim();
        let value = line.strip_prefix("export ").unwrap_or(line).trim_start().strip_prefix("PATH=")?;
        let place = FileLine { file: file.to_owned(), line: index + 1 };
        let value = value.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        Some((SourceLine { place, bytes: bytes.to_vec() }, value.to_owned()))
    });
    lines.last()
}

/// Nothing was found; sessions that gave no answer are no proof that all is well.
pub(super) fn unasked(login: &LoginShell) -> Looked {
    let failed = login.sessions.iter().find_map(|session| Some((session, session.failure.as_ref()?)));
    match failed {
        Some((session, failure)) => Err(format!("{}: {failure}", login.name(session.kind)).into()),
        None => NOTHING,
    }
}

/// The line at which a directory came before another one on PATH, in one of these sessions.
pub(super) fn line_that_prepends(
    login: &LoginShell,
    sessions: &[&ProbeResult],
    first: &Path,
    second: &Path,
) -> Option<SourceLine> {
    let is_before = |path: &[u8]| {
        let mut elements = path.split(|byte| *byte == b':').map(|one| Path::new(OsStr::from_bytes(one)));
        elements.find(|one| *one == first || *one == second) == Some(first)
    };
    sessions.iter().find_map(|session| {
        let trace = login.trace(session.kind, "PATH");
        trace.turned(is_before).and_then(|step| SourceLine::read(step.place.as_ref()?))
    })
}

/// Another `go` before the shim.
pub(in crate::doctor) fn shim_not_first(facts: &Examination<'_>) -> Looked {
    let meant = ordered_elsewhere(facts);
    let login = facts.login_shell()?;
    let shims = facts.home.shims();
    let broken: Vec<_> = login.wrong(facts.home).filter(|session| session.path.contains(&shims)).collect();
    if !login.is_set_up || broken.is_empty() {
        return if meant.is_some() { one(meant) } else { unasked(login) };
    }
    let Some(other) = broken.iter().find_map(|session| session.go.clone()) else { return unasked(login) };
    let directory = other.parent().unwrap_or(Path::new("/"));
    // A trace that ends in gvmr's own script has lost its way.
    let line = line_that_prepends(login, &broken, directory, &shims)
        .filter(|line| !line.place.file.starts_with(facts.home.root()))
        .or_else(|| exports::line_that_names(directory, login));
    let place = line.as_ref().map_or_else(|| FindingPlace::file(&other), SourceLine::shown);
    let version = goroot::of_program(&other).and_then(|goroot| goroot::version(&goroot));
    let version = version.map(|version| format!(" (Go {})", Selector::exact(&version))).unwrap_or_default();
    let finding = Finding {
        sessions: login.names(&broken),
        places: [place].into_iter().chain(line.is_some().then(|| FindingPlace::file(&other))).collect(),
        ..Finding::error("path.shim-not-first", FindingPlace::file(&other))
            .what("another go comes before gvmr's on PATH")
            .why(format!("{}{version} runs, whatever gvmr chooses", printable::path(&other)))
    };
    one(Some(if login.setup_helps {
        finding.mended(SETUP, "writes gvmr's lines behind what puts it there, as `gvmr setup` does")
    } else {
        finding.by_hand("take out the line that puts it there, or move it above gvmr's lines")
    }))
}

/// Where nix-shell or direnv orders PATH, another go before the shim is meant.
fn ordered_elsewhere(facts: &Examination<'_>) -> Option<Finding> {
    let who = ["IN_NIX_SHELL", "DIRENV_DIR"].into_iter().find(|name| Process.get(name).is_some())?;
    let path = Process.get("PATH")?;
    let shims = facts.home.shims();
    if !has(path.as_bytes(), &shims) {
        return None;
    }
    let directories =
        path.as_bytes().split(|byte| *byte == b':').map(|one| Path::new(OsStr::from_bytes(one)));
    let first = directories.filter(|one| one.is_absolute()).find(|one| holds_go(one))?;
    if lead_to_one(&first.join("go"), &shims.join("go")) {
        return None;
    }
    Some(
        Finding::at("path.shim-not-first", Severity::Note, FindingPlace::variable("PATH"))
            .and(FindingPlace::file(first.join("go")))
            .what("another go comes before gvmr's on PATH here")
            .why(format!("{who} is set: that order is meant"))
            .by_hand("leave the environment to use gvmr's go"),
    )
}

/// Which of the sessions answered and have files that can decide.
pub(super) fn answered<'l>(
    login: &'l LoginShell,
    facts: &Examination<'_>,
) -> impl Iterator<Item = &'l ProbeResult> {
    use crate::shell::SessionState;
    let reachable: Vec<SessionKind> = login
        .sessions
        .iter()
        .filter(|session| !matches!(session.state(facts.home), SessionState::OutOfReach(_)))
        .map(|session| session.kind)
        .collect();
    login
        .sessions
        .iter()
        .filter(move |session| session.failure.is_none() && reachable.contains(&session.kind))
}
