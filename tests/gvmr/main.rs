//! gvmr's own stories: real servers, real processes, real Go.

// A story's `unwrap` is its assertion; it writes its own temporary files and reads its own switches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods)]

mod store;
mod support;
mod unpack;
