//! The environment that a `go` gets: rules for directories and networks, project files, and who may decide.

mod compiled_rules;
pub(crate) mod env_why;
mod go_env_file;
mod gopath;
mod network_changes;
mod network_rules;
mod one_verdict;
mod rules_oracle;
mod trust;
