//! Asks sudo for the `PATH` of the commands that it starts: as root, without a password, with a limit in time.

use super::programs::{DIRECTORIES, program};
use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Stop, Streams};
use gvmr_core::sys::printable;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(10);
/// Bytes of output that count.
const KEPT: KeptOutput = KeptOutput::First(64 << 10);
/// An element of the caller's `PATH` that no `secure_path` has.
const MARK: &str = "/nonexistent/gvmr-setup";
/// Runs the rest of its words while the file `$1` is hidden from them.
const HIDE: &str = "mount --bind /dev/null \"$1\" && shift && exec \"$@\"";

/// The `PATH` that sudo gives to root's commands; `None` if they keep the caller's.
pub(super) fn path(sudo: &Path) -> Result<Option<OsString>, String> {
    run(sudo, &question()?).map(|output| answer(&output))
}

/// The same as if there were no `drop_in`, which a private mount hides from this one sudo.
pub(super) fn path_without(sudo: &Path, drop_in: &Path) -> Result<Option<OsString>, String> {
    let unshare = program("unshare").ok_or("unshare is not installed")?;
    let mut words: Vec<OsString> = ["--mount", "sh", "-c", HIDE, "sh"].map(OsString::from).to_vec();
    words.extend([drop_in.into(), sudo.into()]);
    words.extend(question()?);
    run(&unshare, &words).map(|output| answer(&output))
}

fn question() -> Result<[OsString; 3], String> {
    let printenv = program("printenv").ok_or("printenv is not installed")?;
    Ok(["-n".into(), printenv.into(), "PATH".into()])
}

/// The last line. Lines before it are warnings.
pub(super) fn answer(output: &[u8]) -> Option<OsString> {
    let path = output.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
    let keeps = path.split(|byte| *byte == b':').any(|element| element == MARK.as_bytes());
    (!keeps).then(|| OsString::from_vec(path.to_vec()))
}

/// What a program of root's prints, or why it failed.
pub(super) fn run(program: &Path, words: &[impl AsRef<OsStr>]) -> Result<Vec<u8>, String> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).current_dir("/");
    let path = [&DIRECTORIES[..], &[MARK]].concat().join(":");
    command.env_clear().env("PATH", path).env("LC_ALL", "C");
    let name = printable::path(program);
    let limits = OutputLimits { time: LIMIT, kept: KEPT, is_answer: |_| false };
    let output = process::output(command, Streams::Both, Scope::Group, limits)
        .map_err(|(Stop::Run(error) | Stop::Hear(error))| format!("{name}: {error}"))?;
    match output.ending {
        Ending::Exited(status) if status.success() => Ok(output.stdout),
        Ending::Exited(status) => {
            let text = String::from_utf8_lossy(&output.stdout);
            let first = text.lines().map(str::trim).find(|line| !line.is_empty());
            Err(first.map_or_else(|| format!("{name}: {status}"), |line| line.chars().take(200).collect()))
        }
        Ending::Stopped => Err(format!("{name}: no answer within {} s", LIMIT.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_path_unless_it_is_the_callers() {
        let said = |text: &str| answer(text.as_bytes()).map(|path| path.into_string().unwrap());
        assert_eq!(said("/a:/b\n"), Some("/a:/b".to_owned()));
        assert_eq!(said("sudo: unable to resolve host x\n/a b:/c\n"), Some("/a b:/c".to_owned()));
        assert_eq!(said(&format!("/usr/bin:{MARK}\n")), None);
    }

    #[test]
    fn a_program_that_fails_says_why() {
        let run = |words: &str| run(Path::new("/bin/sh"), &["-c", words]);
        assert_eq!(run("echo out; echo \"$LC_ALL\"").unwrap(), b"out\nC\n");
        assert_eq!(run("echo; echo why >&2; exit 3").unwrap_err(), "why");
        assert!(run("exit 3").unwrap_err().contains("/bin/sh: exit status: 3"));
    }
}
