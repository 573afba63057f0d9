//! The variables that a toolchain's own `go env` reports, and whether it runs at all.
//!
//! Takes the program and the environment that it is to get, gives the values of the names that were asked for, or go's own
//! sentence about why it fails. The program
//! runs in a new process group, which is ended as a whole: after a time, or when it has written too much. It switches to
//! no other toolchain, looks for no C compiler, and leaves nothing behind in the user's configuration directory.

use crate::net::without_credentials_in_text;
use gvmr_core::sys::printable;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take to answer.
const LIMIT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
/// How often to check whether a program that closed its output has ended.
const TICK: Duration = Duration::from_millis(1);
/// The most bytes of an answer.
const MAX_BYTES: u64 = 1 << 20;
/// The most characters of a program's last line that are quoted.
const MAX_QUOTED: usize = 300;

/// Variables for which the go command would start the C compiler, to find out which flags it accepts.
const OF_THE_COMPILER: [&str; 5] =
    ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"];

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum GoEnvError {
    /// It cannot be started or waited for.
    #[error("cannot be run: {0}")]
    Run(io::Error),
    /// It did not answer in time, or wrote too much.
    #[error("gave no answer within {} s", LIMIT.as_secs())]
    TooLong,
    /// It ended with a failure.
    #[error("failed: {}", last.clone().unwrap_or_else(|| status.to_string()))]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// The last line that it wrote to stderr, printable and without credentials.
        last: Option<String>,
    },
    /// Its answer is not names and values.
    #[error("did not answer in JSON")]
    Strange,
}

/// What `program`, a toolchain's `bin/go`, says of `names` where it gets this environment.
pub fn ask(
    program: &Path,
    environment: &[&CStr],
    names: &[&str],
) -> Result<BTreeMap<String, String>, GoEnvError> {
    let (compilers, plain): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| OF_THE_COMPILER.contains(name));
    let mut values = BTreeMap::new();
    if !plain.is_empty() {
        values.append(&mut asked(&mut command(program, environment, &plain))?);
    }
    if !compilers.is_empty() {
        let mut command = command(program, environment, &compilers);
        // Without a PATH it finds no compiler to try flags on; the flags that are set do not depend on it.
        command.env_remove("CC").env_remove("CXX").env_remove("FC").env("PATH", "");
        values.append(&mut asked(&mut command)?);
    }
    Ok(values)
}

/// Go's own sentence about why it cannot run with this environment; `None` where it can, or does not say.
pub fn complaint(program: &Path, environment: &[&CStr]) -> Option<String> {
    let mut command = started_from_root(program, environment);
    // It must not download what GOTOOLCHAIN names.
    command.arg("version").env("GOPROXY", "off");
    match output(&mut command) {
        Err(GoEnvError::Failed { last, .. }) => last,
        _ => None,
    }
}

fn command(program: &Path, environment: &[&CStr], names: &[&str]) -> Command {
    let mut command = started_from_root(program, environment);
    command.args(["env", "-json"]).args(names).env("GOTOOLCHAIN", "local");
    command
}

fn started_from_root(program: &Path, environment: &[&CStr]) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env_clear();
    for entry in environment.iter().rev() {
        // As for C's getenv, the first entry of a name counts. One without a name is none.
        let bytes = entry.to_bytes();
        let Some(equals) = bytes.iter().position(|byte| *byte == b'=').filter(|at| *at > 0) else { continue };
        let (name, value) = bytes.split_at(equals);
        command.env(OsStr::from_bytes(name), OsStr::from_bytes(value.get(1..).unwrap_or_default()));
    }
    command.env("PWD", "/");
    // Where no directory can be, the go command counts nothing and starts no process that reports counts.
    command.env("TEST_TELEMETRY_DIR", "/dev/null/none");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command
}

fn asked(command: &mut Command) -> Result<BTreeMap<String, String>, GoEnvError> {
    serde_json::from_slice(&output(command)?).map_err(|_| GoEnvError::Strange)
}

/// What it writes to stdout, where it succeeds.
fn output(command: &mut Command) -> Result<Vec<u8>, GoEnvError> {
    let deadline = Instant::now() + LIMIT;
    let leader = command.spawn().map_err(GoEnvError::Run)?;
    let mut group = Group { leader, ended: false };
    let (Some(stdout), Some(stderr)) = (group.leader.stdout.take(), group.leader.stderr.take()) else {
        return Err(GoEnvError::Strange);
    };
    let (stdout, stderr) = (read(stdout)?, read(stderr)?);
    let said = stdout.recv_timeout(LIMIT).map_err(|_| GoEnvError::TooLong)?;
    let status = group.wait_until(deadline)?;
    if !status.success() {
        // What it started may keep stderr open.
        let complaint = stderr.recv_timeout(Duration::from_millis(200)).ok().and_then(Result::ok);
        return Err(GoEnvError::Failed { status, last: complaint.and_then(|text| last_line(&text)) });
    }
    said.map_err(GoEnvError::Run)
}

/// Reads all of it, in another thread.
fn read(pipe: impl io::Read + Send + 'static) -> Result<Receiver<io::Result<Vec<u8>>>, GoEnvError> {
    let (sender, receiver) = channel();
    let read = move || {
        let mut said = Vec::new();
        let result = pipe.take(MAX_BYTES).read_to_end(&mut said).map(|_| said);
        let _ = sender.send(result); // the receiver may have given up
    };
    thread::Builder::new().name("go env".to_owned()).spawn(read).map_err(GoEnvError::Run)?;
    Ok(receiver)
}

/// The last line that says something, printable, without credentials and not too long.
fn last_line(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(printable::text(&without_credentials_in_text(last)).chars().take(MAX_QUOTED).collect())
}

/// A program and all that it starts in its group; ended when dropped.
struct Group {
    leader: Child,
    ended: bool,
}

impl Group {
    fn wait_until(&mut self, deadline: Instant) -> Result<ExitStatus, GoEnvError> {
        loop {
            if let Some(status) = self.leader.try_wait().map_err(GoEnvError::Run)? {
                self.ended = true;
                return Ok(status);
            }
            if Instant::now() > deadline {
                return Err(GoEnvError::TooLong);
            }
            thread::sleep(TICK);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            // The leader, even one that has ended, keeps its id until it is waited for.
            let _ = kill_process_group(Pid::from_child(&self.leader), Signal::KILL);
            let _ = self.leader.wait();
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;
    use std::fs;

    fn ask_script(script: &str, names: &[&str]) -> Result<BTreeMap<String, String>, GoEnvError> {
        let directory = tempfile::tempdir().unwrap();
        let (written, program) = (directory.path().join("script"), directory.path().join("go"));
        fs::write(&written, format!("#!/bin/sh\n{script}\n")).unwrap();
        // A file that this process wrote is busy while another thread starts a program.
        let mut install = Command::new("install");
        assert!(install.args(["-m", "755"]).args([&written, &program]).status().unwrap().success());
        ask(
            &program,
            &[c"A=first", c"A=second", c"=none", c"GOTOOLCHAIN=go1.99.9", c"PATH=/usr/bin:/bin"],
            names,
        )
    }

    #[test]
    fn it_is_asked_from_the_root_with_the_environment_that_it_would_get() {
        let script = r#"printf '{"seen":"%s %s %s %s"}' "$*" "$PWD" "$A" "$GOTOOLCHAIN""#;
        let seen = |names| ask_script(script, names).unwrap().remove("seen").unwrap();
        assert_eq!(seen(&["GOPATH", "GOBIN"]), "env -json GOPATH GOBIN / first local");
        assert_eq!(seen(&["CGO_CFLAGS"]), "env -json CGO_CFLAGS / first local");
        assert!(ask_script("exit 9", &[]).unwrap().is_empty());
    }

    #[test]
    fn whatever_it_does_it_ends() {
        let failure = |script| ask_script(script, &["GOPATH"]).unwrap_err();
        assert!(
            matches!(failure("exit 3"), GoEnvError::Failed { status, last: None } if status.code() == Some(3))
        );
        assert_eq!(failure("exit 3").to_string(), "failed: exit status: 3");
        let quoted = failure("echo one >&2; printf 'go: unknown \\033[1mX\\n\\n' >&2; exit 2").to_string();
        assert!(quoted.starts_with("failed: go: unknown ") && !quoted.contains('\u{1b}'), "{quoted}");
        let secret = failure("echo 'go: parsing https://me:Secret1234@h.example/x' >&2; exit 2").to_string();
        assert!(secret.contains("h.example") && !secret.contains("Secret1234"), "{secret}");
        let still_open = failure("echo why >&2; sleep 60 >/dev/null & exit 2");
        assert!(matches!(still_open, GoEnvError::Failed { .. }), "{still_open}");
        assert!(matches!(failure("echo no"), GoEnvError::Strange));
        assert!(matches!(failure("sleep 60"), GoEnvError::TooLong));
        assert!(matches!(failure("sleep 60 & echo '{}'"), GoEnvError::TooLong));
        assert!(matches!(failure("exec >&-; sleep 60"), GoEnvError::TooLong));
        let missing = ask(Path::new("/nonexistent/go"), &[], &["GOPATH"]);
        assert!(matches!(missing, Err(GoEnvError::Run(_))), "{missing:?}");
        // More than an answer may have: its pipe is closed, and what came is none.
        assert!(matches!(failure("yes"), GoEnvError::Failed { .. }));
    }
}
