//! Lines for the user: a few of each kind, and how many more there were.

use crate::hexadecimal;
use crate::net::without_credentials_in_text;

/// Lines of one kind that are told in full.
const FULL: usize = 8;
/// Characters of a server's word that are shown.
const WORD: usize = 60;

/// Lines of one kind.
#[derive(Debug, Default)]
pub(super) struct Notes {
    lines: Vec<String>,
    more: usize,
}

impl Notes {
    pub(super) fn add(&mut self, line: impl FnOnce() -> String) {
        if self.lines.len() < FULL {
            self.lines.push(line());
        } else {
            self.more += 1;
        }
    }

    /// The lines; the last one may say how many more of `what` there are.
    pub(super) fn lines(mut self, what: &str) -> Vec<String> {
        if self.more > 0 {
            self.lines.push(format!("and {} more {what}", self.more));
        }
        self.lines
    }
}

/// A server's word, cut, printable and without credentials.
pub(super) fn shown(word: &str) -> String {
    let word = without_credentials_in_text(word);
    let mut characters = word.chars();
    let text: String = characters.by_ref().take(WORD).flat_map(char::escape_debug).collect();
    format!("\"{text}{}\"", if characters.next().is_some() { "…" } else { "" })
}

/// A sum as the index writes it.
pub(super) fn hex(sum: &[u8; 32]) -> String {
    hexadecimal::digits(sum)
}
