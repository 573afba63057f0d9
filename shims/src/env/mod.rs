//! What the next go sees of its environment: rules of the project and of the user, network, GOPATH, credentials, notices.
//!
//! Takes a home, a directory and this process's environment, gives changes and notices. Never chooses a version, never
//! writes.

pub mod compiled_rules;
pub mod credentials;
pub mod env_context;
pub mod go_env_file;
pub mod goauth;
pub mod gopath;
pub mod gvmr_toml;
pub mod network;
pub mod notice;
pub mod rules;
pub mod subnet;
pub mod variable;
