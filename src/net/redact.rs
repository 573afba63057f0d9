//! URLs as they may be shown: no user name, no password, no query, no fragment.

use reqwest::Url;
use std::fmt;
use std::path::Path;

/// The text of a URL from which everything that may be a secret is gone. Only this is ever displayed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedactedUrl(String);

impl RedactedUrl {
    /// The displayable form of `url`. A user name goes too, since tokens are often put there.
    pub fn of(url: &Url) -> Self {
        let mut shown = url.clone();
        let secret = !url.username().is_empty() || url.password().is_some();
        let query = url.query().is_some() && !is_plain(url);
        if query {
            shown.set_query(None);
        }
        shown.set_fragment(None);
        // These fail only for URLs that cannot carry credentials in the first place.
        let _ = shown.set_password(None);
        let _ = shown.set_username(if secret { "***" } else { "" });
        let mut text = shown.to_string();
        if query {
            text.push_str("?***");
        }
        Self(text)
    }

    /// The displayable form of a local path.
    pub(super) fn of_path(path: &Path) -> Self {
        match Url::from_file_path(path) {
            Ok(url) => Self::of(&url),
            Err(()) => Self(path.to_string_lossy().chars().flat_map(char::escape_debug).collect()),
        }
    }

    /// The displayable text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the query says only what every index of releases is asked: `?mode=json&include=all`.
fn is_plain(url: &Url) -> bool {
    url.query_pairs().all(|(name, value)| {
        matches!(name.as_ref(), "mode" | "include")
            && value.len() <= 8
            && value.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// `text` with everything between `//` (or its start) and its last `@` replaced, its query cut, and control
/// characters escaped: for words that do not parse as a URL but may hold a password all the same.
pub fn without_credentials(text: &str) -> String {
    let start = text.find("//").map_or(0, |at| at + 2);
    let (scheme, rest) = text.split_at(start);
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        // A password may have been cut in two, at a comma for example: what follows a colon is a port or a secret.
        None => match rest.split_once(':') {
            Some((host, after)) if !is_port(after) => format!("{host}:***"),
            _ => rest.to_owned(),
        },
    };
    let rest = rest.split_once(['?', '#']).map_or(rest.clone(), |(path, _)| format!("{path}?***"));
    format!("{scheme}{rest}").chars().flat_map(char::escape_debug).collect()
}

/// Whether what follows a host's colon is a port, with a path behind it or nothing.
fn is_port(text: &str) -> bool {
    let port = text.split(['/', '?', '#']).next().unwrap_or_default();
    (1..=5).contains(&port.len()) && port.bytes().all(|digit| digit.is_ascii_digit())
}

impl fmt::Display for RedactedUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for RedactedUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{}>", self.0)
    }
}
