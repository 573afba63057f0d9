//! What the shim asks for when a version is not installed: install it, ask first, or say what to run.

use super::install;
use super::prepare;
use crate::cli;
use crate::context::{Consent, Context};
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use gvmr_core::exec::invocation::Invocation;
use gvmr_core::exec::launch;
use gvmr_core::exec::missing;
use gvmr_core::gover::selector::Selector;
use gvmr_core::select::resolution::{Origin, Resolution, Rule, Selection, Source};
use gvmr_core::sys::environment::Block;
use std::ffi::{CStr, CString};
use std::path::Path;

/// Runs the command; where the version is installed now it ends by becoming the tool.
pub(super) fn run(arguments: &cli::ShimMissingArgs, context: &Context) -> Result<(), Error> {
    let wanted = Selector::parse(&arguments.version).map_err(|error| Error::new(ErrorKind::Usage, &error))?;
    let Some((tool, words)) = arguments.words.split_first() else {
        return Err(Error::said(ErrorKind::Usage, "no tool to run"));
    };
    let place = prepare::place(&context.settings.home, tool);
    let words = prepare::tool_words(arguments.called.as_ref(), tool, words)?;
    let words: Vec<&CStr> = words.iter().map(CString::as_c_str).collect();
    let block = launch::shallower(Block::of_process());
    let call = Invocation::decided(&place, &words, &block);
    let choice = provide(&wanted, &arguments.reason, arguments.file.as_deref(), context)?;
    let env_context = prepare::env_context(&call)?;
    let reason = Origin {
        source: Source::Argument,
        file: arguments.file.clone(),
        line: arguments.line,
        written: arguments.version.clone(),
        rule: Rule::Exact,
    };
    let answer = Resolution { choice, reason, exact: arguments.exact };
    Err(prepare::become_tool(&call, env_context, &answer, arguments.ignores_pipe, &context.terminal))
}

/// Installs what is missing, where the user wants that; otherwise the error says what to run. `reason` is who asks for
/// it, in words, and `file` where that is written.
pub(super) fn provide(
    wanted: &Selector,
    reason: &str,
    file: Option<&Path>,
    context: &Context,
) -> Result<Selection, Error> {
    let question = format!("Go {wanted} is not installed ({reason}). Install it now?");
    match context.consent_to_install(&question) {
        Consent::Given => {}
        Consent::Refused => {
            return Err(Error::said(ErrorKind::NotFound, format!("Go {wanted} is not installed")));
        }
        Consent::NotAsked => {
            let message = missing::message(&context.settings.home, wanted, reason);
            return Err(Error::said(ErrorKind::NotFound, message));
        }
    }
    context.remember_project(file)?;
    let outcome = install::install_one(&Request::Selector(wanted.clone()), context)?;
    let version = outcome.toolchain().version.clone();
    let goroot = context.settings.home.toolchain(&version);
    Ok(Selection::Installed { version, goroot })
}
