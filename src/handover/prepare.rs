//! `gvmr shim-prepare`: what the shim needs before its tool can run.

use super::tool;
use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::provision;
use crate::terminal::Terminal;
use gvmr_core::exec::called_shim::CalledShim;
use gvmr_core::exec::invocation::Invocation;
use gvmr_core::exec::launch;
use gvmr_core::exec::shim;
use gvmr_core::home::paths::Home;
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::environment::Block;
use std::ffi::{CStr, CString};

/// Runs the command; it ends by becoming the tool.
pub fn run(arguments: &cli::ShimPrepareArgs, terminal: &Terminal) -> Result<(), Error> {
    let place = CalledShim::in_home(&Home::at(&arguments.home), &arguments.name);
    let words = tool::words(arguments.called.as_ref(), &arguments.name, &arguments.words)?;
    let words: Vec<&CStr> = words.iter().map(CString::as_c_str).collect();
    let block = launch::shallower(Block::of_process());
    let call = Invocation::parse(&place, &words, &block)
        .map_err(|word| tool::failed(&shim::ShimError::Plus(word)))?;
    let env_context = tool::env_context(&call)?;
    let mut answer =
        call.answer(&env_context).map_err(|problem| tool::failed(&shim::ShimError::Problem(problem)))?;
    if let Selection::Missing { wanted } = &answer.choice {
        let context = Context::open(Terminal::new(false), Some(place.home.root()))?;
        let reason = answer.reason.to_string();
        answer.choice = provision::install_missing(wanted, &reason, answer.reason.file.as_deref(), &context)?;
    }
    Err(tool::become_tool(&call, env_context, &answer, arguments.ignores_pipe, terminal))
}
