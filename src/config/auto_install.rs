//! The `auto-install` setting.

use super::error::ConfigError;
use serde::Deserialize;

/// Whether a missing version is installed without a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AutoInstall {
    /// Install without asking.
    Always,
    /// Ask once on a terminal; elsewhere say what to run.
    #[default]
    Ask,
    /// Only say what to run.
    Never,
}

impl AutoInstall {
    pub(super) fn parse(value: &str) -> Result<Self, ConfigError> {
        match value {
            "always" => Ok(Self::Always),
            "ask" => Ok(Self::Ask),
            "never" => Ok(Self::Never),
            _ => Err(ConfigError::Value {
                setting: "GVMR_AUTO_INSTALL",
                allowed: "always, ask or never",
                value: value.to_owned(),
            }),
        }
    }
}
