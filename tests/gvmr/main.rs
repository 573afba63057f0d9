//! gvmr's own stories: real servers, real processes, real Go.

// A story's unwrap is its assertion; it prints, writes its own temporary files and reads its own switches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(
    clippy::disallowed_methods,
    clippy::type_complexity,
    clippy::case_sensitive_file_extension_comparisons
)]
#![allow(missing_docs)] // a test's name says what it shows

mod archives;
mod auth;
mod build;
mod commands;
mod compiled_rules;
mod completions;
mod each;
mod env_why;
mod from_source;
mod goproxy;
mod host;
mod hygiene;
mod import;
mod index;
mod install;
mod kill;
mod matrix;
mod musl;
mod net;
mod network;
mod pins;
mod real;
mod roaming;
mod rooms;
mod rules_oracle;
mod sessions;
mod setup;
mod shared;
mod shell_edit;
mod shell_script;
mod shell_system;
mod shell_user;
mod shim_cost;
mod store;
mod support;
mod tamper;
mod trust;
mod unpack;
mod verify;
