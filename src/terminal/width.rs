//! The width of a text on a screen, and of the screen itself.

use std::os::fd::AsFd;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Stands for what was left out.
const ELLIPSIS: char = '…';

/// How many columns of a screen the text takes.
pub(super) fn of(text: &str) -> usize {
    text.width()
}

/// The columns of the terminal behind `stream`; `None` where it is none. One that does not say has 80.
pub(super) fn columns(stream: impl AsFd) -> Option<usize> {
    if !rustix::termios::isatty(&stream) {
        return None;
    }
    match rustix::termios::tcgetwinsize(&stream).map_or(0, |size| size.ws_col) {
        0 => Some(80),
        columns => Some(columns.into()),
    }
}

/// The text in at most `limit` columns, with its middle left out if it is longer: both ends of a path or an address
/// say more.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    if of(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(1);
    let head = take(text.chars(), room - room / 2);
    let tail: Vec<char> = take(text.chars().rev(), room / 2).chars().rev().collect();
    head.chars().chain([ELLIPSIS]).chain(tail).collect()
}

/// The text in lines of at most `limit` columns, broken between words, and within a longer word. The first line keeps its
/// leading blanks; the others leave room for an indent.
pub(super) fn wrap(text: &str, limit: usize, indent: usize) -> Vec<String> {
    if of(text) <= limit {
        return vec![text.to_owned()];
    }
    let blanks = text.len() - text.trim_start().len();
    let below = limit.saturating_sub(indent).max(1);
    let mut lines = vec![" ".repeat(blanks)];
    let mut limit = limit.max(1);
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let is_empty = line.trim().is_empty();
        let gap = usize::from(!is_empty);
        if of(line) + gap + of(word) <= limit {
            line.push_str(if is_empty { "" } else { " " });
            line.push_str(word);
            continue;
        }
        let mut rest = word;
        if is_empty {
            rest = push_start(line, rest, limit);
        }
        limit = below;
        while !rest.is_empty() {
            let mut line = String::new();
            rest = push_start(&mut line, rest, limit);
            lines.push(line);
        }
    }
    lines
}

/// Adds what fits of a word to a line, one character at least, and gives the rest.
fn push_start<'w>(line: &mut String, word: &'w str, limit: usize) -> &'w str {
    let fits = take(word.chars(), limit.saturating_sub(of(line)));
    let first = word.chars().next().map_or(0, char::len_utf8);
    let (start, rest) = word.split_at(fits.len().max(first));
    line.push_str(start);
    rest
}

/// As many characters as fit.
fn take(characters: impl Iterator<Item = char>, limit: usize) -> String {
    let mut used = 0;
    let fits = |character: &char| {
        used += character.width().unwrap_or(0);
        used <= limit
    };
    characters.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_long_text_is_left_out() {
        for (text, limit, expected) in [
            ("short", 5, "short"),
            ("abcdefghij", 7, "abc…hij"),
            ("abcdefghij", 6, "abc…ij"),
            ("日本語日本語", 7, "日…語"),
            ("abc", 1, "…"),
            ("", 0, ""),
        ] {
            assert_eq!(shorten(text, limit), expected);
            assert!(of(&shorten(text, limit)) <= limit.max(1));
        }
    }

    #[test]
    fn a_text_is_broken_between_words_and_within_a_long_one() {
        for (text, limit, indent, expected) in [
            ("one two", 7, 0, &["one two"][..]),
            ("one two", 6, 2, &["one", "two"]),
            ("  one two", 6, 0, &["  one", "two"]),
            ("/a/long/path:12", 6, 0, &["/a/lon", "g/path", ":12"]),
            ("at /a/long/path:12 x", 8, 2, &["at", "/a/lon", "g/path", ":12 x"]),
            ("日本語", 1, 0, &["日", "本", "語"]),
        ] {
            assert_eq!(wrap(text, limit, indent), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_wrapped_text_loses_nothing_and_fits(text in "[ -~é日]{0,60}", limit in 3_usize..40, indent in 0_usize..3) {
            let lines = wrap(&text, limit, indent);
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            proptest::prop_assert_eq!(bare(&lines.concat()), bare(&text));
            let blanks = text.len() - text.trim_start().len();
            proptest::prop_assert!(blanks + 2 > limit || lines.iter().all(|line| of(line) <= limit), "{:?}", lines);
        }
    }
}
