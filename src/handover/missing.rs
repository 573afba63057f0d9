//! `gvmr shim-missing`: the version that the shim wants is not installed. Installs it where the user wants that, then becomes
//! the tool.

use super::{notices, tool};
use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::provision;
use gvmr_core::env::notice::Notice;
use gvmr_core::exec::called_shim::CalledShim;
use gvmr_core::exec::invocation::Invocation;
use gvmr_core::exec::launch;
use gvmr_core::gover::selector::Selector;
use gvmr_core::select::pin_owners::ForeignPin;
use gvmr_core::select::resolution::{Origin, Resolution, Rule, Source};
use gvmr_core::sys::environment::Block;
use std::ffi::{CStr, CString};

/// Runs the command; where the version is installed now it ends by becoming the tool.
pub fn run(arguments: &cli::ShimMissingArgs, context: &Context) -> Result<(), Error> {
    let wanted = Selector::parse(&arguments.version).map_err(|error| Error::new(ErrorKind::Usage, &error))?;
    let Some((tool, words)) = arguments.words.split_first() else {
        return Err(Error::said(ErrorKind::Usage, "no tool to run"));
    };
    let place = CalledShim::in_home(&context.settings.home, tool);
    let words = tool::words(arguments.called.as_ref(), tool, words)?;
    let words: Vec<&CStr> = words.iter().map(CString::as_c_str).collect();
    let block = launch::shallower(Block::of_process());
    let call = Invocation::decided(&place, &words, &block);
    let env_context = tool::env_context(&call)?;
    // A file decides, so others may have been passed over; the shim tells which file, and no more.
    let ignored = if arguments.file.is_some() { call.foreign_pins() } else { Vec::new() };
    let pin = |pin: &ForeignPin| Notice::Pin { file: pin.file.clone(), owner: pin.owner };
    let passed_over: Vec<Notice> = ignored.iter().map(pin).collect();
    notices::say(&passed_over, &env_context, &block, None, &context.terminal);
    let choice = provision::install_missing(&wanted, &arguments.reason, arguments.file.as_deref(), context)?;
    let reason = Origin {
        source: Source::Argument,
        file: arguments.file.clone(),
        line: arguments.line,
        written: arguments.version.clone(),
        rule: Rule::Exact,
    };
    let answer = Resolution { choice, reason, exact: arguments.exact, unmet: None, ignored: Vec::new() };
    Err(tool::become_tool(&call, env_context, &answer, arguments.ignores_pipe, &context.terminal))
}
