//! The Go that a `mise.toml` asks for, scanned line by line as go.mod is: no TOML parser runs before every `go`.
//!
//! Takes the bytes of a file, gives what its `[tools]` say of `go` (or `golang`) and the line that does. Strings, lists of
//! strings and tables with a `version` are read; a value of any other kind is named, never guessed.

use crate::gover::version_file::{Pin, VersionFileError, VersionFileErrorKind};

/// Which table of the file a line stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    /// Before any header, where a key may be `tools.go`.
    Root,
    /// `[tools]`
    Tools,
    /// `[tools.go]`, where `version` counts.
    Go,
    Other,
}

/// Reads a `mise.toml`; `None` where its tools have no Go.
pub fn mise_toml(text: &[u8]) -> Result<Option<Pin>, VersionFileError> {
    let text = String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
    let mut table = Table::Root;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            table = Table::named(header);
        } else if let Some((key, value)) = assignment(line) {
            if table == Table::Root && key == "tools" && value.starts_with('{') {
                let entries = value.get(1..).unwrap_or_default();
                if let Some(at) = entry_of_go(entries) {
                    return version(index + 1, at, std::iter::empty()).map(Some);
                }
            }
            if table.holds_go(&key) {
                return version(index + 1, value, lines.map(|(_, line)| line)).map(Some);
            }
            // Scripts of tasks hold lines that look like anything.
            if let Some(mark) = opened(value) {
                lines.find(|(_, line)| line.contains(mark));
            }
        }
    }
    Ok(None)
}

impl Table {
    fn named(header: &str) -> Self {
        let name = header.split(']').next().unwrap_or_default();
        match unquoted(name).as_str() {
            "tools" => Self::Tools,
            "tools.go" | "tools.golang" => Self::Go,
            _ => Self::Other,
        }
    }

    /// Whether the value of this key is a Go version.
    fn holds_go(self, key: &str) -> bool {
        let prefix = match self {
            Self::Root => "tools.",
            Self::Tools => "",
            Self::Go => return key == "version",
            Self::Other => return false,
        };
        let tool = key.strip_prefix(prefix).map(|tool| tool.strip_suffix(".version").unwrap_or(tool));
        matches!(tool, Some("go" | "golang" | "core:go"))
    }
}

/// The key of `key = value`, without quotes and blanks, and the value.
fn assignment(line: &str) -> Option<(String, &str)> {
    if line.starts_with('#') {
        return None;
    }
    let (key, value) = line.split_once('=')?;
    Some((unquoted(key), value.trim()))
}

/// The value of Go's entry in the rest of `tools = { node = "20", go = "1.22" }`.
fn entry_of_go(entries: &str) -> Option<&str> {
    entries
        .split_inclusive(['{', ','])
        .scan(0, |start, part| {
            let at = *start;
            *start += part.len();
            Some(at)
        })
        .find_map(|at| {
            let (key, value) = assignment(entries.get(at..)?.trim_start())?;
            Table::Tools.holds_go(&key).then_some(value)
        })
}

fn unquoted(name: &str) -> String {
    name.chars().filter(|character| !matches!(character, '"' | '\'' | ' ' | '\t')).collect()
}

/// The mark that ends a string of several lines which this value begins.
fn opened(value: &str) -> Option<&'static str> {
    ["\"\"\"", "'''"].into_iter().find(|mark| value.matches(mark).count() == 1)
}

fn version<'a>(
    line: usize,
    value: &'a str,
    below: impl Iterator<Item = &'a str>,
) -> Result<Pin, VersionFileError> {
    let unreadable = |kind| Err(VersionFileError::at(line, VersionFileErrorKind::NotAString(kind)));
    if value.contains("{{") {
        return unreadable("a template");
    }
    match value.chars().next() {
        Some('"' | '\'') => match string(value) {
            Some(word) => Pin::parse(line, word.as_bytes()),
            None => unreadable("a string of another form"),
        },
        Some('[') => match list(value, below) {
            Some(words) if words.iter().any(|word| word.contains("{{")) => unreadable("a template"),
            Some(words) => Pin::in_order(line, words.iter().map(|word| word.as_bytes())),
            None => unreadable("a list of other values than strings"),
        },
        Some('{') => {
            let mut entries = value.get(1..).unwrap_or_default().split([',', '}']).filter_map(assignment);
            let version = entries.find(|(key, _)| key == "version").and_then(|(_, value)| string(value));
            match version {
                Some(word) => Pin::parse(line, word.as_bytes()),
                None => unreadable("a table without a version"),
            }
        }
        // A number loses nothing here, where its text is read: 1.20 stays 1.20.
        Some(first) if first.is_ascii_digit() => {
            let end = value.find(|character: char| !matches!(character, '0'..='9' | '.'));
            Pin::parse(line, value.get(..end.unwrap_or(value.len())).unwrap_or_default().as_bytes())
        }
        _ => unreadable("no string"),
    }
}

/// The text of a string on one line without escapes, such as `"1.22"  # why`.
fn string(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (word, _) = value.get(1..)?.split_once(quote)?;
    let has_escapes = quote == '"' && word.contains('\\');
    (!word.is_empty() && !has_escapes).then_some(word)
}

/// The strings of a list, which may go on in the lines below.
fn list<'a>(value: &'a str, below: impl Iterator<Item = &'a str>) -> Option<Vec<&'a str>> {
    let mut words = Vec::new();
    let lines = std::iter::once(value.get(1..)?).chain(below);
    for line in lines {
        let mut rest = line.trim();
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.starts_with(']') {
                return Some(words);
            }
            if rest.is_empty() || rest.starts_with('#') {
                break;
            }
            let word = string(rest)?;
            words.push(word);
            rest = rest.get(word.len() + 2..)?;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gover::selector::RequestedGo;
    use proptest::prelude::*;

    /// Line and words.
    fn read(text: &str) -> Option<(usize, String)> {
        let pin = mise_toml(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))?;
        let words = std::iter::once(&pin.wanted).chain(&pin.fallbacks).map(RequestedGo::to_string);
        Some((pin.line, words.collect::<Vec<_>>().join(" ")))
    }

    #[test]
    fn strings_lists_and_tables_with_a_version_are_read() {
        for (text, line, words) in [
            ("[tools]\ngo = \"1.22.12\"\n", 2, "1.22.12"),
            ("\u{feff}[tools]\r\ngo = '1.22'\r\n", 2, "1.22"),
            (
                "min_version = \"2024.1\"\n\n[ tools ] # all\nnode = \"20\"\n\"golang\"=\"latest\" # newest\n",
                5,
                "latest",
            ),
            ("tools.go = \"1.22.x\"\n", 1, "1.22"),
            ("tools = { node = \"20\", go = \"1.22\" }\n", 1, "1.22"),
            ("tools = { go = { version = \"1.22\" }, node = \"20\" }\n", 1, "1.22"),
            ("[tools]\ngo = [\"1.22.12\", \"1.21\"]\n", 2, "1.22.12 1.21"),
            ("[tools]\ngo = [\n  # two\n  \"1.22.12\",\n  '1.21', # old\n]\n", 2, "1.22.12 1.21"),
            ("[tools]\ngo = { version = \"prefix:1.22\", os = [\"linux\"] }\n", 2, "1.22"),
            ("[tools.go]\npostinstall = \"x\"\nversion = \"1.22.12\"\n", 3, "1.22.12"),
            ("[tools]\ngo.version = \"system\"\n", 2, "system"),
            ("[tools]\n\"core:go\" = 1.20 # a number\n", 2, "1.20"),
            ("[tools]\n\"go:golang.org/x/tools/gopls\" = \"latest\"\ngo = \"1.22.12\"\n", 3, "1.22.12"),
            ("[env]\ngo = \"x\"\n[tools]\ngolangci-lint = \"1\"\ngo = \"1.22.12\"\n", 5, "1.22.12"),
            ("[tasks.a]\nrun = \"\"\"\n[tools]\ngo = \"0\"\n\"\"\"\n[tools]\ngo = \"1.22.12\"", 7, "1.22.12"),
        ] {
            assert_eq!(read(text), Some((line, words.to_owned())), "{text:?}");
        }
    }

    #[test]
    fn a_file_without_a_go_asks_for_nothing() {
        for text in [
            "",
            "[tools]\nnode = \"20\"\n# go = \"1.22\"\n",
            "go = \"1.22\"\n",
            "[env]\nGO = \"1\"\n",
            "[tools",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_a_line_cannot_say_is_named() {
        for (value, kind) in [
            ("\"{{ env.GO }}\"", "a template"),
            ("[\"1.22\", \"{{ x }}\"]", "a template"),
            ("{ version = \"{{ x }}\" }", "a template"),
            ("true", "no string"),
            ("[1.22]", "a list of other values than strings"),
            ("[\"1.22\"", "a list of other values than strings"),
            ("{ os = \"linux\" }", "a table without a version"),
            ("\"1.22\\n\"", "a string of another form"),
            ("\"\"", "a string of another form"),
        ] {
            let error = mise_toml(format!("[tools]\ngo = {value}\n").as_bytes()).unwrap_err();
            assert_eq!(error, VersionFileError::at(2, VersionFileErrorKind::NotAString(kind)), "{value}");
        }
        let error = mise_toml(b"[tools]\ngo = \"ref:master\"\n").unwrap_err();
        assert!(error.kind.to_string().contains("\"ref:\" versions are not supported"), "{}", error.kind);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = mise_toml(&text);
            let _ = mise_toml(&[b"[tools]\ngo = ", &text[..]].concat());
            let _ = mise_toml(&[b"[tools]\ngo = [\"", &text[..]].concat());
        }
    }
}
