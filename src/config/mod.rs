//! The user's settings: which home is used, and what `config.toml` says.
//!
//! Takes the environment, gives typed settings. An environment variable wins over the file. A mistake in the file is an
//! error that names its line, never a silent default. Only compiled rules and trust are written.

mod auto_install;
mod compiled;
mod config_toml;
mod error;
mod lock_timeout;
mod paths;
mod place;
pub mod project_file;
pub mod redacted;
mod ruled_environment;
mod rules;
mod settings;
mod sources;
mod trust;

pub use auto_install::AutoInstall;
pub use compiled::{rules, rules_to_look_at};
pub use error::ConfigError;
pub use place::{home_to_share, own_home};
pub use ruled_environment::RuledEnvironment;
pub use rules::{cleaned, compile_config, compile_project, goflags, summary};
pub use settings::Settings;
pub use sources::{SourceName, SourceSettings};
pub use trust::{
    CHECK_FILE, CheckBytes, Trust, TrustError, TrustState, Trusted, TrustedCheck, is_check_file,
};
