//! Becomes the tool, with what counts where it will run.

use super::notices;
use crate::config;
use crate::credentials::{self, Credentials, ForGo};
use crate::error::{Error, ErrorKind};
use crate::explain::table;
use crate::terminal::Terminal;
use gvmr_core::env::compiled_rules::SOURCE_LIMIT;
use gvmr_core::env::env_context::{Config, EnvContext, ResolvedEnv};
use gvmr_core::exec::child_environment::ChildEnvironment;
use gvmr_core::exec::invocation::Invocation;
use gvmr_core::exec::launch::Launch;
use gvmr_core::exec::shim;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::resolution::Resolution;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::{self, Block};
use gvmr_core::sys::printable;
use gvmr_core::sys::process;
use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Says what there is to say and becomes the tool; comes back only with the reason why it cannot. `ignores_pipe` is
/// whether the tool is to ignore SIGPIPE, as this process does by its own runtime's doing.
pub(super) fn become_tool(
    call: &Invocation<'_>,
    mut env_context: EnvContext,
    answer: &Resolution,
    ignores_pipe: bool,
    terminal: &Terminal,
) -> Error {
    let mut resolved = call.resolve_env(&mut env_context, answer);
    say(&resolved, &env_context, call, answer, terminal);
    let own = env_context.own.as_ref().filter(|_| resolved.needs_credentials);
    let _given = give_credentials(&mut resolved, own, answer, call.block, terminal);
    if !ignores_pipe {
        process::restore_sigpipe();
    }
    failed(&shim::launch(call, answer, &resolved))
}

/// Says what there is to say.
fn say(
    resolved: &ResolvedEnv,
    env_context: &EnvContext,
    call: &Invocation<'_>,
    answer: &Resolution,
    terminal: &Terminal,
) {
    let launch = table::launch(answer, call).map(|launch| launch.in_environment(resolved));
    let program = launch.as_ref().map(Launch::path);
    let child = launch.as_ref().map(|launch| launch.environment(call.block));
    let entries = child.as_ref().map(ChildEnvironment::entries).unwrap_or_default();
    let entries: Vec<_> = entries.iter().map(|entry| entry.as_c_str()).collect();
    let go = program.as_deref().map(|program| (program, entries.as_slice()));
    notices::say(&resolved.notices, env_context, call.block, go, terminal);
}

/// What counts where the tool will run, by the user's rules as they are written now. Rules that cannot be understood
/// stop the tool, as a pin that cannot be understood does: what they would have kept from happening is not known.
pub(super) fn env_context(call: &Invocation<'_>) -> Result<EnvContext, Error> {
    let env_context = call.env_context(None);
    let Config::Stale { .. } = &env_context.config else { return Ok(env_context) };
    let own = env_context.own.as_ref().filter(|_| !environment::is_privileged());
    let rules = config::rules(own, call.block)
        .map_err(|error| Error { kind: ErrorKind::NotFound, ..Error::from(error) })?;
    let env_context = call.env_context(rules);
    match &env_context.config {
        Config::Stale { file } => Err(unreadable(file)),
        Config::None | Config::Foreign { .. } | Config::Compiled(_) => Ok(env_context),
    }
}

fn unreadable(file: &Path) -> Error {
    let why = match bounded::read(file, SOURCE_LIMIT) {
        Err(refusal) => refusal.to_string(),
        Ok(_) => "was changed since it was compiled, and nothing names it any more".to_owned(),
    };
    Error::said(ErrorKind::NotFound, format!("{} {why}", printable::path(file)))
        .hint("correct the file, or move it away")
}

/// Gives the tool the credentials that only the program can get at. What is given back must live until the tool runs.
/// Without them the tool still runs, and says itself what it lacks.
fn give_credentials(
    resolved: &mut ResolvedEnv,
    own: Option<&UserDirs>,
    answer: &Resolution,
    block: &Block<'_>,
    terminal: &Terminal,
) -> Option<ForGo> {
    let version = answer.choice.version();
    match credentials::for_go(&Credentials::of(own?), block, version, &mut resolved.changes) {
        Ok(given) => {
            for notice in &given.notices {
                terminal.say(format_args!("gvmr: {notice}"));
            }
            Some(given)
        }
        Err(error) => {
            terminal.say(format_args!("gvmr: go runs without the stored credentials: {error}"));
            None
        }
    }
}

/// The tool's arguments, led by the word that the shim was called by.
pub(super) fn words(
    called: Option<&OsString>,
    name: &OsString,
    words: &[OsString],
) -> Result<Vec<CString>, Error> {
    let all = std::iter::once(called.unwrap_or(name)).chain(words);
    let all: Result<_, _> = all.map(|word| CString::new(word.as_bytes())).collect();
    all.map_err(|error| Error::new(ErrorKind::Usage, &error))
}

/// The shim's own words and exit code.
pub(super) fn failed(failure: &shim::ShimError) -> Error {
    let kind = if failure.exit_code() == 126 { ErrorKind::CannotExecute } else { ErrorKind::NotFound };
    Error::new(kind, failure)
}
