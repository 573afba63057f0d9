//! Addresses as they may be shown: no user name, no password, no query, no fragment.
//!
//! Takes a URL, an address as a person wrote it, or a line that may hold some; gives what may be shown of it. Of an
//! address nothing before its last `@` is shown, whether it parses or not: a password may hold any character.

use gvmr_core::sys::printable;
use reqwest::Url;
use std::borrow::Cow;
use std::fmt;
use std::path::Path;

/// The schemes that may be shown before what is hidden. Any other word there may be the beginning of a password.
const SCHEMES: [&str; 8] = ["https", "http", "file", "socks5h", "socks5", "socks4", "ftp", "ssh"];
/// What gvmr itself appends to an address, and what servers say of it: the `@` behind it hides nothing.
const OWN: &str = "golang.org/toolchain";

/// The text of a URL from which everything that may be a secret is gone. Only this is ever displayed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedactedUrl(String);

impl RedactedUrl {
    /// The displayable form of `url`. A user name goes too, since tokens are often put there.
    pub fn of(url: &Url) -> Self {
        let mut shown = url.clone();
        let secret = !url.username().is_empty() || url.password().is_some();
        let query = url.query().is_some() && !is_plain(url);
        let cut = |part: Option<&str>| part.is_some_and(|part| part.contains('@'));
        if cut(url.query()) || cut(url.fragment()) {
            return Self(format!("{}://***?***", url.scheme()));
        }
        if query {
            shown.set_query(None);
        }
        shown.set_fragment(None);
        // What has a scheme twice was no URL: all of it may be a login.
        if url.scheme() != "file" && url.path().starts_with("//") && url.path().contains(':') {
            shown.set_path("/***");
        }
        // These fail only for URLs that cannot carry credentials in the first place.
        let _ = shown.set_password(None);
        let _ = shown.set_username(if secret { "***" } else { "" });
        let mut text = shown.to_string();
        // A local path is no place for credentials, and many a home is called after `user@domain`.
        if url.scheme() != "file" || url.has_host() {
            text = last_at(&text).map_or(text.clone(), |at| behind_scheme(&text, at));
        }
        if query {
            text.push_str("?***");
        }
        Self(text)
    }

    /// The displayable form of a local path.
    pub(super) fn of_path(path: &Path) -> Self {
        match Url::from_file_path(path) {
            Ok(url) => Self::of(&url),
            Err(()) => Self(printable::path(path)),
        }
    }

    /// Whether the URL holds something that is not shown, which a server might repeat.
    pub(super) fn hides(url: &Url) -> bool {
        Self::of(url).0.contains("***")
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

/// One address as a person wrote it: a scheme, and what follows the last `@`, without the query and with control
/// characters escaped.
pub fn without_credentials(text: &str) -> String {
    let text: &str = &decoded(text);
    // A quote that became part of the value is no part of a password.
    let quotes = text.len() - text.trim_start_matches(['"', '\'']).len();
    let (scheme, rest) = text.split_at(quotes + scheme_length(text.get(quotes..).unwrap_or_default()));
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => without_cut(rest),
    };
    printable::text(&format!("{scheme}{}", without_query(&rest)))
}

/// A list of addresses, as `GOPROXY` and `GVMR_MIRROR` hold it. A password may contain the separators of the list, and then
/// reaches to the last `@` before the next address.
pub fn without_credentials_in_list(list: &str) -> String {
    const SEPARATORS: [char; 2] = [',', '|'];
    let list: &str = &decoded(list);
    let is_address = |at: &usize| {
        let rest = list.get(*at..).unwrap_or_default();
        scheme_length(rest.trim_start()) > 0
    };
    let after_separator = list.match_indices(SEPARATORS).map(|(at, _)| at + 1).filter(is_address);
    let mut starts: Vec<usize> = std::iter::once(0).chain(after_separator).collect();
    // What a password was cut off from is no address, and its end is behind the next one.
    let is_cut = |from: usize, to: usize| {
        let text = list.get(from..to).unwrap_or_default().trim_end_matches(SEPARATORS).trim();
        let rest = text.get(scheme_length(text)..).unwrap_or_default();
        !rest.contains('@') && rest.split_once(':').is_some_and(|(_, after)| !is_port(after))
    };
    let mut number = 0;
    while let (Some(from), Some(to)) = (starts.get(number).copied(), starts.get(number + 1).copied()) {
        if is_cut(from, to) {
            starts.remove(number + 1);
        } else {
            number += 1;
        }
    }
    let ends = starts.iter().skip(1).copied().chain([list.len()]);
    let addresses = starts.iter().zip(ends).filter_map(|(from, to)| list.get(*from..to));
    let shown = addresses.map(|address| {
        let hidden = match address.rfind('@') {
            Some(at) => behind_scheme(address, at),
            None => address.to_owned(),
        };
        let parts = hidden.split_inclusive(SEPARATORS).map(|part| {
            let word = part.trim_end_matches(SEPARATORS);
            let separator = part.get(word.len()..).unwrap_or_default();
            let lead = word.len() - word.trim_start().len();
            let (blank, word) = word.split_at(lead);
            format!("{blank}{}{separator}", without_credentials(word))
        });
        parts.collect::<String>()
    });
    shown.collect()
}

/// A line that may hold addresses, such as a server's answer or a value with several words: nothing between the
/// beginning of its first address and its last `@` is shown, and no query. Control characters stay.
pub fn without_credentials_in_text(text: &str) -> String {
    let text: &str = &decoded(text);
    let shown = match last_at(text) {
        Some(at) if is_of_address(text, at) => hidden(text, at),
        _ => text.to_owned(),
    };
    let words = shown.split_inclusive([' ', '\t', ';']).map(|part| {
        let word = part.trim_end_matches([' ', '\t', ';']);
        let separator = part.get(word.len()..).unwrap_or_default();
        match scheme_in(word) {
            Some((start, length)) => {
                let (before, rest) = word.split_at(start + length);
                format!("{before}{}{separator}", without_query(&without_cut(rest)))
            }
            None => part.to_owned(),
        }
    });
    words.collect()
}

/// The text with an encoded `@` or scheme as what it hides, where it has one: what was encoded once too often, or typed
/// with a wide `＠`, is a secret all the same.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    const ENCODED: [(&str, &str); 7] =
        [("%25", "%"), ("%40", "@"), ("%3a", ":"), ("%3A", ":"), ("%2f", "/"), ("%2F", "/"), ("＠", "@")];
    if !text.contains(['%', '＠']) {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_owned();
    for _ in 0..3 {
        plain = ENCODED.iter().fold(plain, |plain, (encoded, meant)| plain.replace(encoded, meant));
    }
    let count = |text: &str| text.matches('@').count();
    let hides = count(&plain) > count(text) || (scheme_in(&plain).is_some() && scheme_in(text).is_none());
    if hides { Cow::Owned(plain) } else { Cow::Borrowed(text) }
}

/// Whether the `@` at `at` follows what may be an address: something with `//`, or a user and a password.
fn is_of_address(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before.rsplit([' ', '\t']).next().unwrap_or_default();
    before.contains("//") || word.contains(':')
}

/// `text` with all between the scheme that it begins with and the `@` at `at` replaced.
fn behind_scheme(text: &str, at: usize) -> String {
    let blank = text.len() - text.trim_start().len();
    let start = blank + scheme_length(text.trim_start());
    format!("{}***{}", text.get(..start).unwrap_or_default(), text.get(at..).unwrap_or_default())
}

/// `text` with all between its scheme, else the beginning of its word, and the `@` at `at` replaced.
fn hidden(text: &str, at: usize) -> String {
    let (before, rest) = text.split_at(at);
    // Without a scheme: the word that the first "//" is in, else the one that ends here.
    let word = || {
        let end = before.find("//").unwrap_or(before.len());
        before.get(..end).and_then(|before| before.rfind([' ', '\t'])).map_or(0, |blank| blank + 1)
    };
    let start = scheme_in(before).map_or_else(word, |(start, length)| start + length);
    format!("{}***{rest}", text.get(..start).unwrap_or_default())
}

/// The last `@` that may end credentials.
fn last_at(text: &str) -> Option<usize> {
    text.match_indices('@').rev().map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).unwrap_or_default();
        let is_own = before.strip_suffix('/').unwrap_or(before).ends_with(OWN);
        let names_version = text.get(at + 1..).is_some_and(|rest| rest.starts_with('v'));
        !(is_own && names_version)
    })
}

/// The length of a known scheme with its `://` that the text begins with; 0 for none.
fn scheme_length(text: &str) -> usize {
    let begins = |scheme: &&&str| {
        let head = text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        head && text.get(scheme.len()..).is_some_and(|rest| rest.starts_with("://"))
    };
    SCHEMES.iter().find(begins).map_or(0, |scheme| scheme.len() + "://".len())
}

/// Where the first known scheme stands in the text, and its length with `://`.
fn scheme_in(text: &str) -> Option<(usize, usize)> {
    let first = |(at, _): (usize, &str)| {
        let before = text.get(..at)?;
        let letters = |one: char| one.is_ascii_alphanumeric();
        let start = before.rfind(|one| !letters(one)).map_or(0, |other| other + 1);
        // The other character may be longer than a byte.
        let start = (start..=at).find(|start| text.is_char_boundary(*start))?;
        let length = scheme_length(text.get(start..)?);
        (length > 0).then_some((start, length))
    };
    text.match_indices("://").find_map(first)
}

/// A password may have been cut in two, at a comma for example: what follows a host's colon is a port or a secret.
fn without_cut(text: &str) -> String {
    match text.split_once(':') {
        Some((host, after)) if !text.contains('@') && !is_port(after) => format!("{host}:***"),
        _ => text.to_owned(),
    }
}

fn without_query(text: &str) -> String {
    text.split_once(['?', '#']).map_or_else(|| text.to_owned(), |(path, _)| format!("{path}?***"))
}

/// Whether what follows a host's colon is a port, with a path behind it or nothing.
fn is_port(text: &str) -> bool {
    let port = text.split(['/', '?', '#']).next().unwrap_or_default().trim_end_matches(['"', '\'']);
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
