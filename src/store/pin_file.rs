//! What `gvmr use` writes into a `.go-version`: the version in its line, and all else as it was.
//!
//! Pure.

use gvmr_core::gover::version_file::{self, VersionFileErrorKind};

/// `text` with `written` in the place of its version; the comments, blank lines and further lines stay. Text without a
/// version gets a line at its end.
pub fn with_version(text: &str, written: &str) -> String {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let start = start.min('\u{feff}'.len_utf8()); // one mark at the beginning is none of the first line's words
    let mut result = text[..start].to_owned();
    let mut rest = text[start..].split_inclusive('\n');
    for line in rest.by_ref() {
        let content = line.trim_matches(is_blank);
        if content.is_empty() || content.starts_with('#') {
            result.push_str(line);
            continue;
        }
        let start = line.len() - line.trim_start_matches(is_blank).len();
        let end = start + end_of_version(&line[start..]);
        result.push_str(&line[..start]);
        result.push_str(written);
        result.push_str(&line[end..]);
        if !line.ends_with('\n') {
            result.push('\n');
        }
        result.extend(rest);
        return result;
    }
    if result.len() > start && !result.ends_with('\n') {
        result.push('\n');
    }
    result + written + "\n"
}

/// Whether these are the bytes of a `.go-version`, or of one that names no version yet: empty, or comments alone.
pub fn is_version_file(bytes: &[u8]) -> bool {
    match version_file::go_version(bytes) {
        Ok(_) => true,
        Err(fault) => fault.kind == VersionFileErrorKind::NoVersion,
    }
}

/// The blanks of the file's grammar, and the end of a line.
fn is_blank(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\r' | '\x0b' | '\x0c' | '\n')
}

/// Where the words of a line end that are no comment, nor the blanks before one.
fn end_of_version(line: &str) -> usize {
    let comment = line.char_indices().find(|(at, one)| *one == '#' && line[..*at].ends_with(is_blank));
    line[..comment.map_or(line.len(), |(at, _)| at)].trim_end_matches(is_blank).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gvmr_core::gover::version_file::go_version;

    #[test]
    fn only_the_version_changes() {
        for (text, expected) in [
            ("", "1.23\n"),
            ("1.22.1\n", "1.23\n"),
            ("1.22.1", "1.23\n"),
            ("# team\n1.22.1 # why\n", "# team\n1.23 # why\n"),
            ("\n\t1.22.1\t# why\r\n# end", "\n\t1.23\t# why\r\n# end"),
            ("\u{feff}go1.22.1\r\n1.21\r\n", "\u{feff}1.23\r\n1.21\r\n"),
            ("# nothing", "# nothing\n1.23\n"),
            ("1.21 1.22#x\n", "1.23\n"),
            ("é\n", "1.23\n"),
        ] {
            assert_eq!(with_version(text, "1.23"), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_what_is_read(text in "([ #\t\r\n.a-z0-9é\u{feff}]|1\\.2){0,40}") {
            let pin = go_version(with_version(&text, "1.23.4").as_bytes()).unwrap();
            proptest::prop_assert_eq!(pin.wanted.selector().unwrap().to_string(), "1.23.4");
        }
    }
}
