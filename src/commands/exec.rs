//! `gvmr exec`: a whole command with a version, which every `go` below it gets too.

use super::current;
use super::session::Session;
use super::uninstall;
use crate::cli;
use crate::error::{Error, Kind};
use crate::request::Request;
use gvmr_shims::answer::Choice;
use gvmr_shims::environment::{Environment, Process};
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Runs the command; comes back only with an error.
pub(super) fn run(arguments: &cli::Exec, session: &Session) -> Result<(), Error> {
    let (version, words) = split(&arguments.words);
    let Some((program, rest)) = words.split_first() else {
        return Err(Error::said(Kind::Usage, "no command to run").hint("gvmr exec 1.22 -- go version"));
    };
    let (goroot, exact) = match version {
        Some(text) => {
            let version = uninstall::newest_of(&session.toolchains()?, text, session)?;
            (session.settings.home.toolchain(&version), Some(version))
        }
        None => match session.resolve()? {
            answer if matches!(answer.choice, Choice::Missing { .. }) => {
                return Err(current::missing(&answer));
            }
            answer => match answer.choice {
                Choice::Installed { version, goroot } => (goroot, answer.exact.then_some(version)),
                Choice::Outside(_) | Choice::Missing { .. } => {
                    return Err(execute(Command::new(program).args(rest), program));
                }
            },
        },
    };
    let mut command = Command::new(program);
    command.args(rest).env("PATH", path_with(&goroot.join("bin"))?);
    command.env_remove("GOROOT").env_remove("GOTOOLDIR");
    if let Some(version) = exact {
        // Whatever runs below finds the toolchain first on PATH, and the shims, if it asks them, agree.
        command.env("GVMR_VERSION", version.as_str());
        if Process.get("GOTOOLCHAIN").is_none() {
            command.env("GOTOOLCHAIN", "local");
        }
    }
    Err(execute(&mut command, program))
}

/// `1.22 -- go version`, `1.22 go version`, `-- go version` and `go version` are all understood.
fn split(words: &[OsString]) -> (Option<&str>, &[OsString]) {
    let (first, rest) = match words.split_first() {
        Some((first, rest)) if first == "--" => return (None, rest),
        Some((first, rest)) => (first, rest),
        None => return (None, words),
    };
    match first.to_str().filter(|text| Request::parse(text).is_ok()) {
        Some(text) => (Some(text), rest.strip_prefix(&[OsString::from("--")]).unwrap_or(rest)),
        None => (None, words),
    }
}

fn path_with(directory: &Path) -> Result<OsString, Error> {
    let path = Process.get("PATH").unwrap_or_default();
    let rest = std::env::split_paths(&path).filter(|entry| entry.is_absolute());
    std::env::join_paths(std::iter::once(directory.to_owned()).chain(rest))
        .map_err(|_| Error::said(Kind::Usage, format!("{} cannot stand in PATH", directory.display())))
}

fn execute(command: &mut Command, program: &OsStr) -> Error {
    let error = command.exec();
    let kind =
        if error.kind() == std::io::ErrorKind::NotFound { Kind::NotFound } else { Kind::CannotExecute };
    Error::said(kind, format!("cannot run {}: {error}", program.to_string_lossy()))
}
