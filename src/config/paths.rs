//! Paths that the environment names: a setting that is one, and `config.toml`.

use super::error::ConfigError;
use directories::BaseDirs;
use gvmr_core::home::user_dirs;
use gvmr_core::sys::environment::Environment;
use std::path::PathBuf;

/// The user's `config.toml`, the same that the shim's rules come from. Without `HOME` the shim knows only the one that the
/// compiled rules name; here the user's account gives it.
pub(super) fn config_file(environment: &dyn Environment) -> Option<PathBuf> {
    user_dirs::config_file(environment).or_else(|| {
        let is_named = ["GVMR_CONFIG", "HOME"].iter().any(|name| environment.get(name).is_some());
        let directories = BaseDirs::new().filter(|_| !is_named)?;
        Some(directories.config_dir().join("gvmr/config.toml"))
    })
}

/// The value of a path setting, refused where it is relative.
pub(super) fn absolute(
    environment: &dyn Environment,
    setting: &'static str,
) -> Result<Option<PathBuf>, ConfigError> {
    match environment.get(setting).map(PathBuf::from) {
        Some(path) if path.is_relative() => {
            Err(ConfigError::Relative { setting, value: path.to_string_lossy().into_owned() })
        }
        path => Ok(path),
    }
}
