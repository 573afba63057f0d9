//! The grammar of pin files: `.go-version` (also the home's `default`) and `.tool-versions`.
//!
//! Takes the bytes of a file, gives the version it asks for and the line that does. A pin is data: it can only
//! choose among official versions, or, in `.tool-versions`, the Go outside gvmr.

use crate::gover::selector::{NotAVersion, Selector};
use std::fmt;

/// What a pin file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinnedGo {
    /// A version that gvmr installs.
    Version(Selector),
    /// `system` in `.tool-versions`: the Go outside gvmr.
    Outside,
}

/// A wish, and where in the file it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// What the line asks for.
    pub wish: PinnedGo,
    /// The line, counted from 1.
    pub line: usize,
}

/// Why a file is not a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFileError {
    /// The line at fault, counted from 1; `None` where the whole file lacks something.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: VersionFileErrorKind,
}

/// What is wrong with a pin file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionFileErrorKind {
    /// No line names a version.
    NoVersion,
    /// The word in the version's place is none.
    NotAVersion(NotAVersion),
    /// A kind of version that gvmr does not install, such as asdf's `ref:` and `path:`.
    Unsupported(&'static str),
}

/// Reads a `.go-version`: the first line that is neither blank nor a comment, which is one version.
///
/// Blanks around it, a `go` prefix, a comment after it, CRLF and a UTF-8 byte order mark are allowed; later
/// lines, which goenv uses for further versions, are not read.
pub fn go_version(text: &[u8]) -> Result<Pin, VersionFileError> {
    let (line, content) =
        lines(text).next().ok_or(VersionFileError { line: None, kind: VersionFileErrorKind::NoVersion })?;
    version(line, content)
}

/// Reads the `golang` (or `go`) line of a `.tool-versions`; `None` where it has no such line.
///
/// Only the first version on the line counts.
pub fn tool_versions(text: &[u8]) -> Result<Option<Pin>, VersionFileError> {
    for (line, content) in lines(text) {
        let mut words = content.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
        if !matches!(words.next(), Some(b"golang" | b"go")) {
            continue;
        }
        return match words.next() {
            None => Err(VersionFileError { line: Some(line), kind: VersionFileErrorKind::NoVersion }),
            Some(b"system") => Ok(Some(Pin { wish: PinnedGo::Outside, line })),
            Some(word) if word.starts_with(b"ref:") => Err(unsupported(line, "ref:")),
            Some(word) if word.starts_with(b"path:") => Err(unsupported(line, "path:")),
            Some(word) => version(line, word).map(Some),
        };
    }
    Ok(None)
}

fn version(line: usize, word: &[u8]) -> Result<Pin, VersionFileError> {
    let selector = match std::str::from_utf8(word) {
        Ok(word) => Selector::parse(word),
        Err(_) => Selector::parse(&String::from_utf8_lossy(word)),
    };
    match selector {
        Ok(selector) => Ok(Pin { wish: PinnedGo::Version(selector), line }),
        Err(word) => {
            Err(VersionFileError { line: Some(line), kind: VersionFileErrorKind::NotAVersion(word) })
        }
    }
}

fn unsupported(line: usize, kind: &'static str) -> VersionFileError {
    VersionFileError { line: Some(line), kind: VersionFileErrorKind::Unsupported(kind) }
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
            Self::Unsupported(kind) => {
                write!(formatter, "\"{kind}\" versions are not supported; name a release such as 1.23.4")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pin(line: usize, version: &str) -> Pin {
        Pin { wish: PinnedGo::Version(Selector::parse(version).unwrap()), line }
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
            (b"1.22.1\n1.21.0\nnonsense\n", 1, "1.22.1"),
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
            (b"latest\n", 1),
            (b"system\n", 1),
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
    fn the_golang_line_of_tool_versions() {
        let text = b"# tools\nnodejs 20.1.0\ngolangci-lint 1.50\ngolang  1.23.4 1.22.0 # two\ngolang 1.1\n";
        assert_eq!(tool_versions(text), Ok(Some(pin(4, "1.23.4"))));
        assert_eq!(tool_versions(b"go\t1.22\r\n"), Ok(Some(pin(1, "1.22"))));
        assert_eq!(tool_versions(b"golang system\n"), Ok(Some(Pin { wish: PinnedGo::Outside, line: 1 })));
        assert_eq!(tool_versions(b"python 3.12\n#golang 1.22\n"), Ok(None));
        assert_eq!(tool_versions(b""), Ok(None));
    }

    #[test]
    fn what_a_golang_line_may_not_say() {
        let kind = |text: &[u8]| tool_versions(text).unwrap_err().kind;
        assert_eq!(kind(b"golang ref:master"), VersionFileErrorKind::Unsupported("ref:"));
        assert_eq!(kind(b"golang path:/opt/go"), VersionFileErrorKind::Unsupported("path:"));
        assert_eq!(kind(b"golang # nothing"), VersionFileErrorKind::NoVersion);
        assert!(matches!(kind(b"golang latest"), VersionFileErrorKind::NotAVersion(_)));
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
            prop_assert_eq!(go_version(text.as_bytes()), Ok(pin(line, "1.23.4")));
        }
    }
}
