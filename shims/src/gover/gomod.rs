//! The `go` and `toolchain` lines of go.mod and go.work, read by their text alone as cmd/go reads them before
//! it chooses a toolchain.
//!
//! Takes the bytes of a file, gives what it requires. Both lines are minimums; `toolchain default` asks for no
//! more than the default.

use crate::gover::version::Version;

/// What a go.mod or go.work asks of the toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// `toolchain default`: whatever the user's default is, even where the `go` line asks for more.
    Default {
        /// The line of `toolchain default`, counted from 1.
        line: usize,
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

/// What the file requires. `implied` is the version that a file without a `go` line counts as.
pub fn requirement(text: &[u8], implied: &Version) -> Result<Requirement, InvalidToolchain> {
    let text = String::from_utf8_lossy(text);
    let toolchain = lookup(&text, "toolchain").filter(|(_, name)| !name.is_empty());
    if let Some((line, "default")) = toolchain {
        return Ok(Requirement::Default { line });
    }
    let go = minimum_of_go_line(&text, implied);
    let Some((line, name)) = toolchain else {
        return Ok(Requirement::AtLeast(go));
    };
    let Some(version) = Version::from_toolchain(name) else {
        return Err(InvalidToolchain { line, written: name.to_owned() });
    };
    if go.version > version {
        return Ok(Requirement::AtLeast(go));
    }
    let written = format!("toolchain {name}");
    Ok(Requirement::AtLeast(Minimum { named: version.clone(), version, line: Some(line), written }))
}

/// A malformed `go` line sorts below every version, and the go command itself will complain about it.
fn minimum_of_go_line(text: &str, implied: &Version) -> Minimum {
    let stated = lookup(text, "go").and_then(|(line, word)| Some((line, Version::parse(word)?)));
    let (line, version, written) = match stated {
        Some((line, version)) => (Some(line), version.clone(), format!("go {version}")),
        None => (None, implied.clone(), format!("no go line (means go {implied})")),
    };
    Minimum { named: version.first_release(), version, line, written }
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
            ("go one\n", "1.16", "1.16.0", None),
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
            ("go \"1.22.1\"\n", "1.16"),
        ] {
            assert_eq!(minimum(text).0, version, "{text:?}");
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
