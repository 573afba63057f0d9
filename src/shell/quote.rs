//! Words for shells: what is printed here, a shell reads back as exactly the value.
//!
//! Takes any bytes but NUL, in any locale; gives one word that `eval` and `source` read the same. Each word stands
//! alone: two of them must not touch, since zsh can be told to read `''` inside quotes as a quote.

use gvmr_core::sys::printable::is_unprintable;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

/// One word for sh, bash, zsh, ksh, dash and ash: in single quotes, where nothing but the quote itself is special.
pub fn posix(value: &OsStr) -> OsString {
    let mut word = Vec::with_capacity(value.len() + 2);
    word.push(b'\'');
    for &byte in value.as_bytes() {
        match byte {
            b'\'' => word.extend(br"'\''"),
            _ => word.push(byte),
        }
    }
    word.push(b'\'');
    OsString::from_vec(word)
}

/// A word as a person types it in a POSIX shell: in quotes only where the shell would change it.
pub fn where_needed(word: &OsStr) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-+/=:@%,".contains(byte);
    if !word.is_empty() && word.as_bytes().iter().all(is_plain) {
        return word.to_string_lossy().into_owned();
    }
    posix(word).to_string_lossy().into_owned()
}

/// The same for a person who decides whether it may run: what a terminal would not show is written as a number, in `$'…'`.
pub fn readable(word: &str) -> String {
    if !word.chars().any(is_unprintable) {
        return where_needed(OsStr::new(word));
    }
    let mut quoted = String::from("$'");
    for character in word.chars() {
        let number = u32::from(character);
        match character {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\'' | '\\' => quoted.extend(['\\', character]),
            _ if !is_unprintable(character) => quoted.push(character),
            _ => {
                let _ = match number {
                    0..0x80 => write!(quoted, "\\x{number:02x}"),
                    0x80..0x1_0000 => write!(quoted, "\\u{number:04x}"),
                    _ => write!(quoted, "\\U{number:08x}"),
                }; // to a string
            }
        }
    }
    quoted.push('\'');
    quoted
}

/// One word for fish. Bytes that are not UTF-8 are written as numbers, and a newline as `\n`: then the word also
/// survives `eval (gvmr env --shell fish)`, which joins lines with spaces.
pub fn fish(value: &OsStr) -> OsString {
    let mut word = FishWord { text: Vec::with_capacity(value.len() + 2), quoted: false };
    for chunk in value.as_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => word.bare("\\n"),
                '\'' | '\\' => word.quoted(&format!("\\{character}")),
                _ => word.quoted(character.encode_utf8(&mut [0; 4])),
            }
        }
        for byte in chunk.invalid() {
            word.bare(&format!("\\X{byte:02x}"));
        }
    }
    if word.text.is_empty() {
        word.quoted("");
    }
    word.bare("");
    OsString::from_vec(word.text)
}

/// One word for nushell: in single quotes, where nothing is special, or in double quotes if it holds a single quote. nushell
/// has no way to write bytes that are not UTF-8, so they are replaced.
pub fn nushell(value: &OsStr) -> OsString {
    let text = value.to_string_lossy();
    if !text.contains('\'') {
        return OsString::from(format!("'{text}'"));
    }
    OsString::from(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A word that is partly in quotes.
struct FishWord {
    text: Vec<u8>,
    quoted: bool,
}

impl FishWord {
    fn quoted(&mut self, text: &str) {
        self.push(true, text);
    }

    /// Escapes are read outside quotes only.
    fn bare(&mut self, text: &str) {
        self.push(false, text);
    }

    fn push(&mut self, quoted: bool, text: &str) {
        if self.quoted != quoted {
            self.text.push(b'\'');
            self.quoted = quoted;
        }
        self.text.extend(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nushell_words_are_in_the_plainest_quotes() {
        for (value, expected) in
            [("", "''"), (r"a\b $x", r"'a\b $x'"), ("it's \"x\" \\", r#""it's \"x\" \\""#)]
        {
            assert_eq!(nushell(OsStr::new(value)), OsStr::new(expected));
        }
    }

    #[test]
    fn words_look_as_a_person_would_write_them() {
        let table: &[(&[u8], &[u8], &[u8])] = &[
            (b"", b"''", b"''"),
            (b"/usr/bin", b"'/usr/bin'", b"'/usr/bin'"),
            (b"it's $HOME", br"'it'\''s $HOME'", br"'it\'s $HOME'"),
            (br"a\b", br"'a\b'", br"'a\\b'"),
            (b"a\nb", b"'a\nb'", br"'a'\n'b'"),
            (b"\n", b"'\n'", br"\n"),
            (b"a\xff\xc3", b"'a\xff\xc3'", br"'a'\Xff\Xc3"),
            ("é".as_bytes(), "'é'".as_bytes(), "'é'".as_bytes()),
        ];
        for (value, expected_posix, expected_fish) in table {
            let value = OsStr::from_bytes(value);
            assert_eq!(posix(value).as_bytes(), *expected_posix, "{value:?}");
            assert_eq!(fish(value).as_bytes(), *expected_fish, "{value:?}");
        }
    }

    #[test]
    fn what_is_not_seen_is_written_and_bash_reads_it_back() {
        for (word, expected) in [
            ("a b", "'a b'"),
            ("a\nb\t'\\", r"$'a\nb\t\'\\'"),
            ("\u{1b}[2J1", r"$'\x1b[2J1'"),
            ("\u{9b}\u{202e}\u{e0041}é", r"$'\u009b\u202e\U000e0041é'"),
        ] {
            assert_eq!(readable(word), expected);
            let script = format!("LC_ALL=C.UTF-8; printf %s {expected}");
            let read = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&read.stdout), word);
        }
    }

    #[test]
    fn a_word_is_quoted_where_a_shell_would_change_it() {
        for (word, expected) in [
            ("1.22", "1.22"),
            ("./go1.23.4.linux-amd64.tar.gz", "./go1.23.4.linux-amd64.tar.gz"),
            ("~1.22", "'~1.22'"),
            (">=1.21, <1.24", "'>=1.21, <1.24'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(where_needed(OsStr::new(word)), expected);
        }
    }
}
