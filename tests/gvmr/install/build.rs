//! Toolchains built from their sources: made-up trees whose `make.bash` is a few lines.

mod bootstrap;
mod endings;
mod fake;
mod processes;
mod refusals;
