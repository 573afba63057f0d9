//! How a session of each kind starts: the words of its command, its environment and its input.

use super::{SessionKind, Sessions, Shell};
use crate::shell::language::{Language, POSIX};
use gvmr_core::sys::environment::{Environment as _, Process};
use std::ffi::{OsStr, OsString};
use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a session has before it reads any file.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The command that starts such a session and tells in it what is seen there.
pub(super) fn command(sessions: &Sessions<'_>, shell: &Shell, kind: SessionKind) -> io::Result<Command> {
    let mut command = program(sessions, shell);
    let language = shell.kind().map_or(&POSIX, |kind| kind.language);
    let (flags, run) = match kind {
        SessionKind::LoginInteractive => (&["-l", "-i"][..], language.interactive),
        SessionKind::Login => (&["-l"][..], "-c"),
        SessionKind::Interactive => (&["-i"][..], language.interactive),
        SessionKind::SshCommand | SessionKind::Command => (&[][..], "-c"),
    };
    command.args(flags).arg(run).arg(question(language, sessions.gvmr));
    give_environment(&mut command, sessions, shell, kind)?;
    Ok(command)
}

/// The command that runs `script` in such a shell with these flags, and what such a session has before it reads any file.
pub(super) fn script(
    sessions: &Sessions<'_>,
    shell: &Shell,
    kind: SessionKind,
    flags: &[&str],
    script: &OsStr,
) -> io::Result<Command> {
    let mut command = program(sessions, shell);
    command.args(flags).arg("-c").arg(script);
    give_environment(&mut command, sessions, shell, kind)?;
    Ok(command)
}

fn program(sessions: &Sessions<'_>, shell: &Shell) -> Command {
    let mut command = Command::new(sessions.gvmr);
    command.args(["session-start", "--"]).arg(&shell.program);
    if shell.program.file_name().is_some_and(|name| name == "busybox") {
        command.arg("ash");
    }
    command
}

fn give_environment(
    command: &mut Command,
    sessions: &Sessions<'_>,
    shell: &Shell,
    kind: SessionKind,
) -> io::Result<()> {
    let account = sessions.account;
    command.env_clear().current_dir(&account.home).stdin(Stdio::null());
    command.env("HOME", &account.home).env("TERM", "dumb").env("PATH", PATH);
    // An interactive shell would write down what it is asked.
    command.env("HISTFILE", "/dev/null").env("fish_history", "");
    command.env("SHELL", account.shell.as_ref().unwrap_or(&shell.program));
    if !account.name.is_empty() {
        command.env("USER", &account.name).env("LOGNAME", &account.name);
    }
    // Sessions get it from /etc/default/locale or the ssh client; without it fish reads no file in a home called `ö`.
    // Without an agent's, a start-up file that wants one starts one more.
    for name in ["LANG", "LC_ALL", "LC_CTYPE", "SSH_AUTH_SOCK", "SSH_AGENT_PID"] {
        if let Some(value) = Process.get(name) {
            command.env(name, value);
        }
    }
    if kind == SessionKind::SshCommand {
        command.env("SSH_CLIENT", "127.0.0.1 50000 22").env("SSH_CONNECTION", "127.0.0.1 50000 127.0.0.1 22");
        command.stdin(ended_socket()?);
    }
    Ok(())
}

/// The command that prints `@@` and the directory in which zsh looks for its files. The user's own `.zshenv` may set it.
pub(super) fn zsh_directory(sessions: &Sessions<'_>, shell: &Shell) -> Command {
    let mut command = Command::new(sessions.gvmr);
    command.args(["session-start", "--"]).arg(&shell.program).args(["-c", "print -r -- \"@@${ZDOTDIR-}\""]);
    command.env_clear().current_dir(&sessions.account.home).stdin(Stdio::null());
    command.env("HOME", &sessions.account.home).env("TERM", "dumb").env("PATH", PATH);
    command
}

fn question(language: &Language, gvmr: &Path) -> OsString {
    let [before, behind] = language.run;
    let mut words = OsString::from(before);
    words.push((language.quote)(gvmr.as_os_str()));
    words.push(" session-seen");
    words.push(behind);
    words
}

/// An input that is at its end and still a socket, as sshd's is: some builds of bash know a session of ssh by that alone.
fn ended_socket() -> io::Result<Stdio> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.shutdown(Shutdown::Write)?;
    Ok(Stdio::from(OwnedFd::from(theirs)))
}
