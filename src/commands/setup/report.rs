//! What `go` is in the real sessions, and what fights with the shim there.

use super::user::Scene;
use crate::cli;
use crate::commands::Context;
use crate::discover;
use crate::error::{Error, ErrorKind};
use crate::shell::{ProbeResult, SessionKind, Shell, quote, rivals};
use crate::store;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::directory::lead_to_one;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What one session has for `go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The shim.
    Shim,
    /// Another one, or none, though the user's files can change that.
    Wrong,
    /// It ended or became something else before it could be asked, as with `exec fish` in a file that it reads.
    Unknown,
    /// Another one, or none, and no file of the user's own is read there.
    OutOfReach(&'static str),
}

/// Looks at the sessions, reports (as JSON: `value`, and what was seen), and ends with `failure` where there is one.
pub(super) fn sessions(
    arguments: &cli::SetupArgs,
    scene: &Scene<'_>,
    mut value: Value,
    failure: Option<Error>,
) -> Result<(), Error> {
    let context = scene.context;
    context.terminal.note("asking your shells what go is there now");
    let seen = scene.sessions().all();
    let shim = scene.home().shims().join("go");
    let states: Vec<_> = seen.iter().map(|seen| (seen, state(seen, &shim))).collect();
    let others = rivals(&seen, &shim, &scene.account);
    let wrong = states.iter().filter(|(_, state)| *state == State::Wrong).count();
    if arguments.json {
        value["sessions"] =
            states.iter().map(|(seen, state)| cell(seen, *state, scene, failure.is_none())).collect();
        value["others"] = others
            .iter()
            .map(|rival| json!({ "go": rival.go.display().to_string(), "from": rival.from.as_ref().map(ToString::to_string) }))
            .collect();
        value["goroot"] = Process.get("GOROOT").map(|goroot| goroot.to_string_lossy().into_owned()).into();
        value["for_this_shell"] = for_this_shell(scene).into();
        context.terminal.json(&value).map_err(Error::stdout)?;
    } else {
        table(&states, context)?;
        explain(&states, scene, failure.is_none());
        for rival in &others {
            let from = rival.from.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            context.terminal.note(format_args!("also on PATH: {}{from}", printable::path(&rival.go)));
        }
        advise(scene);
    }
    let found = || {
        let what = if wrong == 1 { "kind of session does" } else { "kinds of sessions do" };
        let message = format!("{wrong} {what} not get the shim");
        Error::said(ErrorKind::Finding, message)
            .hint("look at what is said of them above, then run gvmr setup again")
    };
    let error = failure.or_else(|| (wrong > 0).then(found));
    error.map_or(Ok(()), |error| Err(if arguments.json { error.after_data() } else { error }))
}

fn state(seen: &ProbeResult, shim: &Path) -> State {
    if seen.go.as_ref().is_some_and(|go| lead_to_one(go, shim)) {
        return State::Shim;
    }
    match seen.shell.out_of_reach(seen.kind) {
        Some(why) => State::OutOfReach(why),
        None if seen.failure.is_some() => State::Unknown,
        None => State::Wrong,
    }
}

/// The columns, and what people call them.
fn heading(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::LoginInteractive => "login",
        SessionKind::Login => "login command",
        SessionKind::Interactive => "terminal",
        SessionKind::SshCommand => "ssh command",
        SessionKind::Command => "bare command",
    }
}

fn word(seen: &ProbeResult, state: State) -> String {
    match (state, &seen.go) {
        (State::Shim, _) => "shim".to_owned(),
        (State::Unknown, _) => "?".to_owned(),
        (_, Some(go)) => printable::path(go),
        (State::OutOfReach(_), None) => "-".to_owned(),
        (State::Wrong, None) => "none".to_owned(),
    }
}

fn table(states: &[(&ProbeResult, State)], context: &Context) -> Result<(), Error> {
    let mut rows: Vec<Vec<String>> =
        vec![["shell"].into_iter().chain(SessionKind::ALL.map(heading)).map(str::to_owned).collect()];
    for sessions in states.chunk_by(|(one, _), (next, _)| one.shell == next.shell) {
        let Some((first, _)) = sessions.first() else { continue };
        let mut row = vec![label(&first.shell, states)];
        row.extend(sessions.iter().map(|(seen, state)| word(seen, *state)));
        rows.push(row);
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell: &String| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        context.terminal.data(line.trim_end()).map_err(Error::stdout)?;
    }
    Ok(())
}

/// Why a session has something else, though a file of the user's own could change that. `is_whole` tells whether every file
/// that needed it was edited.
fn why(seen: &ProbeResult, scene: &Scene<'_>, is_whole: bool) -> String {
    let has_shims = seen.path.contains(&scene.home().shims());
    match &seen.failure {
        Some(failure) => failure.clone(),
        None if has_shims => "a file that it reads puts something before the shims".to_owned(),
        None if is_whole => "a file that it reads sets PATH anew, without the shims".to_owned(),
        None => "a file that it reads could not be edited".to_owned(),
    }
}

/// A shell's name; where two have it, its program.
fn label(shell: &Shell, states: &[(&ProbeResult, State)]) -> String {
    let is_other = |seen: &ProbeResult| seen.shell.name == shell.name && seen.shell != *shell;
    if states.iter().any(|(seen, _)| is_other(seen)) {
        printable::path(&shell.program)
    } else {
        shell.name.clone()
    }
}

/// Says why where a session has no shim, each reason once.
fn explain(states: &[(&ProbeResult, State)], scene: &Scene<'_>, is_whole: bool) {
    let terminal = &scene.context.terminal;
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut out_of_reach: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (seen, state) in states {
        let name = format!("{} ({})", seen.shell.name, heading(seen.kind));
        if !seen.noise.is_empty() && seen.kind == SessionKind::SshCommand && is_login(seen, scene) {
            terminal.warn(format_args!("{name} prints \"{}\" by itself, which breaks scp", seen.noise));
        }
        match state {
            State::Shim => {}
            // ssh starts the login shell alone.
            State::OutOfReach(_) if seen.kind == SessionKind::SshCommand && !is_login(seen, scene) => {}
            State::OutOfReach(why) => out_of_reach.entry(*why).or_default().push(name),
            State::Wrong | State::Unknown => {
                wrong.entry(why(seen, scene, is_whole)).or_default().push(name);
            }
        }
    }
    for (why, sessions) in wrong {
        terminal.warn(format_args!("{}: {why}", sessions.join(", ")));
    }
    for (why, sessions) in out_of_reach {
        terminal.note(format_args!("{}: {why}", sessions.join(", ")));
    }
}

fn is_login(seen: &ProbeResult, scene: &Scene<'_>) -> bool {
    scene.account.shell.as_deref() == Some(&seen.shell.program)
}

/// What else is worth knowing now.
fn advise(scene: &Scene<'_>) {
    let terminal = &scene.context.terminal;
    if !store::machine_file(Path::new("/")).exists() {
        terminal.note(format_args!(
            "no file of yours reaches: sudo go (sudo env \"PATH=$PATH\" go), su USER -c (su - USER -c), system services ({} in \
             ExecStart); gvmr setup --system, as root, does",
            printable::path(&scene.home().shims().join("go"))
        ));
    }
    if let Some(goroot) = Process.get("GOROOT") {
        let goroot = printable::path(Path::new(&goroot));
        terminal.note(format_args!("GOROOT is set to {goroot}: the shim keeps it from other versions; delete the line that exports it"));
    }
    let toolchains = scene.context.toolchains().unwrap_or_default();
    if toolchains.is_empty() {
        terminal.note("no version is installed yet: gvmr install latest");
    }
    let is_installed = |version: &Version| toolchains.iter().any(|toolchain| toolchain.version == *version);
    let adoptable = discover::adoptable(&Process, &is_installed);
    if let Some(newest) = adoptable.last().filter(|_| !scene.context.settings.reads_only) {
        let (name, path) = (newest.version.toolchain_name(), printable::path(&newest.goroot));
        let others = adoptable.len() - 1;
        let others = if others == 0 { String::new() } else { format!(" and {others} more") };
        terminal
            .note(format_args!("{name} in {path}{others} can be adopted without a download: gvmr import"));
    }
    terminal.note(format_args!("for this shell: {}", for_this_shell(scene)));
}

/// The command that makes the shell which is open have what the next ones have.
fn for_this_shell(scene: &Scene<'_>) -> String {
    let root = scene.home().root();
    let is_fish = scene.account.shell.as_deref().is_some_and(|shell| shell.ends_with("fish"));
    let (command, word) = if is_fish {
        ("source", quote::fish(root.join("env.fish").as_os_str()))
    } else {
        (".", quote::posix(root.join("env").as_os_str()))
    };
    format!("{command} {}", printable::path(Path::new(&word)))
}

fn cell(seen: &ProbeResult, state: State, scene: &Scene<'_>, is_whole: bool) -> Value {
    let (name, reason) = match state {
        State::Shim => ("shim", None),
        State::Wrong => ("wrong", Some(why(seen, scene, is_whole))),
        State::Unknown => ("unknown", Some(why(seen, scene, is_whole))),
        State::OutOfReach(why) => ("out-of-reach", Some(why.to_owned())),
    };
    json!({
        "shell": seen.shell.name,
        "program": seen.shell.program.display().to_string(),
        "session": heading(seen.kind),
        "state": name,
        "go": seen.go.as_ref().map(|go| go.display().to_string()),
        "why": reason,
        "noise": seen.noise,
    })
}
