//! Text from files and paths as it may be shown: a cloned repository must not move a terminal's cursor, and a line
//! stays a line.

use std::path::Path;

/// The most characters of a word that are shown.
const MAX_LENGTH: usize = 48;

/// A word, cut to a readable length, with control characters escaped.
pub fn word(text: &str) -> String {
    let mut shown = escaped(text.chars().take(MAX_LENGTH));
    if text.chars().nth(MAX_LENGTH).is_some() {
        shown.push('…');
    }
    shown
}

/// A path, whole, with control characters escaped.
pub fn path(path: &Path) -> String {
    escaped(path.to_string_lossy().chars())
}

/// A text of any length with control characters escaped, on one line.
pub fn text(text: &str) -> String {
    escaped(text.chars())
}

fn escaped(characters: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for character in characters {
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether it shows nothing, but turns the direction of what follows, ends a line, or hides in a word.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
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
}
