//! A session that is older than gvmr's lines, and has the PATH of that time.

use super::{Looked, NOTHING, one};
use crate::doctor::ancestors::Ancestor;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::path_value::has;
use crate::doctor::place::FindingPlace;
use crate::shell::{ProbeResult, SessionState, ShellKind};
use gvmr_core::sys::environment::{Environment as _, Process};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Programs that keep sessions, by the start of their names.
const SERVERS: [&str; 8] = ["tmux", "screen", "SCREEN", "zellij", "code-server", "code", "emacs", "nvim"];
/// Programs that give what they start another PATH on purpose.
const BOUNDARIES: [&str; 8] = ["sudo", "su", "doas", "cron", "crond", "sshd", "systemd", "runuser"];

/// This process's PATH lacks the shim directory, and new sessions have it.
pub(in crate::doctor) fn stale(facts: &Examination<'_>) -> Looked {
    let login = facts.login_shell()?;
    let Some(path) = Process.get("PATH").filter(|_| login.is_set_up && Process.get("CI").is_none()) else {
        return NOTHING;
    };
    let shims = facts.home.shims();
    let is_fresh = |session: &&ProbeResult| session.state(facts.home) == SessionState::Shim;
    let mut fresh = login.sessions.iter().filter(is_fresh);
    if has(path.as_bytes(), &shims) {
        return NOTHING;
    }
    // A PATH that lacks more than gvmr's directories was given by hand.
    let go_bin = facts.user_home().map(|home| home.join("go/bin"));
    let is_ours = |directory: &PathBuf| *directory == shims || Some(directory) == go_bin.as_ref();
    let is_like = |session: &ProbeResult| {
        session.path.iter().all(|directory| is_ours(directory) || has(path.as_bytes(), directory))
    };
    if !fresh.any(is_like) {
        return NOTHING;
    }
    let Some(old) = older_session(&facts.home.root().join("env"), login.account.uid) else { return NOTHING };
    let script = facts.home.root().join(login.shell.kind().map_or("env", |kind| kind.language.env_file));
    let source = login.shell.kind().map_or(". ", |kind| kind.language.source);
    let shown = crate::doctor::place::short(&script, facts.user_home().as_deref());
    one(Some(
        Finding::at("session.stale", Severity::Warning, FindingPlace::of_process(old.name.clone(), old.pid))
            .and(FindingPlace::variable("PATH"))
            .what("this session is older than gvmr's setup, and has no shim directory on PATH")
            .why(format!(
                "{} keeps the PATH that it began with; new sessions are fine",
                gvmr_core::sys::printable::word(&old.name)
            ))
            .by_hand("read gvmr's script here, or start the session again")
            .command(format!("{source}{shown}")),
    ))
}

/// The farthest shell or server of this user's above this process that began before the script was written.
fn older_session(script: &Path, uid: u32) -> Option<Ancestor> {
    let written = fs::metadata(script).ok()?.modified().ok()?;
    let chain = Ancestor::all();
    let chain =
        chain.into_iter().take_while(|one| one.uid == uid && !BOUNDARIES.contains(&one.name.as_str()));
    let keeps = |one: &Ancestor| is_session(one) && one.began().is_some_and(|began| began < written);
    chain.filter(keeps).last()
}

/// Whether it is a server of sessions, or a shell that reads what a person types: no script and no command.
fn is_session(process: &Ancestor) -> bool {
    if SERVERS.iter().any(|server| process.name.starts_with(server)) {
        return true;
    }
    let Some((first, rest)) = process.words.split_first() else { return false };
    let program = first.trim_start_matches('-').rsplit('/').next().unwrap_or_default();
    let is_command =
        rest.iter().any(|word| !word.starts_with('-') || !word.starts_with("--") && word.contains('c'));
    ShellKind::of_program(program).is_some() && !is_command
}
