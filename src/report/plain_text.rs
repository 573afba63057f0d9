//! Text from outside as a report may carry it: no sequences for terminals, no control characters, nothing invisible.
//!
//! CI servers read commands in a job's log: none is left either. Each format still escapes what it reads as its own.

use gvmr_core::sys::printable::is_unprintable;

/// Stands for what was left out.
const ELLIPSIS: char = '…';
/// Begins a sequence for a terminal, alone or before another character.
const ESCAPE: char = '\u{1b}';

/// Lines that end with `\n`.
pub(super) fn lines(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            ESCAPE => match rest.next_if(|next| *next != '\n') {
                Some('[') => skip_parameters(&mut rest),
                Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&mut rest),
                Some(' '..='/') => drop(rest.next_if(|next| *next != '\n')),
                _ => {}
            },
            '\u{9b}' => skip_parameters(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut rest),
            '\r' => {
                rest.next_if_eq(&'\n');
                plain.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => plain.push('\n'),
            '\n' | '\t' => plain.push(character),
            _ if is_unprintable(character) || is_noncharacter(character) => {}
            _ => plain.push(character),
        }
    }
    without_commands(plain)
}

/// `::error::` opens a command where a line begins, `##[error]` and `##name[` anywhere. A blank breaks them.
fn without_commands(text: String) -> String {
    if !text.contains("::") && !text.contains("##") {
        return text;
    }
    let lines = text.split('\n').map(|line| {
        let blanks = line.len() - line.trim_start().len();
        let (blanks, rest) = line.split_at(blanks);
        let line =
            rest.strip_prefix("::").map_or_else(|| line.to_owned(), |rest| format!("{blanks}: :{rest}"));
        let mut broken = String::with_capacity(line.len());
        for part in line.split_inclusive('[') {
            let before = part.strip_suffix('[').unwrap_or_default();
            let opens = before.trim_end_matches(|one: char| one.is_alphanumeric()).ends_with("##");
            broken.push_str(if opens { before } else { part });
            broken.push_str(if opens { " [" } else { "" });
        }
        broken
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same on one line.
pub(super) fn one_line(text: &str) -> String {
    let text = lines(text);
    text.split(['\n', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// One line of at most so many characters.
pub(super) fn brief(text: &str, most: usize) -> String {
    // What is far beyond the limit is not read: a text may have a mebibyte.
    let end = text.char_indices().nth(most.saturating_mul(8)).map_or(text.len(), |(end, _)| end);
    let (start, rest) = text.split_at(end);
    let start = one_line(start);
    let is_whole = rest.trim().is_empty() || start.chars().nth(most).is_some();
    shortened(&if is_whole { start } else { format!("{start}{ELLIPSIS}") }, most)
}

/// At most so many characters, the last of which says that there were more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain([ELLIPSIS]).collect()
}

/// The last lines of a text, at most so many, of at most so many characters.
pub(super) fn last_lines(text: &str, most: usize, most_characters: usize) -> Vec<String> {
    let mut last: Vec<_> = text.trim_end().rsplit('\n').take(most).collect();
    last.reverse();
    let text = lines(&last.join("\n"));
    let lines: Vec<_> = text.trim_end().lines().collect();
    let from = lines.len().saturating_sub(most);
    lines.iter().skip(from).map(|line| shortened(&line.replace('\t', "    "), most_characters)).collect()
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// `31m`
fn skip_parameters(rest: &mut Rest<'_>) {
    while rest.next_if(|next| matches!(next, ' '..='?')).is_some() {}
    rest.next_if(|next| matches!(next, '@'..='~'));
}

/// Up to a bell or `ESC \`, and never beyond the line.
fn skip_string(rest: &mut Rest<'_>) {
    while let Some(character) = rest.next_if(|next| !matches!(next, '\n' | '\r')) {
        match character {
            '\u{7}' | '\u{9c}' => return,
            ESCAPE => {
                rest.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

/// Unicode's numbers that no character ever has; XML forbids two of them.
fn is_noncharacter(character: char) -> bool {
    matches!(character, '\u{fdd0}'..='\u{fdef}') || u32::from(character) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_for_terminals_goes_and_the_text_stays() {
        for (text, plain) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}]0;title\u{7}a", "a"),
            ("\u{1b}]8;;http://x\u{1b}\\a", "a"),
            ("\u{1b}]0;no end\nb", "\nb"),
            ("\u{1b}(Ba\u{1b}Mb\u{1b}", "ab"),
            ("\u{1b}\nb", "\nb"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("a\0b\u{fffe}c\u{ffff}\u{1fffe}d\u{202e}\u{feff}", "abcd"),
            ("日本 \u{fffd}", "日本 \u{fffd}"),
            ("::error::a\n \u{1b}[m::b::", ": :error::a\n : :b::"),
            ("a ##[error]b ##vso[c] ###[d] ## e", "a ##\u{20}[error]b ##vso\u{20}[c] ###\u{20}[d] ## e"),
        ] {
            assert_eq!(lines(text), plain, "{text:?}");
        }
        assert_eq!(one_line(" a\r\n\n\tb  c\n"), "a b  c");
        assert_eq!(brief("abcd", 4), "abcd");
        assert_eq!(brief("abcde", 4), "abc…");
        assert_eq!(brief(&format!("a{}b", "\0".repeat(99)), 4), "a…");
        assert_eq!(last_lines("a\nb\n\tc\n", 2, 9), ["b", "    c"]);
        assert_eq!(last_lines("a\rb\rcd\n\n", 2, 1), ["b", "…"]);
    }

    proptest! {
        #[test]
        fn nothing_that_moves_a_cursor_is_left(text in any::<String>()) {
            let plain = lines(&text);
            prop_assert!(plain.chars().all(|one| matches!(one, '\n' | '\t') || !one.is_control()));
            prop_assert_eq!(lines(&plain), plain.clone());
            prop_assert!(!one_line(&text).contains(['\n', '\t']));
        }
    }
}
