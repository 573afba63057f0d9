//! gvmr's own stories: real servers, real processes, real Go.

mod commands;
mod completions;
mod install;
mod kill;
mod pins;
mod real;
mod rooms;
mod tamper;
mod verify;
mod support;
