//! The `go` and `toolchain` lines of go.mod and go.work, read by their text alone as cmd/go reads them before
//! it chooses a toolchain.
//!
//! Takes the bytes of a file, gives what it requires. Both lines are minimums; `toolchain default` asks for no
//! more than the default.

use crate::gover::selector::Selector;
use crate::gover::version::Version;

/// What a go.mod or go.work asks of the toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// `toolchain default`: whatever the user's default is, even where the `go` line asks for more.
    Default {
        /// The line of `toolchain default`, counted from 1.
        line: usize,
    },
    /// A `go` line whose word is not a Go version. It asks for nothing: go itself reports it.
    Malformed {
        /// The line, counted from 1.
        line: usize,
        /// The line as it is written, such as `go banana`.
        written: String,
    },
    /// At least this version.
    AtLeast(Minimum),
}

/// The lowest version that satisfies a file.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// What a toolchain's version is compared with; `1.22` is satisfied by every 1.22 pre-release.
    pub version: Version,
    /// What cmd/go would download: the version, or the first release of a language version.
    pub named: Version,
    /// Whether a `go` line names a language version such as `1.22`, which every patch of that minor version serves.
    pub language: bool,
    /// The line that decides, counted from 1; `None` where the file has no valid `go` line.
    pub line: Option<usize>,
    /// The deciding line as it is written, such as `toolchain go1.22.3`.
    pub written: String,
}

/// A `toolchain` line that names no toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidToolchain {
    /// The line, counted from 1.
    pub line: usize,
    /// The name as written.
    pub written: String,
}

impl Minimum {
    /// What to install for it: the newest patch of a language version, or else what the line names.
    pub fn wanted(&self) -> Selector {
        if self.language { Selector::minor(&self.version) } else { Selector::exact(&self.named) }
    }
}

/// What the file requires. `implied` is the version that a file without a `go` line counts as.
pub fn requirement(text: &[u8], implied: &Version) -> Result<Requirement, InvalidToolchain> {
    let text = String::from_utf8_lossy(text);
    let toolchain = lookup(&text, "toolchain").filter(|(_, name)| !name.is_empty());
    if let Some((line, "default")) = toolchain {
        return Ok(Requirement::Default { line });
    }
    let go = of_go_line(&text, implied);
    let Some((line, name)) = toolchain else { return Ok(go) };
    let Some(version) = Version::from_toolchain(name) else {
        return Err(InvalidToolchain { line, written: name.to_owned() });
    };
    match go {
        Requirement::AtLeast(go) if go.version > version => Ok(Requirement::AtLeast(go)),
        // A malformed `go` line sorts below every version.
        _ => {
            let (named, written) = (version.clone(), format!("toolchain {name}"));
            Ok(Requirement::AtLeast(Minimum { named, version, language: false, line: Some(line), written }))
        }
    }
}

fn of_go_line(text: &str, implied: &Version) -> Requirement {
    let (line, version, written) = match lookup(text, "go").filter(|(_, word)| !word.is_empty()) {
        Some((line, word)) => match Version::parse(word) {
            Some(version) => (Some(line), version, format!("go {word}")),
            None => return Requirement::Malformed { line, written: format!("go {word}") },
        },
        None => (None, implied.clone(), format!("no go line (means go {implied})")),
    };
    let language = version.as_str().contains('.') && !version.spells_patch() && !version.is_prerelease();
    Requirement::AtLeast(Minimum { named: version.first_release(), version, language, line, written })
}

/// The value after the first line that starts with `key` and a blank, with its line number.
///
/// As cmd/go's `GoModLookup`: no blocks, no quotes, a `//` comment is cut, and the first such line decides even
/// where nothing is left of its value.
fn lookup<'a>(text: &'a str, key: &str) -> Option<(usize, &'a str)> {
    text.split('\n').enumerate().find_map(|(index, line)| {
        let value = line.trim().strip_prefix(key)?;
        if !value.starts_with([' ', '\t']) {
            return None;
        }
        let value = value.split_once("//").map_or(value, |(before, _)| before);
        Some((index + 1, value.trim()))
    })
}

impl PartialEq for Minimum {
    fn eq(&self, other: &Self) -> bool {
        (self.version.as_str(), self.named.as_str(), self.line) // by text: `1.20` and `1.20.0` differ in name
            == (other.version.as_str(), other.named.as_str(), other.line)
    }
}

impl Eq for Minimum {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Result<Requirement, InvalidToolchain> {
        requirement(text, &Version::parse("1.16").unwrap())
    }

    /// What the file asks for: the version compared with, the version to install, the line.
    fn minimum(text: &str) -> (String, String, Option<usize>) {
        match read(text.as_bytes()) {
            Ok(Requirement::AtLeast(minimum)) => {
                (minimum.version.to_string(), minimum.named.to_string(), minimum.line)
            }
            other => panic!("{text:?} gives {other:?}"),
        }
    }

    #[test]
    fn the_higher_of_both_lines_decides() {
        for (text, version, named, line) in [
            ("module m\n\ngo 1.22\n", "1.22", "1.22.0", Some(3)),
            ("go 1.20\n", "1.20", "1.20.0", Some(1)),
            ("go 1.22rc1\r\n", "1.22rc1", "1.22rc1", Some(1)),
            ("go 1.22.3\ntoolchain go1.23.4\n", "1.23.4", "1.23.4", Some(2)),
            ("go 1.23.5\ntoolchain go1.23.4\n", "1.23.5", "1.23.5", Some(1)),
            ("go 1.23.4\ntoolchain go1.23.4\n", "1.23.4", "1.23.4", Some(2)),
            ("go 1.22\ntoolchain go1.22.3-bigcorp\n", "1.22.3", "1.22.3", Some(2)),
            ("toolchain go1.21.1\n", "1.21.1", "1.21.1", Some(1)),
            ("go 1.22\ntoolchain // later\n", "1.22", "1.22.0", Some(1)),
            ("module m\n", "1.16", "1.16.0", None),
            ("", "1.16", "1.16.0", None),
        ] {
            assert_eq!(minimum(text), (version.to_owned(), named.to_owned(), line), "{text:?}");
        }
    }

    #[test]
    fn lines_are_found_by_their_text_alone() {
        for (text, version) in [
            ("\t go \t1.22.1 // the oldest\n", "1.22.1"),
            ("require (\n\tgo 1.22.1\n)\ngo 1.23.0\n", "1.22.1"),
            ("gopher 1.9\ngo1.8\ngo 1.22.1\n", "1.22.1"),
            ("\u{b}go 1.22.1\u{a0}\n", "1.22.1"),
            ("// go 1.9\ngo 1.22.1", "1.22.1"),
            ("go // nothing\ngo 1.22.1\n", "1.16"),
            ("\u{feff}go 1.22.1\n", "1.16"),
        ] {
            assert_eq!(minimum(text).0, version, "{text:?}");
        }
    }

    #[test]
    fn a_malformed_go_line_is_named_and_asks_for_nothing() {
        for word in ["banana", "one", "\"1.22.1\"", "1.x", "v1.22", "go1.22", "1.22.1.1", "("] {
            let text = format!("module m\n\ngo {word} // x\n");
            let malformed = Requirement::Malformed { line: 3, written: format!("go {word}") };
            assert_eq!(read(text.as_bytes()), Ok(malformed), "{word}");
            assert_eq!(minimum(&format!("{text}toolchain go1.22.3\n")).0, "1.22.3", "{word}");
        }
    }

    #[test]
    fn a_language_version_wants_its_newest_patch_and_all_else_what_it_names() {
        for (text, wanted) in [
            ("go 1.25\n", "1.25"),
            ("go 1.20\n", "1.20"),
            ("module m\n", "1.16"),
            ("go 1.25\ntoolchain go1.24.1\n", "1.25"),
        ] {
            let Ok(Requirement::AtLeast(minimum)) = read(text.as_bytes()) else { panic!("{text:?}") };
            assert_eq!(minimum.wanted(), Selector::parse(wanted).unwrap(), "{text:?}");
        }
        for (text, wanted) in [
            ("go 1.25.0\n", "1.25.0"),
            ("go 1.25rc1\n", "1.25rc1"),
            ("go 1\n", "1.0"),
            ("go 1.25\ntoolchain go1.25.3\n", "1.25.3"),
        ] {
            let Ok(Requirement::AtLeast(minimum)) = read(text.as_bytes()) else { panic!("{text:?}") };
            let wanted = Version::parse(wanted).unwrap();
            assert_eq!(minimum.wanted().as_exact(), Some(&wanted), "{text:?}");
        }
    }

    #[test]
    fn default_asks_for_nothing_more() {
        assert_eq!(read(b"go 1.99\ntoolchain default\n"), Ok(Requirement::Default { line: 2 }));
    }

    #[test]
    fn a_toolchain_that_cannot_be_named_is_an_error() {
        for name in ["1.27.0", "go1.22+auto", "local", "go1.22/x", "gccgo-go1.22", "go"] {
            let text = format!("go 1.22\n\ntoolchain {name}\n");
            assert_eq!(read(text.as_bytes()), Err(InvalidToolchain { line: 3, written: name.to_owned() }));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&text);
            let _ = read(&[b"toolchain go1.", &text[..]].concat());
        }
    }
}
