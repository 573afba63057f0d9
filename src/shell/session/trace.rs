//! Which line of a start-up file takes a directory off PATH, told by the shell as it reads the file.
//!
//! Takes a shell and a kind of session; reads the files of such a session in the shell's own order, each command with its
//! place and the PATH before it. Only bash and zsh tell places.

use super::{SessionKind, Sessions, Shell, ask_at_length, start};
use crate::process::KeptOutput;
use crate::shell::quote;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Bytes of a trace that are kept: each command of the files, with PATH.
const KEPT: KeptOutput = KeptOutput::Last(8 << 20);
/// Before and behind what is told of a command.
const MARK: &[u8] = b"@@gvmr@@";

/// The command after which a directory was off PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The file.
    pub file: PathBuf,
    /// The line in it, counted from 1.
    pub line: usize,
}

/// A command that was about to run.
struct Traced<'t> {
    file: &'t [u8],
    line: usize,
    path: &'t [u8],
}

impl Sessions<'_> {
    /// The last command in the files of such a session after which `directory` was off PATH, and not on it any more.
    pub fn dropped(&self, shell: &Shell, kind: SessionKind, directory: &Path) -> Option<Dropped> {
        let (flags, script) = match shell.name.as_str() {
            "bash" => bash(kind, &self.account.home),
            "zsh" => zsh(kind, self.zsh_directory(shell).as_deref().unwrap_or(&self.account.home)),
            _ => return None,
        };
        let command = start::script(self, shell, kind, flags, &script).ok()?;
        let outcome = ask_at_length(command, KEPT, |_| false).ok()?;
        let traced = traced(&outcome.stdout);
        let has =
            |path: &[u8]| path.split(|byte| *byte == b':').any(|one| one == directory.as_os_str().as_bytes());
        if traced.last().is_none_or(|last| has(last.path)) {
            return None;
        }
        let mut pairs = traced.windows(2);
        let (before, _) = pairs
            .rfind(|pair| matches!(pair, [before, after] if has(before.path) && !has(after.path)))?
            .split_first()?;
        let file = PathBuf::from(OsStr::from_bytes(before.file));
        file.is_absolute().then_some(Dropped { file, line: before.line })
    }
}

/// What a trace tells of each command.
fn traced(output: &[u8]) -> Vec<Traced<'_>> {
    let lines = output.split(|byte| *byte == b'\n').filter_map(|line| {
        let start = line.windows(MARK.len()).position(|window| window == MARK)? + MARK.len();
        let told = line.get(start..)?;
        let end = told.windows(MARK.len()).position(|window| window == MARK)?;
        // A file's name may hold colons; a line's number and PATH's first element do not begin with one.
        let told = told.get(..end)?;
        let mut parts = told.splitn(3, |byte| *byte == 0x1f);
        let (file, line, path) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Traced { file, line: std::str::from_utf8(line).ok()?.parse().ok()?, path })
    });
    lines.collect()
}

/// As bash(1) has it, with Debian's `/etc/bash.bashrc`.
fn bash(kind: SessionKind, home: &Path) -> (&'static [&'static str], OsString) {
    let own = |name: &str| home.join(name);
    let is_login = matches!(kind, SessionKind::LoginInteractive | SessionKind::Login);
    let files = if is_login {
        let first =
            [".bash_profile", ".bash_login", ".profile"].map(own).into_iter().find(|file| file.exists());
        [Some(PathBuf::from("/etc/profile")), first].into_iter().flatten().collect()
    } else {
        vec![PathBuf::from("/etc/bash.bashrc"), own(".bashrc")]
    };
    let is_interactive = matches!(kind, SessionKind::LoginInteractive | SessionKind::Interactive);
    let flags: &[&str] =
        if is_interactive { &["--noprofile", "--norc", "-i"] } else { &["--noprofile", "--norc"] };
    let told =
        "BASH_XTRACEFD=1; PS4='+@@gvmr@@${BASH_SOURCE-}\u{1f}${LINENO-0}\u{1f}${PATH-}@@gvmr@@ '; set -x\n";
    (flags, script(told, &files))
}

/// As zsh(1) has it.
fn zsh(kind: SessionKind, home: &Path) -> (&'static [&'static str], OsString) {
    let is_login = matches!(kind, SessionKind::LoginInteractive | SessionKind::Login);
    let is_interactive = matches!(kind, SessionKind::LoginInteractive | SessionKind::Interactive);
    let mut names = vec!["zshenv"];
    names.extend(is_login.then_some("zprofile"));
    names.extend(is_interactive.then_some("zshrc"));
    names.extend(is_login.then_some("zlogin"));
    let files = names.iter().flat_map(|name| {
        let machine = (*name != "zshenv").then(|| Path::new("/etc/zsh").join(name)); // read with -f too
        machine.into_iter().chain([home.join(format!(".{name}"))])
    });
    let flags: &[&str] = if is_interactive { &["-f", "-i"] } else { &["-f"] };
    let told = "exec 2>&1; setopt promptsubst; PS4='+@@gvmr@@%x\u{1f}%I\u{1f}${PATH-}@@gvmr@@ '; set -x\n";
    (flags, script(told, &files.collect::<Vec<_>>()))
}

/// Reads the files that are there, one after the other, and ends with a command of its own.
fn script(told: &str, files: &[PathBuf]) -> OsString {
    let mut script = OsString::from(told);
    for file in files {
        let file = quote::posix(file.as_os_str());
        for part in ["if [ -r ".as_ref(), file.as_os_str(), " ]; then . ".as_ref(), &file, "; fi\n".as_ref()]
        {
            script.push(part);
        }
    }
    script.push(":\n");
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_from_whatever_stands_around_them() {
        let text = b"noise\n++@@gvmr@@/h/.profile\x1f12\x1f/a:/b@@gvmr@@ PATH=/b\n+@@gvmr@@half\n+@@gvmr@@\x1f3\x1f/b@@gvmr@@ :\n";
        let told = traced(text);
        let told: Vec<_> = told.iter().map(|one| (one.file, one.line, one.path)).collect();
        assert_eq!(told, [(&b"/h/.profile"[..], 12, &b"/a:/b"[..]), (b"", 3, b"/b")]);
    }
}
