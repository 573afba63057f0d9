//! Which `Authorization` a request carries: from the URL itself, else from netrc; over `https` only.

use super::error::NetErrorKind;
use super::netrc::Netrc;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::HeaderValue;

/// The header for `url`. Credentials in an `http` URL are an error, as they are to cmd/go.
pub(super) fn authorization(url: &Url, netrc: &Netrc) -> Result<Option<HeaderValue>, NetErrorKind> {
    if has_login(url) {
        if url.scheme() != "https" {
            return Err(NetErrorKind::InsecureCredentials);
        }
        let password = decoded(url.password().unwrap_or_default());
        return Ok(basic(&decoded(url.username()), &password));
    }
    let found = netrc.credentials(url);
    Ok(found.and_then(|(login, password)| basic(login.as_bytes(), password.as_bytes())))
}

/// Whether an address holds a login.
pub(super) fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The user and the password in an address; `None` where one is missing or is no text.
pub fn url_login(url: &Url) -> Option<(String, String)> {
    let text = |part: &str| String::from_utf8(decoded(part)).ok();
    Some((text(url.username())?, text(url.password()?)?))
}

/// The header for the login in a proxy's address.
pub(super) fn basic_of(proxy: &Url) -> Option<HeaderValue> {
    let password = || decoded(proxy.password().unwrap_or_default());
    has_login(proxy).then(|| basic(&decoded(proxy.username()), &password()))?
}

/// `url` without the credentials in it, for a request line.
pub(super) fn stripped(url: &Url) -> Url {
    let mut bare = url.clone();
    // These fail only for URLs that cannot hold credentials.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare
}

fn basic(login: &[u8], password: &[u8]) -> Option<HeaderValue> {
    let pair = [login, b":", password].concat();
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Undoes percent-encoding; what is not an escape stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let escape = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escape.unwrap_or(b'%'));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    bytes.extend(rest.bytes());
    bytes
}
