//! Which Go runs in a directory, and why.
//!
//! Takes a [`resolve::Question`], gives a [`resolution::Answer`] or the [`error::Problem`] that prevents one. Reads files;
//! never writes, asks or starts a process.

pub mod error;
pub mod main_module;
pub mod resolution;
pub mod resolve;
