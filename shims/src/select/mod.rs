//! Which Go runs in a directory, and why.
//!
//! Takes a [`resolve::Query`], gives a [`resolution::Resolution`] or the [`error::ResolveError`] that prevents one. Reads files;
//! never writes, asks or starts a process.

pub mod error;
pub mod main_module;
pub mod pin_files;
pub mod pin_owners;
pub mod project;
pub mod resolution;
pub mod resolve;
pub mod tool_file;
