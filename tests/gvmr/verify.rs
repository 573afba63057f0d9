//! The room `verify`: what it accepts, what it refuses, and that it is what Go's own client does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and plays with files as an attacker would"
)]

mod cache;
mod cases;
mod flips;
mod forgeries;
mod go;
mod h1;
mod known;
mod oracle;
mod parsers;
mod public_log;
mod remote;
