//! The lines of a sudoers file that matter for `secure_path`.
//!
//! Takes bytes, gives lines as sudo joins and reads them. All that it does not know is another line, never an error: whether the
//! whole is in order is for `visudo` to say.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// What one line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// `secure_path` is set, or switched off (`None`); `scoped` for some users, hosts or commands only.
    Setting { value: Option<OsString>, scoped: bool },
    /// Another file is read here.
    Include(Vec<u8>),
    /// A directory's files are read here.
    IncludeDirectory(Vec<u8>),
    /// Nothing of that.
    Other,
}

/// The lines of `text` with the numbers they start at. A backslash at the end continues a line, but not a comment.
pub(super) fn lines(text: &[u8]) -> Vec<(usize, &[u8])> {
    let mut lines = Vec::new();
    let (mut start, mut first, mut end) = (0, 1, 0);
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        end += line.len();
        let is_comment = start + line.len() == end && line.trim_ascii_start().starts_with(b"#");
        if is_comment || !continues(line) {
            lines.push((first, &text[start..end]));
            (start, first) = (end, index + 2);
        }
    }
    if start < end {
        lines.push((first, &text[start..end]));
    }
    lines
}

fn continues(line: &[u8]) -> bool {
    line.ends_with(b"\n") && line.trim_ascii_end().ends_with(b"\\")
}

impl Line {
    /// Reads one joined line.
    pub(super) fn parse(line: &[u8]) -> Self {
        let line = line.trim_ascii_start();
        let include = line.strip_prefix(b"@").or_else(|| line.strip_prefix(b"#"));
        if let Some(rest) = include.and_then(|rest| rest.strip_prefix(b"include")) {
            let (rest, directory) = rest.strip_prefix(b"dir").map_or((rest, false), |rest| (rest, true));
            return match included_name(rest) {
                Some(name) if directory => Self::IncludeDirectory(name),
                Some(name) => Self::Include(name),
                None => Self::Other,
            };
        }
        let Some(rest) = line.strip_prefix(b"Defaults") else { return Self::Other };
        match rest.first() {
            Some(b' ' | b'\t') => Self::settings(Words(rest), false),
            // Whom it is for is one list of words; the settings follow it.
            Some(b':' | b'@' | b'>' | b'!') => Self::settings(Words(&rest[1..]), true),
            _ => Self::Other,
        }
    }

    /// The last `secure_path` among settings that are separated by commas.
    fn settings(mut words: Words<'_>, scoped: bool) -> Self {
        let mut found = Self::Other;
        let mut negated = false;
        while let Some(word) = words.next() {
            match word {
                Word::Sign(b'!') => negated = !negated,
                Word::Text(name) if name == b"secure_path" => match words.value() {
                    Some(value) => {
                        found = Self::Setting { value: Some(OsString::from_vec(value)), scoped };
                    }
                    None if negated => found = Self::Setting { value: None, scoped },
                    None => {}
                },
                _ => negated = false,
            }
        }
        found
    }
}

/// The name behind `include` or `includedir`: a word, which may be quoted.
fn included_name(rest: &[u8]) -> Option<Vec<u8>> {
    if !rest.first().is_some_and(u8::is_ascii_whitespace) {
        return None;
    }
    match Words(rest).next() {
        Some(Word::Text(name)) if !name.is_empty() => Some(name),
        _ => None,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Text(Vec<u8>),
    Sign(u8),
}

/// What is left of a line; a comment ends it.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    /// What follows `=`, where that comes next.
    fn value(&mut self) -> Option<Vec<u8>> {
        let here = self.0;
        if let (Some(Word::Sign(b'=')), Some(Word::Text(value))) = (self.next(), self.next()) {
            return Some(value);
        }
        self.0 = here;
        None
    }

    fn next(&mut self) -> Option<Word> {
        self.0 = self.0.trim_ascii_start();
        while let Some(length) = line_end(self.0) {
            self.0 = self.0[length..].trim_ascii_start();
        }
        let (first, after) = self.0.split_first()?;
        match first {
            b'#' => None,
            b'=' | b',' | b'!' => {
                self.0 = after;
                Some(Word::Sign(*first))
            }
            b'"' => {
                let (text, length) = quoted(after);
                self.0 = &after[length..];
                Some(Word::Text(text))
            }
            _ => {
                let (text, length) = plain(self.0);
                self.0 = &self.0[length..];
                Some(Word::Text(text))
            }
        }
    }
}

/// A plain word and its length in the line. A backslash takes the next byte as it is.
fn plain(line: &[u8]) -> (Vec<u8>, usize) {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        let ends = byte.is_ascii_whitespace() || matches!(byte, b'=' | b',' | b'"' | b'#');
        if ends || line_end(&line[at..]).is_some() {
            break;
        }
        at += usize::from(byte == b'\\' && at + 1 < line.len());
        text.push(line[at]);
        at += 1;
    }
    (text, at)
}

/// What stands before the closing quote, and its length with that. A backslash stays, but before a quote and a line's end.
fn quoted(line: &[u8]) -> (Vec<u8>, usize) {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = line.get(at).filter(|byte| **byte != b'"') {
        if let Some(length) = line_end(&line[at..]) {
            let after = &line[at + length..];
            at += length + after.len() - after.trim_ascii_start().len();
            continue;
        }
        at += usize::from(byte == b'\\' && line.get(at + 1) == Some(&b'"'));
        text.push(line[at]);
        at += 1;
    }
    (text, (at + 1).min(line.len()))
}

/// The length of a backslash and the line's end behind it, where that comes next.
fn line_end(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"\\")?;
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    (rest.get(blanks) == Some(&b'\n')).then_some(blanks + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(value: &str) -> Line {
        Line::Setting { value: Some(value.into()), scoped: false }
    }

    #[test]
    fn settings_are_read_as_sudo_reads_them() {
        let table = [
            ("Defaults secure_path=\"/usr/bin:/bin\"", set("/usr/bin:/bin")),
            ("Defaults    secure_path = /sbin:/bin", set("/sbin:/bin")),
            ("\tDefaults\tsecure_path=/sbin # comment", set("/sbin")),
            ("Defaults env_reset, secure_path=/a:/b,!lecture", set("/a:/b")),
            ("Defaults secure_path=/a, secure_path=\"/b\"", set("/b")),
            ("Defaults secure_path=\"/a b:/c,d=e#f\", insults", set("/a b:/c,d=e#f")),
            ("Defaults secure_path=/a\\ b:/c", set("/a b:/c")),
            ("Defaults secure_path=\"a\\\"b\\c\"", set("a\"b\\c")),
            ("Defaults !secure_path", Line::Setting { value: None, scoped: false }),
            ("Defaults ! secure_path", Line::Setting { value: None, scoped: false }),
            ("Defaults !lecture, secure_path=/x", set("/x")),
            ("Defaults:ann secure_path=/x", Line::Setting { value: Some("/x".into()), scoped: true }),
            ("Defaults!/usr/bin/go secure_path=/x", Line::Setting { value: Some("/x".into()), scoped: true }),
            ("Defaults@host !secure_path", Line::Setting { value: None, scoped: true }),
            ("Defaults secure_path", Line::Other),
            ("Defaults badpass_message=\"secure_path=/x\"", Line::Other),
            ("Defaults env_keep+=\"A B\", timestamp_timeout=5", Line::Other),
            ("# Defaults secure_path=/x", Line::Other),
            ("#Defaults secure_path=/x", Line::Other),
            ("Defaultssecure_path=/x", Line::Other),
            ("root ALL=(ALL) ALL # secure_path=/x", Line::Other),
            ("", Line::Other),
        ];
        for (line, expected) in table {
            assert_eq!(Line::parse(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn includes_in_both_spellings() {
        let include = |name: &str| Line::Include(name.into());
        let directory = |name: &str| Line::IncludeDirectory(name.into());
        let table = [
            ("@includedir /etc/sudoers.d", directory("/etc/sudoers.d")),
            ("#includedir /etc/sudoers.d", directory("/etc/sudoers.d")),
            ("  @include sudoers.local", include("sudoers.local")),
            ("#include \"/etc/with space\"", include("/etc/with space")),
            ("@include /etc/with\\ space", include("/etc/with space")),
            ("# include /etc/x", Line::Other),
            ("#included /etc/x", Line::Other),
            ("@include", Line::Other),
        ];
        for (line, expected) in table {
            assert_eq!(Line::parse(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn a_backslash_continues_a_line_but_no_comment() {
        let text = b"a \\\nb\n# c \\\nd\r\ne \\";
        let expected = [(1, "a \\\nb\n"), (3, "# c \\\n"), (4, "d\r\n"), (5, "e \\")];
        assert_eq!(lines(text), expected.map(|(line, text)| (line, text.as_bytes())));
        assert_eq!(lines(b""), []);
        for (text, value) in [
            ("Defaults \\\n  secure_path=\"/a:\\ \n\t /b\"\n", "/a:/b"),
            ("Defaults env_reset, \\\n secure_path=/b#c", "/b"),
        ] {
            assert_eq!(Line::parse(text.as_bytes()), set(value), "{text}");
        }
    }
}
