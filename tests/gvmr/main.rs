//! gvmr's integration tests: real servers, real processes, real Go.

// A test's unwrap is its assertion; it prints, writes its own temporary files and reads its own switches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(
    clippy::disallowed_methods,
    clippy::type_complexity,
    clippy::case_sensitive_file_extension_comparisons
)]
#![allow(missing_docs)] // a test's name says what it shows

mod architecture;
mod artifacts;
mod auth;
mod check;
mod commands;
mod distribution;
mod doctor;
mod durability;
mod environment;
mod go_program;
mod host;
mod install;
mod language;
mod net;
mod other_users;
mod report;
mod self_uninstall;
mod self_update;
mod shared_home;
mod shell;
mod shim_cost;
mod store;
mod support;
mod unpack;
mod verify;
