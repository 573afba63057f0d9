//! `gvmr exec`: a whole command with a version, which every `go` below it gets too.

use super::current;
use super::installed;
use super::session::Session;
use crate::cli;
use crate::error::{Error, Kind};
use crate::request::Request;
use gvmr_shims::answer::Choice;
use gvmr_shims::child::DEPTH;
use gvmr_shims::environment::{Environment, Process};
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// Runs the command; comes back only with an error.
pub(super) fn run(arguments: &cli::Exec, session: &Session) -> Result<(), Error> {
    let (version, words) = split(&arguments.words)?;
    let Some((program, rest)) = words.split_first() else {
        return Err(Error::said(Kind::Usage, "no command to run").hint("gvmr exec 1.22 -- go version"));
    };
    let (goroot, exact) = match version {
        Some(text) => {
            let version = installed::newest_of(&session.toolchains()?, text, session)
                .map_err(|error| Error { kind: Kind::NotFound, ..error })?;
            (session.settings.home.toolchain(&version), Some(version))
        }
        None => match session.resolve()? {
            answer if matches!(answer.choice, Choice::Missing { .. }) => {
                return Err(Error { kind: Kind::NotFound, ..current::missing(&answer, session) });
            }
            answer => match answer.choice {
                Choice::Installed { version, goroot } => (goroot, answer.exact.then_some(version)),
                Choice::Outside(_) | Choice::Missing { .. } => {
                    return Err(execute(
                        Command::new(program).args(rest).env("PATH", path_with(&[])?),
                        program,
                    ));
                }
            },
        },
    };
    let mut command = Command::new(program);
    // The shims first, so that `go +1.23` works below too; the toolchain's own directory has whatever they lack.
    command.args(rest).env("PATH", path_with(&[session.settings.home.shims(), goroot.join("bin")])?);
    command.env_remove("GOROOT").env_remove("GOTOOLDIR").env_remove(DEPTH);
    if let Some(version) = exact {
        command.env("GVMR_VERSION", version.as_str());
        if Process.get("GOTOOLCHAIN").is_none() {
            command.env("GOTOOLCHAIN", "local");
        }
    }
    Err(execute(&mut command, program))
}

/// `1.22 -- go version`, `1.22 go version`, `-- go version` and `go version` are all understood.
fn split(words: &[OsString]) -> Result<(Option<&str>, &[OsString]), Error> {
    match words {
        [dashes, rest @ ..] if dashes == "--" => Ok((None, rest)),
        [version, dashes, rest @ ..] if dashes == "--" => {
            let text = version.to_str().unwrap_or("?");
            Request::parse(text)?; // with the dashes behind it, it can only be meant as a version
            Ok((Some(text), rest))
        }
        [first, rest @ ..] => match first.to_str().filter(|text| Request::parse(text).is_ok()) {
            Some(text) => Ok((Some(text), rest)),
            None => Ok((None, words)),
        },
        [] => Ok((None, words)),
    }
}

fn path_with(directories: &[PathBuf]) -> Result<OsString, Error> {
    let path = Process.get("PATH").unwrap_or_default();
    let rest = std::env::split_paths(&path).filter(|entry| entry.is_absolute());
    std::env::join_paths(directories.iter().cloned().chain(rest))
        .map_err(|_| Error::said(Kind::Usage, "GVMR_HOME contains a colon, so it cannot stand in PATH"))
}

fn execute(command: &mut Command, program: &OsStr) -> Error {
    let error = command.exec();
    let kind =
        if error.kind() == std::io::ErrorKind::NotFound { Kind::NotFound } else { Kind::CannotExecute };
    Error::said(kind, format!("cannot run {}: {error}", program.to_string_lossy()))
        .hint("look at the command's name: gvmr exec [VERSION] -- COMMAND")
}
