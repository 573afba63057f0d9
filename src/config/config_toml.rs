//! The settings in `config.toml`, as they are written.
//!
//! Takes the file, gives its values. A mistake is an error that names its line and column, and never shows a value.

use super::auto_install::AutoInstall;
use super::error::ConfigError;
use crate::net::without_credentials_in_text;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::ErrorKind;
use std::path::Path;
use toml::de::DeTable;

/// The largest `config.toml` that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// The settings that have values of their own here.
const KEYS: [&str; 7] =
    ["auto-install", "lock-timeout", "sources", "index", "mirrors", "musl-index", "musl-mirrors"];

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
        let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => return Err(unreadable(error)),
        };
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            let what = format!("expected a regular file of at most {MAX_BYTES} bytes");
            return Err(unreadable(std::io::Error::new(ErrorKind::InvalidInput, what)));
        }
        Self::parse(path, &std::fs::read_to_string(path).map_err(unreadable)?)
    }

    /// The values in `text`, the content of the file at `path`.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text)
            .map_err(|error| ConfigError::Malformed { path: path.to_owned(), message: located(text, &error) })
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

/// Line, column, key and mistake. The line itself is not shown: it may hold a password.
fn located(text: &str, error: &toml::de::Error) -> String {
    let key = error.span().and_then(|span| key_at(text, span.start)).map(|key| format!("{key}: "));
    let key = key.unwrap_or_default();
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let (line, column) =
        (before.matches('\n').count() + 1, before.chars().rev().take_while(|one| *one != '\n').count() + 1);
    format!("line {line}, column {column}: {key}{}", without_credentials_in_text(error.message()))
}

/// The setting whose value holds this offset; `None` where the mistake is in a key, or the file is not TOML.
fn key_at(text: &str, offset: usize) -> Option<&'static str> {
    let table = DeTable::parse(text).ok()?;
    let entry = table.get_ref().iter().find(|(_, value)| value.span().contains(&offset))?;
    KEYS.into_iter().find(|key| *key == entry.0.get_ref().as_ref())
}
