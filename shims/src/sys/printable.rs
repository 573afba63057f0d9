//! Text from files, paths and servers as it may be shown: a cloned repository must not move a terminal's cursor, and a line
//! stays a line.
//!
//! Takes any text, gives [`Printable`], which is all that the terminal writes. What becomes a part of a message passes
//! [`path`], [`word`], [`typed`] or [`text`], which escape ends of lines too.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::path::Path;

/// The most characters of a word that are shown.
const MAX_LENGTH: usize = 48;

/// Text without control characters and without what turns the direction of text or shows nothing. Only ends of lines, and
/// tabs between fields, are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printable(String);

impl Printable {
    /// One or several lines.
    pub fn lines(text: impl Display) -> Self {
        let mut shown = Escaping(String::new(), |character| matches!(character, '\n' | '\t'));
        let _ = write!(shown, "{text}"); // to a string
        Self(shown.0)
    }

    /// One line: ends of lines are escaped too.
    pub fn line(text: impl Display) -> Self {
        let mut shown = Escaping(String::new(), |character| character == '\t');
        let _ = write!(shown, "{text}"); // to a string
        Self(shown.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Printable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A word, cut to a readable length, with control characters escaped.
pub fn word(text: &str) -> String {
    let mut shown = escaped(text.chars().take(MAX_LENGTH));
    if text.chars().nth(MAX_LENGTH).is_some() {
        shown.push('…');
    }
    shown
}

/// A word where someone may have typed an address by mistake: nothing before its last `@` is shown, and nothing behind a
/// `?`, since either may be a secret.
pub fn typed(text: &str) -> String {
    let is_address = text.contains("://") || text.contains('@');
    let cut = match text.rfind('@') {
        Some(at) => Cow::Owned(format!("***{}", text.get(at..).unwrap_or_default())),
        None if is_address && text.contains("%40") => Cow::Borrowed("***"),
        None => Cow::Borrowed(text),
    };
    match cut.split_once('?').filter(|_| is_address) {
        Some((shown, _)) => word(shown) + "?***",
        None => word(&cut),
    }
}

/// A path, whole, with control characters escaped.
pub fn path(path: impl AsRef<Path>) -> String {
    escaped(path.as_ref().to_string_lossy().chars())
}

/// A text of any length with control characters escaped, on one line.
pub fn text(text: &str) -> String {
    escaped(text.chars())
}

/// Whether it shows nothing, or may move the cursor, end a line, or turn the direction of what follows.
pub fn is_unprintable(character: char) -> bool {
    character.is_control() || is_invisible(character)
}

/// Writes what may be shown as it is and the rest escaped.
struct Escaping(String, fn(char) -> bool);

impl fmt::Write for Escaping {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            push(&mut self.0, character, self.1(character));
        }
        Ok(())
    }
}

fn escaped(characters: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for character in characters {
        push(&mut shown, character, false);
    }
    shown
}

fn push(shown: &mut String, character: char, is_ours: bool) {
    if !is_ours && is_unprintable(character) {
        shown.extend(character.escape_default());
    } else {
        shown.push(character);
    }
}

/// Whether it shows nothing, but turns the direction of what follows, ends a line, or hides in a word.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_a_cursor_is_escaped_and_long_words_are_cut() {
        assert_eq!(word("go1.2\x1b]0;x\x07"), "go1.2\\u{1b}]0;x\\u{7}");
        assert_eq!(path(Path::new("/a\nb/ü")), "/a\\nb/ü");
        assert_eq!(text("a\u{202e}b\u{2028}c\u{200b}"), "a\\u{202e}b\\u{2028}c\\u{200b}");
        assert_eq!(word(&"1".repeat(900)).chars().count(), 49);
    }

    #[test]
    fn of_what_is_printed_only_ends_of_lines_and_tabs_are_left() {
        let text = "a\tb\n\u{1b}[2J\r\u{7}\u{9b}31m\u{7f}\u{202e}\u{61c}é日\u{e0041}";
        let shown = "\\u{1b}[2J\\r\\u{7}\\u{9b}31m\\u{7f}\\u{202e}\\u{61c}é日\\u{e0041}";
        assert_eq!(Printable::lines(text).as_str(), format!("a\tb\n{shown}"));
        assert_eq!(Printable::line(text).as_str(), format!("a\tb\\n{shown}"));
        for character in ('\0'..=char::MAX).filter(|character| character.is_control()) {
            let shown = Printable::line(character).0;
            assert!(character == '\t' || shown.chars().all(|one| one.is_ascii_graphic()), "{shown:?}");
        }
    }

    #[test]
    fn of_an_address_in_the_place_of_a_word_no_secret_is_shown() {
        for (typed_word, shown) in [
            ("1.22", "1.22"),
            ("go@1.22", "***@1.22"),
            ("https://joe:canary@host/x", "***@host/x"),
            ("joe:can@ary@host", "***@host"),
            ("https://joe:canary%40host", "***"),
            ("https://host/x?token=canary", "https://host/x?***"),
            ("canary@host?canary", "***@host?***"),
            (">=1.21?", ">=1.21?"),
        ] {
            assert_eq!(typed(typed_word), shown);
        }
        let long = format!("https://joe:{}@host", "canary".repeat(20));
        assert_eq!(typed(&long), "***@host");
    }
}
