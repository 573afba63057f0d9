//! The grammar of pin files: `.go-version` (also the home's `default`) and `.tool-versions`.
//!
//! Takes the bytes of a file, gives the version it asks for and the line that does. A pin is data: it can only
//! choose among official versions, or, in `.tool-versions`, the Go outside gvmr.

use crate::selector::{NotAVersion, Selector};
use std::fmt;

/// What a pin file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A version that gvmr installs.
    Version(Selector),
    /// `system` in `.tool-versions`: the Go outside gvmr.
    Outside,
}

/// A wish, and where in the file it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// What the line asks for.
    pub wish: Wish,
    /// The line, counted from 1.
    pub line: usize,
}

/// Why a file is not a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line at fault, counted from 1; `None` where the whole file lacks something.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a pin file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
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
pub fn go_version(text: &[u8]) -> Result<Pin, Fault> {
    let (line, content) = lines(text).next().ok_or(Fault { line: None, kind: FaultKind::NoVersion })?;
    version(line, content)
}

/// Reads the `golang` (or `go`) line of a `.tool-versions`; `None` where it has no such line.
///
/// Only the first version on the line counts.
pub fn tool_versions(text: &[u8]) -> Result<Option<Pin>, Fault> {
    for (line, content) in lines(text) {
        let mut words = content.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
        if !matches!(words.next(), Some(b"golang" | b"go")) {
            continue;
        }
        return match words.next() {
            None => Err(Fault { line: Some(line), kind: FaultKind::NoVersion }),
            Some(b"system") => Ok(Some(Pin { wish: Wish::Outside, line })),
            Some(word) if word.starts_with(b"ref:") => Err(unsupported(line, "ref:")),
            Some(word) if word.starts_with(b"path:") => Err(unsupported(line, "path:")),
            Some(word) => version(line, word).map(Some),
        };
    }
    Ok(None)
}

fn version(line: usize, word: &[u8]) -> Result<Pin, Fault> {
    let selector = match std::str::from_utf8(word) {
        Ok(word) => Selector::parse(word),
        Err(_) => Selector::parse(&String::from_utf8_lossy(word)),
    };
    match selector {
        Ok(selector) => Ok(Pin { wish: Wish::Version(selector), line }),
        Err(word) => Err(Fault { line: Some(line), kind: FaultKind::NotAVersion(word) }),
    }
}

fn unsupported(line: usize, kind: &'static str) -> Fault {
    Fault { line: Some(line), kind: FaultKind::Unsupported(kind) }
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

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVersion => {
                formatter.write_str("names no version; one line such as 1.23.4 or 1.23 is expected")
            }
            Self::NotAVersion(word) => word.fmt(formatter),
            Self::Unsupported(kind) => {
                write!(formatter, "\"{kind}\" versions are not supported; name a release such as 1.23.4")
            }
        }
    }
}
