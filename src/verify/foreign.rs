//! Answers that are none of a log's: an error document with the status of success, from a proxy that relays no log.
//!
//! Takes an answer's bytes, gives what they are instead. What has the form of a log's answer, or is merely damaged, is not
//! told apart here: that is for the proof. Pure.

use std::str;

/// What begins the text of a signed tree head.
const TREE_HEAD: &str = "go.sum database tree\n";

/// What an answer is that cannot be a record: it begins with no id, holds no tree head, and is text.
pub(super) fn instead_of_record(answer: &[u8]) -> Option<&'static str> {
    let text = str::from_utf8(answer).ok()?;
    let id = text.lines().next().unwrap_or_default();
    if id.parse::<i64>().is_ok() || text.contains(TREE_HEAD) { None } else { instead(text) }
}

/// What an answer is that has not the length of a tile, whose bytes are hashes: text.
pub(super) fn instead_of_tile(answer: &[u8]) -> Option<&'static str> {
    instead(str::from_utf8(answer).ok()?)
}

fn instead(text: &str) -> Option<&'static str> {
    let is_text = text.chars().all(|letter| !letter.is_control() || letter.is_whitespace());
    match text.trim_start().chars().next() {
        None => Some("it is empty"),
        Some('{' | '[') if is_text => Some("it is JSON"),
        Some(_) if is_text => Some("it is some other text"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_documents_are_told_from_what_has_the_form_of_an_answer() {
        for (answer, expected) in [
            (&b"{\"errors\":[{\"status\":401}]}"[..], Some("it is JSON")),
            (b"\n  [1]", Some("it is JSON")),
            (b"", Some("it is empty")),
            (b"\r\n", Some("it is empty")),
            (b"upstream request timeout", Some("it is some other text")),
            (b"12\nx v1 h1:a=\n\n", None),
            (b"12", None),
            (b"-1\n{}", None),
            (b"x\na v1 h1:b=\n\ngo.sum database tree\n7\n", None),
            (b"\xff\xfe12\n", None),
            (b"12q\0", None),
        ] {
            assert_eq!(instead_of_record(answer), expected, "{answer:?}");
        }
        assert_eq!(instead_of_tile(b"{}"), Some("it is JSON"));
        assert_eq!(instead_of_tile(&[7; 31]), None);
        assert_eq!(instead_of_tile(&[0x81; 40]), None);
    }
}
