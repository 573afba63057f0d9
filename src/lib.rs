//! gvmr's rooms. The program in `main.rs` is the only intended user; tests and benches use them too.

pub mod atomic_file;
pub mod build;
pub mod calendar;
pub mod cli;
pub mod commands;
pub mod complete;
pub mod config;
pub mod context;
pub mod credentials;
pub mod discover;
pub mod error;
pub mod explain;
pub mod go_env;
pub mod handover;
pub mod host;
pub mod install;
pub mod net;
pub mod process;
pub mod provision;
pub mod request;
pub mod shell;
pub mod sources;
pub mod store;
pub mod terminal;
pub mod unpack;
pub mod verify;
