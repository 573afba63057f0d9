//! gvmr's own stories: real servers, real processes, real Go.

mod commands;
mod completions;
mod goproxy;
mod install;
mod kill;
mod net;
mod pins;
mod real;
mod rooms;
mod store;
mod tamper;
mod unpack;
mod verify;
mod support;
