//! Which `go` the real sessions find, and what comes before the shim there.

use super::render::end;
use crate::cli;
use crate::context::Context;
use crate::discover;
use crate::error::{Error, ErrorKind};
use crate::shell::{Crontab, ProbeResult, SessionKind, SessionState, Shell, UserSetup, rivals};
use crate::store;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// What was seen in the sessions.
struct Report<'a> {
    setup: &'a UserSetup<'a>,
    context: &'a Context,
    sessions: Vec<(ProbeResult, SessionState)>,
    /// Whether every file that needed an edit got it.
    all_edited: bool,
    /// The crontab, if its jobs run go or setup changed it.
    crontab: Option<Crontab>,
}

/// Probes the sessions and reports them, as JSON together with `value`. Ends with `failure`, if there is one.
pub(super) fn sessions(
    arguments: &cli::SetupArgs,
    setup: &UserSetup<'_>,
    context: &Context,
    mut value: Value,
    failure: Option<Error>,
) -> Result<(), Error> {
    context.terminal.note("checking which go each kind of session finds");
    let seen = setup.sessions().all();
    let others = rivals(&seen, &setup.home.shims().join("go"), &setup.account);
    let states: Vec<_> = seen.iter().map(|seen| seen.state(setup.home)).collect();
    let wrong = states.iter().filter(|state| **state == SessionState::Wrong).count();
    let sessions = seen.into_iter().zip(states).collect();
    let crontab =
        Crontab::read().ok().filter(|crontab| crontab.has_path() || crontab.job_with_go().is_some());
    let report = Report { setup, context, sessions, all_edited: failure.is_none(), crontab };
    if arguments.json {
        value["sessions"] = report.as_json();
        value["others"] = others
            .iter()
            .map(|rival| json!({ "go": rival.go.display().to_string(), "from": rival.from.as_ref().map(ToString::to_string) }))
            .collect();
        value["goroot"] = Process.get("GOROOT").map(|goroot| goroot.to_string_lossy().into_owned()).into();
        value["cron"] = report
            .crontab
            .as_ref()
            .map(|crontab| {
                let state = if crontab.has_path() { "shim" } else { "not set up" };
                json!({ "state": state, "line": crontab.job_with_go() })
            })
            .into();
        value["for_this_shell"] = report.for_this_shell().into();
    } else {
        report.table()?;
        report.explain();
        for rival in &others {
            let from = rival.from.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            context.terminal.note(format_args!("also on PATH: {}{from}", printable::path(&rival.go)));
        }
        report.advise();
    }
    let found = || {
        let what = if wrong == 1 { "kind of session does" } else { "kinds of sessions do" };
        let message = format!("{wrong} {what} not find the shim");
        Error::said(ErrorKind::Finding, message)
            .hint("run `gvmr doctor` for the file and line, then `gvmr setup` again")
    };
    end(arguments, || value, failure.or_else(|| (wrong > 0).then(found)), context)
}

/// What scripts read: as it was called first.
fn name_in_json(kind: SessionKind) -> &'static str {
    if kind == SessionKind::Interactive { "terminal" } else { kind.name() }
}

fn word(seen: &ProbeResult, state: SessionState) -> String {
    match (state, &seen.go) {
        (SessionState::Shim, _) => "shim".to_owned(),
        (SessionState::Unknown, _) => "?".to_owned(),
        (_, Some(go)) => printable::path(go),
        (SessionState::OutOfReach(_), None) => "-".to_owned(),
        (SessionState::Wrong, None) => "none".to_owned(),
    }
}

impl Report<'_> {
    fn table(&self) -> Result<(), Error> {
        let mut rows: Vec<Vec<String>> = vec![
            ["shell"].into_iter().chain(SessionKind::ALL.map(SessionKind::name)).map(str::to_owned).collect(),
        ];
        for sessions in self.sessions.chunk_by(|(one, _), (next, _)| one.shell == next.shell) {
            let Some((first, _)) = sessions.first() else { continue };
            let mut row = vec![self.label(&first.shell)];
            row.extend(sessions.iter().map(|(seen, state)| word(seen, *state)));
            rows.push(row);
        }
        if let Some(crontab) = &self.crontab {
            let state = if crontab.has_path() { "shim" } else { "not set up" };
            rows.push(vec!["cron".to_owned(), state.to_owned()]);
        }
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell: &String| cell.chars().count()).max()
        };
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
        for row in &rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            self.context.terminal.data(line.trim_end()).map_err(Error::stdout)?;
        }
        Ok(())
    }

    /// A shell's name; its program if two shells have that name.
    fn label(&self, shell: &Shell) -> String {
        let is_other = |seen: &ProbeResult| seen.shell.name == shell.name && seen.shell != *shell;
        if self.sessions.iter().any(|(seen, _)| is_other(seen)) {
            printable::path(&shell.program)
        } else {
            shell.name.clone()
        }
    }

    /// Prints why sessions do not have the shim, each reason once.
    fn explain(&self) {
        let terminal = &self.context.terminal;
        let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut out_of_reach: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (seen, state) in &self.sessions {
            let name = format!("{} ({})", seen.shell.name, seen.kind.name());
            let by_ssh = seen.kind == SessionKind::SshCommand;
            let is_login = self.setup.account.logs_in_with(&seen.shell.program);
            if !seen.noise.is_empty() && by_ssh && is_login {
                terminal
                    .warn(format_args!("{name} prints \"{}\" when it starts, which breaks scp", seen.noise));
            }
            match state {
                SessionState::Shim => {}
                // ssh starts the login shell alone.
                SessionState::OutOfReach(_) if by_ssh && !is_login => {}
                SessionState::OutOfReach(why) => out_of_reach.entry(*why).or_default().push(name),
                SessionState::Wrong | SessionState::Unknown => {
                    wrong.entry(seen.cause(self.setup.home, self.all_edited)).or_default().push(name);
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

    /// What else is worth knowing now.
    fn advise(&self) {
        let terminal = &self.context.terminal;
        if let Some(line) = self.crontab.as_ref().and_then(|crontab| crontab.advice("gvmr setup")) {
            terminal.note(line);
        }
        if !store::machine_file(Path::new("/")).exists() {
            terminal.note(format_args!(
                "your files do not reach sudo (use sudo env \"PATH=$PATH\" go), su -c (use su - USER -c) and services (use {} in \
                 ExecStart); run `gvmr setup --system` as root to reach them",
                printable::path(self.setup.home.shims().join("go"))
            ));
        }
        if let Some(goroot) = Process.get("GOROOT") {
            let goroot = printable::path(Path::new(&goroot));
            terminal.note(format_args!("GOROOT is set to {goroot}; the shim hides it from other versions, so delete the line that exports it"));
        }
        let toolchains = self.context.toolchains().unwrap_or_default();
        if toolchains.is_empty() {
            terminal.note("no Go version is installed; run `gvmr install latest`");
        }
        let is_installed =
            |version: &Version| toolchains.iter().any(|toolchain| toolchain.version == *version);
        let adoptable = discover::adoptable(&Process, &is_installed);
        if let Some(newest) = adoptable.last().filter(|_| !self.setup.home_is_shared) {
            let (name, path) = (newest.version.toolchain_name(), printable::path(&newest.goroot));
            let others = adoptable.len() - 1;
            let others = if others == 0 { String::new() } else { format!(" and {others} more") };
            terminal.note(format_args!(
                "{name} in {path}{others} can be imported without a download; run `gvmr import`"
            ));
        }
        terminal.note(format_args!("for this shell, run `{}`", self.for_this_shell()));
    }

    /// The command that gives the shell which is open what the next ones have.
    fn for_this_shell(&self) -> String {
        printable::path(Path::new(&self.setup.source_command()))
    }

    fn as_json(&self) -> Value {
        self.sessions.iter().map(|(seen, state)| self.session_as_json(seen, *state)).collect()
    }

    fn session_as_json(&self, seen: &ProbeResult, state: SessionState) -> Value {
        let cause = || Some(seen.cause(self.setup.home, self.all_edited));
        let (name, reason) = match state {
            SessionState::Shim => ("shim", None),
            SessionState::Wrong => ("wrong", cause()),
            SessionState::Unknown => ("unknown", cause()),
            SessionState::OutOfReach(why) => ("out-of-reach", Some(why.to_owned())),
        };
        json!({
            "shell": seen.shell.name,
            "program": seen.shell.program.display().to_string(),
            "session": name_in_json(seen.kind),
            "state": name,
            "go": seen.go.as_ref().map(|go| go.display().to_string()),
            "why": reason,
            "noise": seen.noise,
        })
    }
}
