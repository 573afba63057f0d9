//! An assignment in a line of a start-up file, as POSIX shells and fish write it.
//!
//! Takes bytes of one line; tells where the value stands, and what the line would be with another. Runs nothing.

use std::ops::Range;

/// How the value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `NAME=word`
    Word,
    /// `export NAME=word`, which some shells split at blanks.
    Exported,
    /// `path=(a b)`
    Array,
    /// `set -gx NAME a b`
    Fish,
}

/// Where a value stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The command that makes it.
    command: Range<usize>,
    /// The value, with its quotes.
    pub(super) value: Range<usize>,
    /// How it is written.
    pub(super) style: Style,
}

/// Builtins whose words are assignments.
pub(super) const DECLARING: [&str; 5] = ["export", "typeset", "declare", "readonly", "local"];

impl Assignment {
    /// The last one of the line that gives `name` a value.
    pub(super) fn of(line: &[u8], name: &str) -> Option<Self> {
        let arrays = (name == "PATH").then(|| array(line, "path")).flatten();
        fish(line, name).or_else(|| word(line, name)).or(arrays)
    }

    /// The value, without the quotes around all of it.
    pub(super) fn bare<'l>(&self, line: &'l [u8]) -> &'l [u8] {
        let value = line.get(self.value.clone()).unwrap_or_default();
        match value {
            [first @ (b'"' | b'\''), inner @ .., last] if first == last => inner,
            value => value,
        }
    }

    /// Whether the line does nothing else than give `name` this value, and export it.
    pub(super) fn is_all_of(&self, line: &[u8], name: &str) -> bool {
        let before = text(line, 0..self.command.start);
        // Another variable of the same `export` would go with it.
        if text(line, self.command.start..self.value.start).matches('=').count() > 1 {
            return false;
        }
        let behind = text(line, self.value.end..line.len());
        let behind = behind.trim().trim_start_matches(')').trim_matches(';').trim();
        let export = format!("export {name}");
        before.trim().is_empty() && (behind.is_empty() || behind.starts_with('#') || behind == export)
    }

    /// The line with `:$PATH` at the end of the value. `None` where the value is more than written-out directories and
    /// plain variables.
    pub(super) fn with_path_kept(&self, line: &[u8]) -> Option<Vec<u8>> {
        let value = text(line, self.value.clone());
        if value.contains(['`', '\\', '*']) || value.contains("$(") {
            return None;
        }
        let inner = value.get(1..value.len().saturating_sub(1)).unwrap_or_default();
        let is_in = |quote: char| {
            value.len() > 1 && value.starts_with(quote) && value.ends_with(quote) && !inner.contains(quote)
        };
        let new = match self.style {
            Style::Array => format!("{value} $path"),
            Style::Fish => format!("{value} $PATH"),
            Style::Word | Style::Exported if is_in('"') => format!("\"{inner}:$PATH\""),
            Style::Word | Style::Exported if is_in('\'') && !inner.contains(['"', '$']) => {
                format!("\"{inner}:$PATH\"")
            }
            Style::Exported => format!("{value}:\"$PATH\""),
            Style::Word => format!("{value}:$PATH"),
        };
        Some(self.with_value(line, &new))
    }

    /// The line with another value, with its quotes.
    pub(super) fn with_value(&self, line: &[u8], value: &str) -> Vec<u8> {
        let before = line.get(..self.value.start).unwrap_or_default();
        [before, value.as_bytes(), line.get(self.value.end..).unwrap_or_default()].concat()
    }
}

fn text(line: &[u8], range: Range<usize>) -> String {
    String::from_utf8_lossy(line.get(range).unwrap_or_default()).into_owned()
}

/// `NAME=word` or `NAME+=word` where a command may stand, or behind `export` and its like.
fn word(line: &[u8], name: &str) -> Option<Assignment> {
    let length_at = |at: usize| {
        let behind = line.get(at..)?.strip_prefix(name.as_bytes())?;
        let mark = ["=", "+="].iter().find(|mark| behind.starts_with(mark.as_bytes()))?;
        Some(name.len() + mark.len())
    };
    let mut found = None;
    for (start, length) in (0..line.len()).filter_map(|at| Some((at, length_at(at)?))) {
        let before = line.get(..start).unwrap_or_default();
        if !before.last().is_none_or(|byte| byte.is_ascii_whitespace() || b";&|({\"'".contains(byte)) {
            continue;
        }
        let value = start + length;
        let end = value + word_length(line.get(value..).unwrap_or_default());
        let words = text(before, 0..before.len());
        let command = words.rsplit([';', '&', '|', '(', '{']).next().unwrap_or_default();
        let mut given = command.split_ascii_whitespace();
        let is_declared = given.next().is_some_and(|first| DECLARING.contains(&first));
        let command_start = if is_declared { start - command.trim_start().len() } else { start };
        let style = if is_declared { Style::Exported } else { Style::Word };
        found = Some(Assignment { command: command_start..end, value: value..end, style });
    }
    found
}

/// How long the word is that these bytes begin with, quotes and all.
fn word_length(bytes: &[u8]) -> usize {
    let mut quote = None;
    let mut is_escaped = false;
    for (index, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            _ if is_escaped => is_escaped = false,
            (None | Some(b'"'), b'\\') => is_escaped = true,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            (None, b' ' | b'\t' | b';' | b'&' | b'|' | b')') => return index,
            _ => {}
        }
    }
    bytes.len()
}

/// `path=(a b)` or `path+=(a b)` of zsh.
fn array(line: &[u8], name: &str) -> Option<Assignment> {
    let (mark, start) = ["=(", "+=("].iter().find_map(|mark| {
        let mark = format!("{name}{mark}");
        let start = line.windows(mark.len()).position(|window| window == mark.as_bytes())?;
        Some((mark, start))
    })?;
    let value = start + mark.len();
    let end = value + line.get(value..)?.iter().position(|byte| *byte == b')')?;
    Some(Assignment { command: start..end, value: value..end, style: Style::Array })
}

/// `set -gx NAME a b` of fish.
fn fish(line: &[u8], name: &str) -> Option<Assignment> {
    let text = std::str::from_utf8(line).ok()?;
    let start = text.len() - text.trim_start().len();
    let mut at = start;
    let mut words = Vec::new();
    for word in text.get(start..)?.split(' ') {
        words.push((word, at));
        at += word.len() + 1;
    }
    let mut words = words.into_iter().filter(|(word, _)| !word.is_empty());
    words.next().filter(|(word, _)| *word == "set")?;
    let (first, _) = words.by_ref().find(|(word, _)| !word.starts_with('-'))?;
    if first != name {
        return None;
    }
    let value = words.next()?.1;
    let rest = text.get(value..)?;
    let end = value
        + rest
            .find([';', '#'])
            .map_or(rest.trim_end().len(), |end| rest.get(..end).unwrap_or_default().trim_end().len());
    Some(Assignment { command: start..end, value: value..end, style: Style::Fish })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(line: &str) -> Option<String> {
        let new = Assignment::of(line.as_bytes(), "PATH")?.with_path_kept(line.as_bytes())?;
        Some(String::from_utf8(new).unwrap())
    }

    #[test]
    fn a_value_gets_what_was_on_path_before_in_each_spelling() {
        for (line, expected) in [
            ("PATH=\"/home/joe/bin\"", Some("PATH=\"/home/joe/bin:$PATH\"")),
            ("PATH=/usr/bin:/bin; B=2", Some("PATH=/usr/bin:/bin:$PATH; B=2")),
            ("  export PATH=/usr/bin:/bin # mine", Some("  export PATH=/usr/bin:/bin:\"$PATH\" # mine")),
            ("PATH='/opt/a b'; export PATH", Some("PATH=\"/opt/a b:$PATH\"; export PATH")),
            ("export PATH=$HOME/bin", Some("export PATH=$HOME/bin:\"$PATH\"")),
            ("PATH=$(getconf PATH)", None),
            ("PATH=`getconf PATH`", None),
            ("set -gx PATH /usr/bin /bin", Some("set -gx PATH /usr/bin /bin $PATH")),
            ("path=(/usr/bin /bin)", Some("path=(/usr/bin /bin $path)")),
            ("MYPATH=/usr/bin", None),
            ("echo hello", None),
        ] {
            assert_eq!(kept(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_line_that_does_nothing_else_is_told() {
        for (line, expected) in [
            ("export GOROOT=/usr/local/go", true),
            ("GOROOT=/x", true),
            ("GOROOT='/x y'; export GOROOT", true),
            ("  declare -x GOROOT=/x  # old", true),
            ("set -gx GOROOT /x", true),
            ("GOROOT=/x make", false),
            ("export GOROOT=/x GOPATH=/y", false),
            ("export GOPATH=/y GOROOT=/x", false),
            ("GOPATH=/y GOROOT=/x", false),
            ("A=1; export GOROOT=/x", false),
            ("[ -d /x ] && export GOROOT=/x", false),
        ] {
            let assignment = Assignment::of(line.as_bytes(), "GOROOT").unwrap();
            assert_eq!(assignment.is_all_of(line.as_bytes(), "GOROOT"), expected, "{line}");
        }
        let line = b"export GOPATH=\"$HOME/x\"";
        assert_eq!(Assignment::of(line, "GOPATH").unwrap().bare(line), b"$HOME/x");
    }
}
