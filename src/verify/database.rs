//! Which checksum database to believe: the reading of `GOSUMDB`, as cmd/go does it.
//!
//! Takes the setting's text; gives the database's name, its key and where to reach it. Toolchains are
//! always proved, so `off` is an error here and not a way around the proof. Never reads the environment.

use std::fmt;

use super::note::{KeyError, Verifier};

/// What `GOSUMDB` means where it is not set.
pub const DEFAULT_SETTING: &str = "sum.golang.org";

const GOLANG_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

/// A checksum database: its name, the key it signs with, and its address if the setting names one.
#[derive(Clone, PartialEq, Eq)]
pub struct Database {
    pub(super) verifier: Verifier,
    url: Option<String>,
}

/// Why a `GOSUMDB` setting names no usable database. None of the messages shows an address, which could
/// hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// `off`: nothing could be proved.
    #[error("the checksum database is disabled by GOSUMDB=off")]
    Disabled,
    /// An empty setting. (An unset one means [`DEFAULT_SETTING`].)
    #[error("GOSUMDB is empty")]
    Missing,
    /// More than a key and an address.
    #[error("GOSUMDB has {0} fields, expected a name or key and at most one URL")]
    Fields(usize),
    /// Neither a known name nor a verifier key.
    #[error("GOSUMDB: {key:?}: {source}")]
    Key {
        /// The first field. Verifier keys are public.
        key: String,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The key's name is not `host[/path]`, or could leave the cache directory.
    #[error("GOSUMDB: invalid database name {0:?}, expected host[/path]")]
    Name(String),
    /// The address is of a kind that is never fetched.
    #[error("GOSUMDB: not a valid URL, expected one that begins with https://, http:// or file://")]
    Url,
}

impl Database {
    /// Reads `sum.golang.org`, `sum.golang.google.cn`, `NAME+HASH+KEY`, each of the first and last also
    /// followed by a URL.
    pub fn from_setting(text: &str) -> Result<Self, SettingError> {
        let text = match text {
            // Served inside mainland China, signed with the same key.
            "sum.golang.google.cn" => "sum.golang.org https://sum.golang.google.cn",
            "off" => return Err(SettingError::Disabled),
            other => other,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let (key, url) = match *fields.as_slice() {
            [] => return Err(SettingError::Missing),
            [key] => (key, None),
            [key, url] => (key, Some(url)),
            _ => return Err(SettingError::Fields(fields.len())),
        };
        let key = if key == "sum.golang.org" { GOLANG_KEY } else { key };
        let verifier =
            Verifier::parse(key).map_err(|source| SettingError::Key { key: shown(key, text), source })?;
        if !is_host_and_path(verifier.name()) {
            return Err(SettingError::Name(shown(verifier.name(), text)));
        }
        if url.is_some_and(|url| !["https://", "http://", "file://"].iter().any(|s| url.starts_with(s))) {
            return Err(SettingError::Url);
        }
        Ok(Self { verifier, url: url.map(str::to_owned) })
    }

    /// The database's name, `host[/path]`: what signs its notes, and where a module proxy serves it, below
    /// `PROXY/sumdb/NAME`.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The address that the setting itself names. It goes before every proxy. It may hold a password.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Where the database is when no proxy serves it: [`Self::url`], else `https://NAME`.
    pub fn direct_url(&self) -> String {
        self.url.clone().unwrap_or_else(|| format!("https://{}", self.name()))
    }
}

/// A field that is not a key, as it may be shown: an address could hold a password, and the password a space.
fn shown(key: &str, setting: &str) -> String {
    if key.contains("://") || setting.contains('@') {
        "(a URL)".to_owned()
    } else {
        key.chars().take(120).collect()
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_ref().map(|_| "(set)");
        formatter.debug_struct("Database").field("key", &self.verifier).field("url", &url).finish()
    }
}

/// The name becomes a path in the cache and in URLs: plain characters, no empty, `.` or `..` element.
/// Go would take a few stranger names, such as one in another script.
fn is_host_and_path(name: &str) -> bool {
    name.split('/').all(|element| {
        element.bytes().any(|byte| byte != b'.')
            && element.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~:-".contains(&byte))
    })
}
