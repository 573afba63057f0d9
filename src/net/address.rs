//! An address as a person wrote it, parsed: what readers would read differently is no address.
//!
//! Takes text, gives a URL or what may be shown of the text. A `\`, `/`, `?` or `#` in a password ends the host for some
//! readers and not for others, so what stands before the last `@` would be sent or shown as something else. Never guesses.

use super::redact::without_credentials;
use reqwest::Url;

/// How a password is written in a URL.
const PERCENT_ENCODED: &str = "in a user name or password, write \\ # / ? @ as %5C %23 %2F %3F %40";

/// What to do about a value that is not an address, as it may be shown: quotes of a shell or an env file have become a part of
/// it, or a login is not encoded.
pub(super) fn address_step(shown: &str) -> String {
    const QUOTES: [char; 2] = ['"', '\''];
    let (text, encoded) = (shown.trim(), || PERCENT_ENCODED.to_owned());
    let quotes = match (text.starts_with(QUOTES), text.ends_with(QUOTES)) {
        (true, true) => "remove the quotes, which are a part of the value",
        (true, false) | (false, true) => "remove the quote, which is a part of the value",
        (false, false) => return encoded(),
    };
    // Where there is a login, that may be wrong too.
    if text.contains('@') { format!("{quotes}; {PERCENT_ENCODED}") } else { quotes.to_owned() }
}

/// The same about a list of addresses, in which a comma separates.
pub fn list_step(shown: &str) -> String {
    let step = address_step(shown);
    if step.ends_with(PERCENT_ENCODED) { format!("{step}, and a comma as %2C") } else { step }
}

/// A text that is not a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid URL: \"{shown}\"")]
pub struct NotAUrl {
    /// What may be shown of it.
    pub shown: String,
}

/// The URL that `text` is.
pub fn parse(text: &str) -> Result<Url, NotAUrl> {
    let fail = || NotAUrl { shown: without_credentials(text) };
    let url = Url::parse(text).map_err(|_| fail())?;
    let is_local = url.scheme() == "file" && !url.has_host();
    if is_local || !is_ambiguous(text) { Ok(url) } else { Err(fail()) }
}

/// Whether readers disagree on where the host of an address is.
pub(super) fn is_ambiguous(text: &str) -> bool {
    let (authority, behind) = split(text);
    let is_cut = behind.rsplit_once('@').is_some_and(|(_, rest)| {
        let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        !authority.contains('@')
            && authority.contains(':')
            && (host.contains(['.', ':']) || host == "localhost")
    });
    let path = behind.split(['?', '#']).next().unwrap_or_default();
    is_cut || path.contains('\\') || text.trim().contains(|one: char| one.is_control())
}

/// The host with what is before it, and all behind the first character that ends it.
pub(super) fn split(text: &str) -> (&str, &str) {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_a_value_are_what_is_wrong_with_it_on_whichever_side() {
        let both = "remove the quotes, which are a part of the value";
        let one = "remove the quote, which is a part of the value";
        for (value, expected) in [
            ("'http://h:1'", both),
            ("\"http://h:1\"", both),
            ("'http://h:1\"", both),
            (" 'h:1' ", both),
            ("'http://h:1", one),
            ("http://h:1'", one),
            ("\"http://h:1", one),
            ("http://h:1\"", one),
            ("http://***@h/x@y", PERCENT_ENCODED),
            ("", PERCENT_ENCODED),
        ] {
            assert_eq!(address_step(value), expected, "{value}");
        }
        assert_eq!(address_step("'http://***@h'"), format!("{both}; {PERCENT_ENCODED}"));
        assert!(list_step("a b").ends_with("%40, and a comma as %2C") && list_step("'a'") == both);
    }
}
