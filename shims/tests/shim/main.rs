//! The shim as a process, its choices, and Go itself as the oracle of both.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)] // tests, and their own directories

mod choices;
mod faults;
mod go_oracle;
mod guards;
mod newer_module;
mod process;
mod shared;
mod support;
mod version_oracle;
mod words;
