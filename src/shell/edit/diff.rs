//! A change of a text as a unified diff for people.
//!
//! Takes bytes; gives text that moves no cursor: what is not printable is escaped.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};
use std::fmt::Write as _;
use std::ops::Range;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The hunks that make `new` out of `old`, under headers with these names; empty if they are the same.
pub(super) fn unified(old_name: &str, new_name: &str, old: &[u8], new: &[u8]) -> String {
    if old == new {
        return String::new();
    }
    let (old, new) = (lines(old), lines(new));
    let mut text = format!("--- {old_name}\n+++ {new_name}\n");
    for hunk in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let old_range = first.old_range().start..last.old_range().end;
        let new_range = first.new_range().start..last.new_range().end;
        let _ = writeln!(text, "@@ -{} +{} @@", span(&old_range), span(&new_range));
        for part in &hunk {
            put_part(&mut text, part, &old, &new);
        }
    }
    text
}

fn put_part(text: &mut String, part: &DiffOp, old: &[&[u8]], new: &[&[u8]]) {
    if part.tag() == DiffTag::Equal {
        old[part.old_range()].iter().for_each(|line| put_line(text, ' ', line));
        return;
    }
    old[part.old_range()].iter().for_each(|line| put_line(text, '-', line));
    new[part.new_range()].iter().for_each(|line| put_line(text, '+', line));
}

fn put_line(text: &mut String, sign: char, line: &[u8]) {
    text.push(sign);
    let ended = line.strip_suffix(b"\n");
    put_printable(text, ended.unwrap_or(line));
    text.push_str(if ended.is_some() { "\n" } else { "\n\\ No newline at end of file\n" });
}

/// The range of a hunk, as in `diff -u`: an empty one is behind the line before it.
fn span(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        length => format!("{},{length}", range.start + 1),
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn put_printable(text: &mut String, line: &[u8]) {
    for chunk in line.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '\t' || !(character.is_control() || turns_text(character)) {
                text.push(character);
            } else {
                text.extend(character.escape_default());
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
}

/// Characters that are not seen, or that show what follows them in another order.
fn turns_text(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_what_people_know() {
        let old = b"1\n2\n3\n4\n5\n6\n7\n8\n9";
        let new = b"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let wanted = "--- a\n+++ b\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -6,4 +7,4 @@\n 6\n 7\n 8\n-9\n\
                      \\ No newline at end of file\n+9\n";
        assert_eq!(unified("a", "b", old, new), wanted);
        assert_eq!(unified("/dev/null", "b", b"", b"x\n"), "--- /dev/null\n+++ b\n@@ -0,0 +1 @@\n+x\n");
        assert_eq!(unified("a", "/dev/null", b"x\n", b""), "--- a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");
        assert_eq!(unified("a", "b", b"x", b"x"), "");
    }

    #[test]
    fn nothing_in_a_file_drives_the_terminal() {
        let shown = unified("a", "b", b"", b"\x1b]0;x\x07\xff\xc3\tu\xcc\x88\r\n\xe2\x80\xaex\xc2\x9b\x00\n");
        assert!(
            shown.ends_with("+\\u{1b}]0;x\\u{7}\\xff\\xc3\tu\u{308}\\r\n+\\u{202e}x\\u{9b}\\u{0}\n"),
            "{shown}"
        );
        assert!(shown.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
    }
}
