//! The variables that a toolchain's own `go env` reports, and whether it runs at all.
//!
//! Takes the program and the environment that it is to get, gives the values of the names that were asked for, or go's own
//! sentence about why it fails. The program
//! runs in a new process group, which is ended as a whole: with it, after a time, or when it has written too much. It
//! switches to no other toolchain, looks for no C compiler, and leaves nothing behind in the user's configuration directory.

use crate::net::without_credentials_in_text;
use crate::process::{self, Ending, KeptOutput, OutputLimits, Scope, Stop, Streams};
use gvmr_core::gover::goenv;
use gvmr_core::sys::bounded::{self, Refusal};
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;
use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long it may take to answer.
const LIMIT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
/// The most bytes of an answer.
const MAX_BYTES: usize = 1 << 20;
/// The most characters of a program's last line that are quoted.
const MAX_QUOTED: usize = 300;

/// Variables for which the go command would start the C compiler, to find out which flags it accepts, and keep the answers in
/// its build cache.
const OF_THE_COMPILER: [&str; 6] =
    ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "PKG_CONFIG"];

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
    /// It would wait for its file of settings, or read it without end.
    #[error("would not end: {} {why}", printable::path(file))]
    Settings {
        /// The file, as `GOENV` names it.
        file: PathBuf,
        /// What is wrong with it.
        why: Refusal,
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
    check_settings(environment)?;
    let mut values = BTreeMap::new();
    if !plain.is_empty() {
        values.append(&mut asked(command(program, environment, &plain))?);
    }
    if !compilers.is_empty() {
        let mut command = command(program, environment, &compilers);
        // Without a PATH it finds no compiler to try flags on; the flags that are set do not depend on it.
        command.env_remove("CC").env_remove("CXX").env_remove("FC").env("PATH", "");
        values.append(&mut asked(command)?);
    }
    Ok(values)
}

/// Go's own sentence about why it cannot run with this environment; `None` where it can, or does not say.
pub fn complaint(program: &Path, environment: &[&CStr]) -> Option<String> {
    check_settings(environment).ok()?;
    let mut command = started_from_root(program, environment);
    // It must not download what GOTOOLCHAIN names.
    command.arg("version").env("GOPROXY", "off");
    match output(command) {
        Err(GoEnvError::Failed { last, .. }) => last,
        _ => None,
    }
}

/// What `go list` with these arguments writes about the packages in `directory`, and what it writes to stderr. It asks no
/// source, switches to no other toolchain, and writes into neither cache: it sees no module cache.
pub fn list(
    program: &Path,
    environment: &[&CStr],
    directory: &Path,
    arguments: &[&str],
) -> Result<(String, String), GoEnvError> {
    check_settings(environment)?;
    let mut command = started_from_root(program, environment);
    command.arg("list").args(arguments).current_dir(directory).env("PWD", directory);
    command.envs([("GOPROXY", "off"), ("GOTOOLCHAIN", "local"), ("GODEBUG", "goindex=0")]);
    // Go up to 1.14 knows no such variable.
    command.env("GOMODCACHE", "/dev/null/none");
    let limits = OutputLimits { time: LIMIT, kept: KeptOutput::All(MAX_BYTES), is_answer: |_| false };
    let output = process::output(command, Streams::Apart, Scope::Group, limits).map_err(of_stop)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.ending {
        Ending::Exited(_) => Ok((text(&output.stdout), text(&output.stderr))),
        Ending::Stopped => Err(GoEnvError::TooLong),
    }
}

/// Why the program does not run on this machine, whatever the settings of its user are, in its own words; `None` where it
/// does.
pub fn failure(program: &Path) -> Option<String> {
    let mut command = started_from_root(program, &[]);
    command.arg("version").envs([("GOENV", "off"), ("GOTOOLCHAIN", "local")]);
    let limits = OutputLimits { time: LIMIT, kept: KeptOutput::First(MAX_BYTES), is_answer: |_| false };
    match process::output(command, Streams::Apart, Scope::Group, limits).map_err(of_stop) {
        Ok(output) if matches!(output.ending, Ending::Exited(status) if status.success()) => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Some(error.to_string()),
    }
}

/// That go's own file of settings is one that it can read to its end.
fn check_settings(environment: &[&CStr]) -> Result<(), GoEnvError> {
    let Some(file) = goenv::file(&GoEnvironment(environment)) else { return Ok(()) };
    let is_harmless = |found: Metadata| {
        let is_null = found.rdev() == rustix::fs::makedev(1, 3) && found.file_type().is_char_device();
        found.is_dir() || is_null || found.len() > bounded::PIN_LIMIT
    };
    match bounded::read(&file, bounded::PIN_LIMIT) {
        Err(Refusal::NotAFile(_) | Refusal::TooLarge(_)) if fs::metadata(&file).is_ok_and(is_harmless) => {
            Ok(())
        }
        Err(why @ (Refusal::NotAFile(_) | Refusal::TooLarge(_))) => Err(GoEnvError::Settings { file, why }),
        // So says one that has no end, or no beginning.
        Err(Refusal::Unreadable(error))
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::InvalidInput) =>
        {
            Err(GoEnvError::Settings { file, why: Refusal::Unreadable(error) })
        }
        // Go goes on without a file that it cannot read.
        _ => Ok(()),
    }
}

/// What a program gets, as go reads it.
struct GoEnvironment<'a>(&'a [&'a CStr]);

impl Environment for GoEnvironment<'_> {
    fn get(&self, name: &str) -> Option<OsString> {
        let entries = self.0.iter().map(|entry| entry.to_bytes());
        let mut values = entries.filter_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        let value = values.next().filter(|value| !value.is_empty())?;
        Some(OsStr::from_bytes(value).to_owned())
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
    command.stdin(Stdio::null());
    command
}

fn asked(command: Command) -> Result<BTreeMap<String, String>, GoEnvError> {
    serde_json::from_slice(&output(command)?).map_err(|_| GoEnvError::Strange)
}

/// What it writes to stdout, where it succeeds.
fn output(command: Command) -> Result<Vec<u8>, GoEnvError> {
    let limits = OutputLimits { time: LIMIT, kept: KeptOutput::All(MAX_BYTES), is_answer: |_| false };
    let output = process::output(command, Streams::Apart, Scope::Group, limits).map_err(of_stop)?;
    match output.ending {
        Ending::Exited(status) if status.success() => Ok(output.stdout),
        Ending::Exited(status) => Err(GoEnvError::Failed { status, last: last_line(&output.stderr) }),
        Ending::Stopped => Err(GoEnvError::TooLong),
    }
}

fn of_stop(stop: Stop) -> GoEnvError {
    match stop {
        Stop::Run(error) => GoEnvError::Run(error),
        Stop::Hear(_) => GoEnvError::TooLong,
    }
}

/// The last line that says something, printable, without credentials and not too long.
fn last_line(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(printable::text(&without_credentials_in_text(last)).chars().take(MAX_QUOTED).collect())
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // a test's own directory
mod tests {
    use super::*;

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
        assert!(ask_script("sleep 60 & echo '{}'", &["GOPATH"]).unwrap().is_empty());
        assert!(matches!(failure("exec >&-; sleep 60"), GoEnvError::TooLong));
        let missing = ask(Path::new("/nonexistent/go"), &[], &["GOPATH"]);
        assert!(matches!(missing, Err(GoEnvError::Run(_))), "{missing:?}");
        // More than an answer may have.
        assert!(matches!(failure("yes"), GoEnvError::TooLong));
    }

    #[test]
    fn a_file_of_settings_without_an_end_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).into_os_string().into_string().unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            path("fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        fs::write(path("large"), "# a comment\n".repeat(9000)).unwrap();
        fs::create_dir(path("directory")).unwrap();
        let check = |file: &str| {
            let entry = std::ffi::CString::new(format!("GOENV={file}")).unwrap();
            check_settings(&[&entry])
        };
        for file in [&path("fifo"), "/dev/zero", "/proc/self/pagemap"] {
            let error = check(file).unwrap_err();
            assert!(matches!(error, GoEnvError::Settings { .. }), "{file}");
        }
        for file in [&path("large"), &path("directory"), &path("absent"), "/dev/null", "off"] {
            check(file).unwrap();
        }
        check_settings(&[]).unwrap();
    }
}
