//! The settings in `config.toml`, as they are written.
//!
//! Takes the file, gives its values. A mistake is an error that names its line and column, and never shows a value.

use super::auto_install::AutoInstall;
use super::error::ConfigError;
use crate::net::without_credentials_in_text;
use gvmr_core::env::compiled_rules::SOURCE_LIMIT;
use gvmr_core::home::shared_home;
use gvmr_core::sys::bounded::{self, Refusal};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::{self, ErrorKind};
use std::path::Path;
use toml::de::DeTable;

/// The settings that have values of their own here.
const KEYS: [&str; 8] =
    ["auto-install", "lock-timeout", "sources", "index", "mirrors", "musl-index", "musl-mirrors", "dist"];

/// `config.toml` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) auto_install: Option<AutoInstall>,
    pub(super) lock_timeout: Option<String>,
    pub(super) sources: Option<List>,
    pub(super) index: Option<String>,
    pub(super) mirrors: Option<List>,
    pub(super) musl_index: Option<String>,
    pub(super) musl_mirrors: Option<List>,
    pub(super) dist: Option<String>,
    // The rules for directories and networks are [`compile_config`]'s, which names its own mistakes.
    #[serde(rename = "env")]
    pub(super) _env: Option<IgnoredAny>,
    #[serde(rename = "directory")]
    pub(super) _directory: Option<IgnoredAny>,
    #[serde(rename = "network")]
    pub(super) _network: Option<IgnoredAny>,
}

/// One or several values, as `config.toml` may write them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
pub(super) enum List {
    One(String),
    Several(Vec<String>),
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        match read(path) {
            Ok(Some(bytes)) => {
                let text = str::from_utf8(&bytes).map_err(|_| {
                    let source = io::Error::new(ErrorKind::InvalidData, "it is not UTF-8 text");
                    ConfigError::Unreadable { path: path.to_owned(), source }
                })?;
                Self::parse(path, text)
            }
            // For the shim too, neither says anything.
            Ok(None) | Err(ConfigError::Foreign { .. }) => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// The values in `text`, the content of the file at `path`.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| malformed(path, text, &error))
    }
}

/// The bytes of `config.toml`; `None` where it is not there. As the shim reads it: whatever it is, this does not wait.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let refused = |refusal| match refusal {
        Refusal::Unreadable(error) => unreadable(error),
        other => unreadable(io::Error::new(ErrorKind::InvalidInput, format!("it {other}"))),
    };
    let bytes = bounded::read_owned(path, SOURCE_LIMIT, &shared_home::trusted_uids()).map_err(refused)?;
    match (bytes, shared_home::foreign_owner(path)) {
        (None, Some(owner)) => Err(ConfigError::Foreign { path: path.to_owned(), owner }),
        (bytes, _) => Ok(bytes),
    }
}

impl List {
    /// The words; a single value may hold several, with commas between them.
    pub(super) fn into_words(self) -> Vec<String> {
        let values = match self {
            Self::One(value) => value.split(',').map(str::to_owned).collect(),
            Self::Several(values) => values,
        };
        values.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }
}

/// Where the mistake is, the key and the mistake. The line itself is not shown: it may hold a password.
fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let key = error.span().and_then(|span| key_at(text, span.start)).map(|key| format!("{key}: "));
    let key = key.unwrap_or_default();
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    ConfigError::Malformed {
        path: path.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before.chars().rev().take_while(|one| *one != '\n').count() + 1,
        message: format!("{key}{}", without_credentials_in_text(error.message())),
    }
}

/// The setting whose value holds this offset; `None` where the mistake is in a key, or the file is not TOML.
fn key_at(text: &str, offset: usize) -> Option<&'static str> {
    let table = DeTable::parse(text).ok()?;
    let entry = table.get_ref().iter().find(|(_, value)| value.span().contains(&offset))?;
    KEYS.into_iter().find(|key| *key == entry.0.get_ref().as_ref())
}
