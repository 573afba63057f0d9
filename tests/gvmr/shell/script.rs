//! What gvmr writes for shells, told by the shells themselves: bash, zsh, fish, dash, busybox ash, mksh and ksh93.

mod command;
mod cost;
mod go_install;
mod paths;
mod quotes;
mod sessions;
mod shells;
mod start;
