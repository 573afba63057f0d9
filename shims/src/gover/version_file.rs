//! The grammar of version files: `.go-version`, the home's `default` and `.tool-versions`.
//!
//! Takes the bytes of a file, gives what it asks for and the line that does. A version file is data: it can only
//! choose among official versions, or the Go outside gvmr.

use crate::gover::selector::{NotAVersion, RequestedGo, Selector};
use crate::sys::printable;
use std::fmt;
use std::path::PathBuf;

/// What a version file asks for, and where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// What the line asks for.
    pub wanted: RequestedGo,
    /// What it asks for where that is not installed, in order: asdf's further versions on the line.
    pub fallbacks: Vec<RequestedGo>,
    /// The line, counted from 1.
    pub line: usize,
    /// A later line that also says something and is not read.
    pub ignored: Option<usize>,
}

/// Why a file asks for nothing that can be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFileError {
    /// The line at fault, counted from 1; `None` where the whole file lacks something.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: VersionFileErrorKind,
}

/// What is wrong with a version file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionFileErrorKind {
    /// No line names a version.
    NoVersion,
    /// The word in the version's place is none.
    NotAVersion(NotAVersion),
    /// A value of a TOML file that takes more than a line's text to understand, named by its kind.
    NotAString(&'static str),
    /// The file is a link to this one outside the project, which is not understood. What it holds is never shown.
    Outside(PathBuf),
}

impl Pin {
    /// What one word on a line asks for.
    pub(crate) fn parse(line: usize, word: &[u8]) -> Result<Self, VersionFileError> {
        let wanted = match std::str::from_utf8(word) {
            Ok(word) => RequestedGo::parse(word),
            Err(_) => RequestedGo::parse(&String::from_utf8_lossy(word)),
        };
        match wanted {
            Ok(wanted) => Ok(Self { wanted, fallbacks: Vec::new(), line, ignored: None }),
            Err(word) => Err(VersionFileError::at(line, VersionFileErrorKind::NotAVersion(word))),
        }
    }

    /// What the words of a line ask for, the first one first. Of the others those count that can be understood.
    pub(crate) fn in_order<'a>(
        line: usize,
        mut words: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, VersionFileError> {
        let first =
            words.next().ok_or_else(|| VersionFileError::at(line, VersionFileErrorKind::NoVersion))?;
        let mut pin = Self::parse(line, first)?;
        let further = words.map_while(|word| Self::parse(line, word).ok());
        pin.fallbacks = further.map(|pin| pin.wanted).collect();
        Ok(pin)
    }
}

impl VersionFileError {
    pub(crate) fn at(line: usize, kind: VersionFileErrorKind) -> Self {
        Self { line: Some(line), kind }
    }
}

/// Reads a `.go-version`: the first line that is neither blank nor a comment, which is one version word.
///
/// Blanks around it, a comment after it, CRLF and a UTF-8 byte order mark are allowed; later lines, which goenv uses
/// for further versions, are not read.
pub fn go_version(text: &[u8]) -> Result<Pin, VersionFileError> {
    let mut lines = lines(text);
    let (line, content) =
        lines.next().ok_or(VersionFileError { line: None, kind: VersionFileErrorKind::NoVersion })?;
    let mut pin = Pin::parse(line, content)?;
    pin.ignored = lines.next().map(|(line, _)| line);
    Ok(pin)
}

/// Reads the home's `default`: as a `.go-version`, but for a second line that says in a word what the first cannot.
///
/// Programs up to 0.1 read the first line alone, where a default that moves stands as its nearest prefix or version:
/// `1` for `latest`.
pub fn default(text: &[u8]) -> Result<Pin, VersionFileError> {
    let pin = go_version(text)?;
    let word = lines(text).nth(1).and_then(|(line, word)| Pin::parse(line, word).ok());
    let moves = |pin: &Pin| {
        matches!(
            pin.wanted,
            RequestedGo::Version(Selector::Latest | Selector::OldStable | Selector::Range(_))
        )
    };
    Ok(word.filter(moves).unwrap_or(Pin { ignored: None, ..pin }))
}

/// Reads the `golang` (or `go`) line of a `.tool-versions`; `None` where it has no such line.
///
/// Further versions on the line count where those before them are not installed.
pub fn tool_versions(text: &[u8]) -> Result<Option<Pin>, VersionFileError> {
    for (line, content) in lines(text) {
        let end = content.iter().position(|byte| is_blank(*byte)).unwrap_or(content.len());
        let (tool, versions) = content.split_at(end);
        if !matches!(tool, b"golang" | b"go") {
            continue;
        }
        let versions = versions.trim_ascii();
        if let Ok(pin) = Pin::parse(line, versions) {
            return Ok(Some(pin)); // a range may hold blanks
        }
        let words = versions.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
        return Pin::in_order(line, words).map(Some);
    }
    Ok(None)
}

/// The numbered lines that hold something besides blanks and a comment, without those.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let numbered = text.split(|byte| *byte == b'\n').enumerate();
    numbered.map(|(index, line)| (index + 1, content(line))).filter(|(_, line)| !line.is_empty())
}

/// `line` up to a `#` that starts it or follows a blank, without the blanks at both ends.
fn content(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut after_blank = true;
    for (index, byte) in line.iter().enumerate() {
        if *byte == b'#' && after_blank {
            break;
        }
        after_blank = is_blank(*byte);
        if !after_blank {
            end = index + 1;
        }
    }
    let line = line.get(..end).unwrap_or_default();
    let start = line.iter().take_while(|byte| is_blank(**byte)).count();
    line.get(start..).unwrap_or_default()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c')
}

impl fmt::Display for VersionFileErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVersion => formatter.write_str("no version found; write one line such as 1.23.4 or 1.23"),
            Self::NotAVersion(word) => word.fmt(formatter),
            Self::Outside(target) => write!(
                formatter,
                "leads out of the project to {}, which is not a version file; its content is not shown",
                printable::path(target)
            ),
            Self::NotAString(kind) => {
                write!(
                    formatter,
                    "go is {kind}, which gvmr cannot read; write one line such as go = \"1.23.4\""
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gover::selector::NotAVersionKind;
    use proptest::prelude::*;

    fn pin(line: usize, version: &str) -> Pin {
        Pin { wanted: RequestedGo::parse(version).unwrap(), fallbacks: Vec::new(), line, ignored: None }
    }

    #[test]
    fn what_a_go_version_file_may_look_like() {
        for (text, line, version) in [
            (&b"1.23.4\n"[..], 1, "1.23.4"),
            (b"1.23.4", 1, "1.23.4"),
            (b"go1.23\r\n", 1, "1.23"),
            (b"\xef\xbb\xbf1.23.4\r\n", 1, "1.23.4"),
            (b"\n  \t\n# chosen by hand\n\t 1.24rc1 \n", 4, "1.24rc1"),
            (b"1.22.1 # until the port is done\n", 1, "1.22.1"),
            (b"latest\n", 1, "latest"),
            (b"stable", 1, "latest"),
            (b"oldstable\n", 1, "oldstable"),
            (b"1.22.x\n", 1, "1.22"),
            (b"1.22.*\n", 1, "1.22"),
            (b"1.x\n", 1, "1"),
            (b"v1.22.3\n", 1, "1.22.3"),
            (b">=1.21 <1.24\n", 1, ">=1.21 <1.24"),
            (b"system\n", 1, "system"),
            (b"  # comment\r\n\r\n1.20\r\n", 3, "1.20"),
        ] {
            assert_eq!(go_version(text), Ok(pin(line, version)), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_it_may_not() {
        for text in [&b""[..], b"\n\n", b"# 1.22\n", b"\xef\xbb\xbf", b"\r\n \t\r\n"] {
            assert_eq!(
                go_version(text),
                Err(VersionFileError { line: None, kind: VersionFileErrorKind::NoVersion }),
                "{text:?}"
            );
        }
        for (text, line) in [
            (&b"../../x\n"[..], 1),
            (b"/usr/local/go", 1),
            (b"\ngo 1.22\n", 2),
            (b"1.22 1.23\n", 1),
            (b"1.22#x\n", 1),
            (b"path:/opt/go\n", 1),
            (b"1.21,1.22\n", 1),
            (b"1.22\0\n", 1),
            (b"\x7fELF\x02\x01\x01", 1),
            (b"\xff\xfe1\0.\x002\0", 1),
        ] {
            let fault = go_version(text).unwrap_err();
            assert_eq!(fault.line, Some(line), "{text:?}");
            assert!(matches!(fault.kind, VersionFileErrorKind::NotAVersion(_)), "{text:?}");
        }
    }

    #[test]
    fn a_line_that_is_not_read_is_named() {
        assert_eq!(go_version(b"1.22.1\n").unwrap().ignored, None);
        assert_eq!(go_version(b"1.22.1\n\n# and\n1.21.0\nnonsense\n").unwrap().ignored, Some(4));
    }

    #[test]
    fn a_default_says_in_a_word_on_its_second_line_what_it_follows() {
        for (text, line, word) in [
            (&b"1.22.12\n"[..], 1, "1.22.12"),
            (b"1\nlatest\n", 2, "latest"),
            (b"1.26.11\noldstable\n", 2, "oldstable"),
            (b"1.22.12\n~1.22\n", 2, "~1.22"),
            (b"1.22.12\n1.23\n", 1, "1.22.12"),
            (b"1.22.12\nsystem\n", 1, "1.22.12"),
            (b"1.22.12\n../../x\n", 1, "1.22.12"),
        ] {
            assert_eq!(default(text), Ok(pin(line, word)), "{:?}", String::from_utf8_lossy(text));
            assert!(go_version(text).is_ok(), "what reads the first line alone reads it too");
        }
        assert!(default(b"").is_err());
    }

    #[test]
    fn the_golang_line_of_tool_versions() {
        let text =
            b"# tools\nnodejs 20.1.0\ngolangci-lint 1.50\ngolang  1.23.4 1.22 system # three\ngolang 1.1\n";
        let fallbacks = ["1.22", "system"].map(|word| RequestedGo::parse(word).unwrap()).into();
        assert_eq!(tool_versions(text), Ok(Some(Pin { fallbacks, ..pin(4, "1.23.4") })));
        for (text, word) in [
            (&b"go\t1.22\r\n"[..], "1.22"),
            (b"golang system\n", "system"),
            (b"golang latest\n", "latest"),
            (b"golang latest:1.22\n", "1.22"),
            (b"golang prefix:1.22\n", "1.22"),
            (b"golang >=1.21 <1.24\n", ">=1.21 <1.24"),
            (b"golang 1.22.12 ref:master 1.21\n", "1.22.12"),
        ] {
            assert_eq!(tool_versions(text), Ok(Some(pin(1, word))), "{:?}", String::from_utf8_lossy(text));
        }
        assert_eq!(tool_versions(b"python 3.12\n#golang 1.22\n"), Ok(None));
        assert_eq!(tool_versions(b""), Ok(None));
    }

    #[test]
    fn what_a_golang_line_may_not_say() {
        let kind = |text: &[u8]| tool_versions(text).unwrap_err().kind;
        for (text, expected) in [
            (&b"golang ref:master"[..], NotAVersionKind::Unsupported("ref:")),
            (b"golang path:/opt/go", NotAVersionKind::Unsupported("path:")),
            (b"golang newest", NotAVersionKind::Unknown),
        ] {
            let VersionFileErrorKind::NotAVersion(word) = kind(text) else { panic!("{text:?}") };
            assert_eq!(word.kind, expected);
        }
        assert_eq!(kind(b"golang # nothing"), VersionFileErrorKind::NoVersion);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_pin_or_a_fault(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let lines = text.split(|byte| *byte == b'\n').count();
            let line = match go_version(&text) {
                Ok(pin) => Some(pin.line),
                Err(fault) => fault.line,
            };
            prop_assert!(line.is_none_or(|line| (1..=lines).contains(&line)));
            let _ = tool_versions(&text);
            let _ = tool_versions(&[b"golang ", &text[..]].concat());
        }

        #[test]
        fn blanks_and_comments_around_a_version_change_nothing(
            before in "([ \t\r]*(#[^\n]*)?\n){0,3}[ \t]*", after in "[ \t\r]*( #[^\n]*)?(\n[^\n]*){0,3}",
        ) {
            let line = before.matches('\n').count() + 1;
            let text = format!("{before}1.23.4{after}");
            let read = go_version(text.as_bytes()).map(|pin| Pin { ignored: None, ..pin });
            prop_assert_eq!(read, Ok(pin(line, "1.23.4")));
        }
    }
}
