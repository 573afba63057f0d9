//! `gvmr exec`: a command with one version, for every `go` that it starts too.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::process::{self, Given, Go};
use crate::provision;
use crate::request;
use gvmr_core::gover::selector::RequestedGo;
use gvmr_core::select::resolve::VARIABLE;
use gvmr_core::sys::environment::Process;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Runs the command; returns only on an error.
pub(super) fn run(arguments: &cli::ExecArgs, context: &Context) -> Result<(), Error> {
    let (version, words) = split(&arguments.words)?;
    let Some((program, rest)) = words.split_first() else {
        return Err(Error::said(ErrorKind::Usage, "no command to run")
            .hint("name one, such as in `gvmr exec 1.22 -- go version`"));
    };
    let given = Given::parse(&arguments.env)?;
    let home = &context.settings.home;
    let system = version == Some(RequestedGo::System);
    let chosen = provision::toolchain_to_run(version, context)?;
    let go = chosen.as_ref().map(|(goroot, exact)| Go {
        home,
        goroot,
        exact: exact.as_ref(),
        never_switched: false,
    });
    let mut command = Command::new(program);
    process::prepare(command.args(rest), go, &given, &Process)?;
    if system {
        command.env(VARIABLE, RequestedGo::System.to_string()); // the shim reads it wherever it runs below
    }
    let error = command.exec();
    Err(Error::not_started(program, &error).hint(if program.as_encoded_bytes().starts_with(b"-") {
        "put options before the version: `gvmr exec -e NAME=VALUE [VERSION] -- COMMAND`"
    } else {
        "check the command's name: `gvmr exec [VERSION] -- COMMAND`"
    }))
}

/// `1.22 -- go version`, `1.22 go version`, `-- go version` and `go version` all work.
fn split(words: &[OsString]) -> Result<(Option<RequestedGo>, &[OsString]), Error> {
    match words {
        [dashes, rest @ ..] if dashes == "--" => Ok((None, rest)),
        [version, dashes, rest @ ..] if dashes == "--" => {
            // Before dashes it can only be a version.
            Ok((Some(request::parse_any(version.to_str().unwrap_or("?"))?), rest))
        }
        [first, rest @ ..] => match first.to_str().and_then(|text| request::parse_any(text).ok()) {
            Some(version) => Ok((Some(version), rest)),
            None => Ok((None, words)),
        },
        [] => Ok((None, words)),
    }
}
