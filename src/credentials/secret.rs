//! A secret, whose type does not print it; and what may be a login.

use std::fmt;

/// A secret. Shows as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(super) String);

impl Secret {
    /// The secret that `text` is: one line, which any header and file can hold; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let fits = !text.is_empty() && text.len() <= 16 * 1024 && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The secret itself, to be given to the one it is for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Whether a user's name can be stored and sent: Basic authentication ends it at a colon.
pub fn is_login(text: &str) -> bool {
    !text.is_empty() && text.len() <= 1024 && !text.chars().any(|one| one == ':' || one.is_control())
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}
