//! Toolchains built from their sources: made-up trees whose `make.bash` is a few lines, and a real one.

mod bootstrap;
mod endings;
mod fake;
mod processes;
mod real;
mod refusals;
