//! gvmr's own stories: real servers, real processes, real Go.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::disallowed_methods)]
#![allow(missing_docs)] // a test's name says what it shows

mod commands;
mod completions;
mod goproxy;
mod install;
mod kill;
mod net;
mod pins;
mod real;
mod rooms;
mod shim_cost;
mod store;
mod support;
mod tamper;
mod unpack;
mod verify;
