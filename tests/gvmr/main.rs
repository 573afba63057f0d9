//! gvmr's own stories: real servers, real processes, real Go.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)] // tests stop where they stand

mod store;
mod support;
mod unpack;
