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
    command.args(flags).arg(run).arg(question(shell, kind, language, sessions.gvmr));
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
    // tmux keeps its server's socket below it. None starts where no directory can be made.
    command.env("TMUX_TMPDIR", "/proc");
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

/// Before and behind what a shell says `go` is.
const MEANING: [&str; 2] = ["<gvmr:go-is ", " gvmr:go-is>"];

fn question(shell: &Shell, kind: SessionKind, language: &Language, gvmr: &Path) -> OsString {
    let [before, behind] = language.run;
    let mut words = OsString::new();
    let is_interactive = matches!(kind, SessionKind::LoginInteractive | SessionKind::Interactive);
    let meaning = match shell.name.as_str() {
        _ if !is_interactive => None,
        "fish" => Some("(type -t go 2>/dev/null)"),
        "nu" => None,
        "bash" => Some("$(type -t go 2>/dev/null)"),
        "zsh" => Some("$(whence -w 'go' 2>/dev/null)"),
        _ => Some("$(command -V go 2>/dev/null)"),
    };
    if let Some(meaning) = meaning {
        let [start, end] = MEANING;
        let quote = if shell.name == "fish" { "\"" } else { "" };
        words.push(format!("echo \"{start}{quote}{meaning}{quote}{end}\"; "));
    }
    words.push(before);
    words.push((language.quote)(gvmr.as_os_str()));
    words.push(" session-seen");
    words.push(behind);
    words
}

/// What the shell said `go` is, and the output without that.
pub(super) fn meaning_of_go(output: &[u8]) -> (Option<String>, Vec<u8>) {
    let find =
        |text: &[u8], mark: &str| text.windows(mark.len()).rposition(|window| window == mark.as_bytes());
    let found = || {
        let [start_mark, end_mark] = MEANING;
        let start = find(output, start_mark)?;
        let inner = start + start_mark.len();
        let end = inner + find(output.get(inner..)?, end_mark)?;
        let rest = [output.get(..start)?, output.get(end + end_mark.len()..)?].concat();
        Some((String::from_utf8_lossy(output.get(inner..end)?).into_owned(), rest))
    };
    match found() {
        Some((meaning, rest)) => (Some(meaning), rest),
        None => (None, output.to_vec()),
    }
}

/// Whether that is an alias or a function: `alias`, `go: global alias`, `go is an alias for x`, `go is a shell function`.
pub(super) fn is_alias(meaning: &str) -> bool {
    let said = ["go is ", "go: "].iter().find_map(|start| meaning.strip_prefix(start)).unwrap_or(meaning);
    let kinds = ["alias", "global alias", "an alias", "a function", "function", "a shell function"];
    kinds.iter().any(|kind| said.trim_start().starts_with(kind))
}

/// An input that is at its end and still a socket, as sshd's is: some builds of bash know a session of ssh by that alone.
fn ended_socket() -> io::Result<Stdio> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.shutdown(Shutdown::Write)?;
    Ok(Stdio::from(OwnedFd::from(theirs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_says_of_go_is_taken_out_of_its_output() {
        let (meaning, rest) = meaning_of_go(b"hello\n<gvmr:go-is go: alias gvmr:go-is>\nbye");
        assert_eq!((meaning.as_deref(), &rest[..]), (Some("go: alias"), &b"hello\n\nbye"[..]));
        assert_eq!(meaning_of_go(b"hello"), (None, b"hello".to_vec()));
        for (meaning, expected) in [
            ("alias", true),
            ("function", true),
            ("go: global alias", true),
            ("file", false),
            ("go: function", true),
            ("go: command", false),
            ("go is a shell function", true),
            ("go is a function", true),
            ("go is an alias for 'go run'", true),
            ("go is a tracked alias for /usr/bin/go", false),
            ("go is /opt/function/go", false),
            ("", false),
        ] {
            assert_eq!(is_alias(meaning), expected, "{meaning}");
        }
    }
}
