//! What is printed before a tool runs.
//!
//! Takes the notices that the shim's own code found, prints those that were not printed in the last day.

use crate::explain::notices;
use crate::store;
use crate::terminal::Terminal;
use gvmr_core::env::env_context::EnvContext;
use gvmr_core::env::notice::Notice;
use gvmr_core::sys::environment::{self, Environment};
use std::ffi::CStr;
use std::path::Path;

/// Says what was not said in the last day, and leaves the marks that it was. What cannot be marked is said again. `go` is
/// the program that will run, and what it gets.
pub(super) fn say(
    notices: &[Notice],
    env_context: &EnvContext,
    environment: &dyn Environment,
    go: Option<(&Path, &[&CStr])>,
    terminal: &Terminal,
) {
    let (own, directory) = (env_context.own.as_ref(), &env_context.directory);
    for notice in notices.iter().filter(|notice| !notice.was_said(own)) {
        if let Some(words) = notices::words(notice, directory, environment, go) {
            terminal.say(format_args!("gvmr: {words}"));
        }
        if let Some(own) = own.filter(|_| !environment::is_privileged()) {
            let _ = store::leave_mark(own, &notice.mark(own));
        }
    }
}
