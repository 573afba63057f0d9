//! What a session has whose start-up file lets another program take the shell's place, with `exec`.

use crate::doctor::facts::Examination;
use crate::doctor::path_value::has;
use crate::doctor::sessions::LoginShell;
use crate::shell::{ProbeResult, SessionKind, Shell};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Programs that start the login shell in a terminal of their own: the variable that it gets there, and whether it is a login.
const TERMINALS: [(&str, &str, bool); 4] =
    [("tmux", "TMUX", true), ("byobu", "TMUX", true), ("screen", "STY", false), ("zellij", "ZELLIJ", false)];

/// Programs that start the shell behind them, and the variable that it gets from them.
const STARTERS: [(&str, &str); 3] = [
    ("ssh-agent", "SSH_AUTH_SOCK"),
    ("dbus-run-session", "DBUS_SESSION_BUS_ADDRESS"),
    ("dbus-launch", "DBUS_SESSION_BUS_ADDRESS"),
];

/// The socket of a terminal's server. Its path is longer than one may be, so none is asked, and none starts.
const NO_SOCKET: &str = "/proc/gvmr-doctor-asks-no-server/gvmr-doctor-asks-no-server/gvmr-doctor-asks-no-server/\
                         gvmr-doctor-asks-no-server/gvmr-doctor-asks-no-server,1,0";

/// Flags with which a shell reads none of the user's files.
const WITHOUT_FILES: [&str; 5] = ["--norc", "--noprofile", "--no-config", "--no-rcs", "-f"];

/// A shell that takes the place of a session's own.
struct InnerShell {
    shell: Shell,
    is_login: bool,
    reads_files: bool,
    /// What tells it in which program it runs.
    variable: Option<&'static str>,
}

/// Whether this command, the last of a session's files, starts a shell that has what the session should have. `path` is PATH
/// before it.
pub(super) fn leads_to_go(
    login: &LoginShell,
    session: &ProbeResult,
    command: &str,
    path: &[u8],
    facts: &Examination<'_>,
) -> bool {
    let mut words = command.split_ascii_whitespace().skip(1).map(bare).peekable();
    // Alone it changes where output goes.
    if words.peek().is_none() {
        return true;
    }
    let words: Vec<_> = words.collect();
    let Some(inner) = inner_shell(login, session, &words, path) else { return false };
    let shims = facts.home.shims();
    if !inner.reads_files {
        return !login.is_set_up || has(path, &shims);
    }
    let kind = if inner.is_login { SessionKind::LoginInteractive } else { SessionKind::Interactive };
    let mut variables = vec![("PATH", OsStr::from_bytes(path))];
    variables.extend(inner.variable.map(|name| (name, OsStr::new(NO_SOCKET))));
    let seen = login.started_with(&inner.shell, kind, &variables);
    seen.failure.is_none() && (seen.path.contains(&shims) || !login.is_set_up)
}

/// The shell that these words behind `exec` lead to; `None` for a program that leads to none.
fn inner_shell(login: &LoginShell, session: &ProbeResult, words: &[&str], path: &[u8]) -> Option<InnerShell> {
    let program = words.iter().find(|word| !word.starts_with('-'))?;
    let name = program.rsplit('/').next().unwrap_or(program);
    if let Some((_, variable, is_login)) = TERMINALS.iter().find(|(terminal, ..)| *terminal == name) {
        // They need a terminal, and run no command of the session.
        let is_there = session.kind.is_interactive() && is_program(program, path);
        let shell = is_there.then(|| login.shell.clone())?;
        return Some(InnerShell { shell, is_login: *is_login, reads_files: true, variable: Some(variable) });
    }
    // Behind others, as in `env A=b zsh` and `ssh-agent bash`.
    let named = |word: &&str| match *word {
        // fish shows the word as it is written.
        "$SHELL" => Some(login.shell.clone()),
        word => login.shell_of(word).filter(|_| is_program(word, path)),
    };
    let (at, shell) = words.iter().enumerate().find_map(|(at, word)| Some((at, named(word)?)))?;
    let (before, behind) = words.split_at_checked(at)?;
    let flags: Vec<_> = behind.iter().filter(|word| word.starts_with('-')).collect();
    if flags.iter().any(|flag| has_letter(flag, 'c')) {
        return None;
    }
    let is_login = flags.iter().any(|flag| **flag == "--login" || has_letter(flag, 'l'))
        || before.first().is_some_and(|flag| has_letter(flag, 'l'));
    let reads_files = !flags.iter().any(|flag| WITHOUT_FILES.contains(flag));
    let starter = STARTERS.iter().find(|(starter, _)| *starter == name);
    Some(InnerShell { shell, is_login, reads_files, variable: starter.map(|(_, variable)| *variable) })
}

/// Whether it is there: by its path, or in a directory of PATH.
fn is_program(word: &str, path: &[u8]) -> bool {
    let mut directories = path.split(|byte| *byte == b':').map(|one| Path::new(OsStr::from_bytes(one)));
    if word.contains('/') {
        Path::new(word).is_file()
    } else {
        directories.any(|one| one.join(word).is_file())
    }
}

/// Whether a flag of letters, as `-il`, has this one.
fn has_letter(flag: &str, letter: char) -> bool {
    flag.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains(letter))
}

/// A word without what a shell puts around it.
fn bare(word: &str) -> &str {
    word.trim_matches(['\'', '"', '(', ')'])
}
