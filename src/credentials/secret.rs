//! A secret, whose type does not print it; and what may be a login.

use std::fmt;

/// The most bytes of a secret: what servers and netrc readers take.
const SECRET_LIMIT: usize = 16 * 1024;
/// The most bytes of a login.
const LOGIN_LIMIT: usize = 1024;

/// A secret. Shows as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(super) String);

/// Why some bytes are not a secret that any header and file can hold. It holds none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASecret {
    /// Nothing, or an empty line.
    #[error("the secret is empty")]
    Empty,
    /// It is too long.
    #[error("the secret is longer than {} KiB", SECRET_LIMIT / 1024)]
    Long,
    /// It has a control character, such as a line break.
    #[error("a secret must be one line of text without control characters")]
    Control,
    /// It is not UTF-8.
    #[error("a secret must be one line of UTF-8 text")]
    NotText,
}

/// Why a text cannot be the name of a user at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALogin {
    /// It is empty.
    #[error("the user's name is empty")]
    Empty,
    /// It is too long.
    #[error("the user's name is longer than {LOGIN_LIMIT} bytes")]
    Long,
    /// Basic authentication ends it at a colon.
    #[error("a user's name cannot contain a colon")]
    Colon,
    /// A control character.
    #[error("a user's name cannot contain control characters")]
    Control,
}

impl Secret {
    /// The secret in `bytes`: one line, which any header and file can hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotASecret> {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if bytes.is_empty() {
            return Err(NotASecret::Empty);
        }
        if bytes.len() > SECRET_LIMIT {
            return Err(NotASecret::Long);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| NotASecret::NotText)?;
        if text.chars().any(char::is_control) {
            return Err(NotASecret::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret itself, to be given to the one it is for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Whether a user's name can be stored and sent.
pub fn check_login(text: &str) -> Result<(), NotALogin> {
    if text.is_empty() {
        Err(NotALogin::Empty)
    } else if text.len() > LOGIN_LIMIT {
        Err(NotALogin::Long)
    } else if text.contains(':') {
        Err(NotALogin::Colon)
    } else if text.chars().any(char::is_control) {
        Err(NotALogin::Control)
    } else {
        Ok(())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_stored_is_refused_for_its_own_reason() {
        let login = |length| check_login(&"j".repeat(length));
        assert_eq!((login(0), login(1), login(1024)), (Err(NotALogin::Empty), Ok(()), Ok(())));
        assert_eq!(login(1025), Err(NotALogin::Long));
        assert_eq!(check_login(&format!("{}:", "j".repeat(1024))), Err(NotALogin::Long));
        assert_eq!(check_login("a:b"), Err(NotALogin::Colon));
        assert_eq!(check_login("a\tb"), Err(NotALogin::Control));
        let secret = |bytes: &[u8]| Secret::parse(bytes).map(|secret| secret.reveal().to_owned());
        assert_eq!(secret(b"a b\r\n").as_deref(), Ok("a b"));
        for empty in [&b""[..], b"\n", b"\r\n"] {
            assert_eq!(secret(empty), Err(NotASecret::Empty));
        }
        assert!(secret(&vec![b'x'; 16 * 1024]).is_ok());
        assert_eq!(secret(&vec![b'x'; 16 * 1024 + 1]), Err(NotASecret::Long));
        assert_eq!(secret(b"a\nb"), Err(NotASecret::Control));
        assert_eq!(secret(b"a\xff"), Err(NotASecret::NotText));
    }
}
