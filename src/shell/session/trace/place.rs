//! Where the commands of a trace stand, for shells that tell the file and the line, the line alone, or neither.

use super::exec;
use super::parse::{RawStep, RawTrace, unparsed};
use super::steps::{SessionTrace, TracedStep};
use super::told;
use crate::shell::FileLine;
use gvmr_core::sys::bounded;
use std::path::{Path, PathBuf};

/// The largest start-up file that is looked at, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The trace with places. `files` are those that the shell reads by itself.
pub(super) fn found(
    raw: RawTrace,
    shell: &str,
    variable: &str,
    files: &[PathBuf],
    home: &Path,
) -> SessionTrace {
    let RawTrace { steps, said, is_whole } = raw;
    let mut steps = match shell {
        "bash" | "zsh" | "ksh" => told::as_told(steps, shell),
        _ => by_text(steps, files, variable, home),
    };
    // These show a plain assignment's own value.
    if matches!(shell, "dash" | "ash" | "ksh") {
        told::shift(&mut steps, variable);
    }
    if shell == "zsh" && !is_whole {
        exec::name_last(&mut steps);
    }
    let mut trace = SessionTrace { steps, is_whole, unparsed: Vec::new(), said };
    let known: Vec<_> = files.iter().cloned().chain(trace.files()).collect();
    trace.unparsed = unparsed(&trace.said, &known);
    trace
}

/// A file in which the next command may stand.
struct OpenFile {
    path: PathBuf,
    lines: Vec<String>,
    /// The line, from 0, of the last command that was found in it, and that command.
    last: usize,
    text: String,
}

/// Finds each command in the file that is read by its number, or by its words.
fn by_text(steps: Vec<RawStep>, files: &[PathBuf], variable: &str, home: &Path) -> Vec<TracedStep> {
    let mut open: Vec<OpenFile> = Vec::new();
    let mut rest = files;
    let mut before = String::new();
    let mut eval = None;
    let mut found = Vec::with_capacity(steps.len());
    for RawStep { line, value, text, .. } in steps {
        let read = text.strip_prefix(". ").or_else(|| text.strip_prefix("source ")).map(unquoted);
        let is_next = |file: &PathBuf| file.to_str().is_some_and(|file| read.as_deref() == Some(file));
        let command = Command { text: &text, known: &[("HOME", home.to_str()), (variable, Some(&before))] };
        let place = if let Some((_, behind)) = rest.split_first().filter(|(first, _)| is_next(first)) {
            open.clear();
            rest = behind;
            None
        } else if open.is_empty() || is_test_of(&text, rest.first()) {
            None
        } else {
            place(&mut open, line, &command, &mut eval)
        };
        before = String::from_utf8_lossy(&value).into_owned();
        found.push(TracedStep { place, value, text });
        open.extend(read.and_then(|file| OpenFile::at(Path::new(&file))));
    }
    found
}

/// Whether it is what asks for the next of our own files.
fn is_test_of(text: &str, file: Option<&PathBuf>) -> bool {
    file.and_then(|file| file.to_str())
        .is_some_and(|file| text.strip_prefix("[ -r ").is_some_and(|rest| unquoted(rest).starts_with(file)))
}

fn unquoted(word: &str) -> String {
    word.trim().trim_matches('\'').to_owned()
}

/// A command stands below the one before it, unless it is in a loop, a function or what `eval` reads. What a file reads comes
/// to its end first.
fn place(
    open: &mut [OpenFile],
    line: Option<usize>,
    command: &Command<'_>,
    eval: &mut Option<FileLine>,
) -> Option<FileLine> {
    let number = line.filter(|number| *number > 0);
    for is_below in [true, false] {
        if !is_below && eval.is_some() {
            return eval.clone();
        }
        for file in open.iter_mut().rev() {
            // Other commands of the same line may follow, but hardly the same one.
            let from = if is_below { file.last + usize::from(file.text == command.text) } else { 0 };
            let at = if let Some(number) = number {
                let shown = file.lines.get(number - 1).is_some_and(|line| command.may_stand_in(line));
                Some(number - 1).filter(|at| shown && *at >= from)
            } else {
                let mut rest = file.lines.iter().skip(from);
                rest.position(|line| command.may_stand_in(line)).map(|at| at + from)
            };
            if let Some(at) = at {
                file.last = at;
                command.text.clone_into(&mut file.text);
                let place = FileLine { file: file.path.clone(), line: at + 1 };
                *eval = command.text.starts_with("eval ").then(|| place.clone());
                return Some(place);
            }
        }
    }
    let first = open.first()?;
    number
        .filter(|number| *number <= first.lines.len())
        .map(|line| FileLine { file: first.path.clone(), line })
}

impl OpenFile {
    fn at(path: &Path) -> Option<Self> {
        let text = bounded::read(path, MAX_BYTES).ok()??;
        let lines = String::from_utf8_lossy(&text).lines().map(ToOwned::to_owned).collect();
        Some(Self { path: path.to_owned(), lines, last: 0, text: String::new() })
            .filter(|file| file.path.is_absolute())
    }
}

/// A command, and variables whose values are known before it.
struct Command<'c> {
    text: &'c str,
    known: &'c [(&'c str, Option<&'c str>)],
}

impl Command<'_> {
    /// Whether a line can have led to it: the line has its first word, and an assignment all that is known of the value.
    fn may_stand_in(&self, line: &str) -> bool {
        if line.trim_start().starts_with('#') {
            return false;
        }
        let first = self.text.split([' ', '\t']).next().unwrap_or_default();
        let Some((name, _)) = first.split_once('=').filter(|(name, _)| is_name(name)) else {
            return has_word(line, first) && other_words_fit(line, self.text);
        };
        let assignment = format!("{name}=");
        let Some(at) = line.find(&assignment) else { return false };
        let value = line.get(at + assignment.len()..).unwrap_or_default();
        let parts = self.parts(value);
        fits(&parts, self.text.get(assignment.len()..).unwrap_or_default().trim_matches('\''))
    }

    /// What a value is made of: text, and `None` for what is not known.
    fn parts(&self, value: &str) -> Vec<Option<String>> {
        let mut parts: Vec<Option<String>> = Vec::new();
        let mut add = |text: &str| match parts.last_mut() {
            Some(Some(last)) => last.push_str(text),
            _ => parts.push(Some(text.to_owned())),
        };
        let mut characters = value.chars().peekable();
        let mut unknown = Vec::new();
        let mut quote = None;
        while let Some(character) = characters.next() {
            match character {
                '$' if characters.peek() == Some(&'(') && quote != Some('\'') => {
                    unknown.push(());
                    break;
                }
                '`' => {
                    unknown.push(());
                    break;
                }
                ' ' | '\t' | ';' | '&' if quote.is_none() => break,
                '"' | '\'' if quote == Some(character) => quote = None,
                '"' | '\'' if quote.is_none() => quote = Some(character),
                '\\' => {}
                '~' if quote.is_none() => add(self.value_of("HOME").unwrap_or("\0")),
                '$' if quote != Some('\'') => {
                    let is_braced = characters.next_if_eq(&'{').is_some();
                    let mut name = String::new();
                    while let Some(next) = characters.next_if(|next| {
                        if is_braced { *next != '}' } else { next.is_ascii_alphanumeric() || *next == '_' }
                    }) {
                        name.push(next);
                    }
                    if is_braced {
                        characters.next();
                    }
                    add(self.value_of(&name).unwrap_or("\0"));
                }
                other => add(other.encode_utf8(&mut [0; 4])),
            }
        }
        if !unknown.is_empty() {
            add("\0");
        }
        let joined: String = parts.into_iter().flatten().collect();
        let mut split = Vec::new();
        for (index, text) in joined.split('\0').enumerate() {
            if index > 0 {
                split.push(None);
            }
            split.push(Some(text.to_owned()));
        }
        split.retain(|part| part.as_deref() != Some(""));
        split
    }

    fn value_of(&self, name: &str) -> Option<&str> {
        self.known.iter().find(|(known, _)| *known == name)?.1
    }
}

/// Whether a text is made of these parts, in their order.
fn fits(parts: &[Option<String>], text: &str) -> bool {
    let mut rest = text;
    let mut is_open = false;
    for part in parts {
        let Some(part) = part else {
            is_open = true;
            continue;
        };
        let Some(at) = rest.find(part.as_str()).filter(|at| is_open || *at == 0) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        is_open = false;
    }
    is_open || rest.is_empty()
}

/// Of a builtin that names a file or a variable, that name too.
fn other_words_fit(line: &str, text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    match (words.next(), words.next()) {
        (Some("export"), Some(word)) => {
            let name = word.trim_start_matches('\'').split('=').next().unwrap_or_default();
            line.contains(name)
        }
        (Some("." | "source"), Some(word)) => {
            let name = word.rsplit('/').next().unwrap_or(word);
            line.contains(name.trim_matches('\'')) || line.contains('$')
        }
        _ => true,
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn has_word(line: &str, word: &str) -> bool {
    !word.is_empty() && line.split([' ', '\t', ';', '(', ')', '&', '|', '`', '"']).any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_a_command_by_its_first_word_and_what_is_written_out() {
        for (line, text, expected) in [
            ("PATH=/usr/bin:/bin", "PATH=/usr/bin:/bin", true),
            ("export PATH=\"$HOME/bin:$PATH\"", "export PATH=/home/u/bin:/usr/bin", true),
            ("PATH=\"${HOME}/bin:$PATH\"", "PATH=/home/u/bin:/usr/bin", true),
            ("PATH=/opt/x:$PATH", "PATH=/home/u/bin:/usr/bin", false),
            ("PATH=\"$HOME/bin:$PATH\"", "PATH=/usr/bin:/home/u/old/bin:/x", false),
            ("PATH=$OTHER:/x", "PATH=/usr/bin:/home/u/old/bin:/x", true),
            ("PATH=$OTHER:/x", "PATH=/usr/bin:/home/u/old/bin:/x:/y", false),
            ("PATH=$(echo /a:/b)", "PATH=/a:/b", true),
            ("# PATH=/usr/bin", "PATH=/usr/bin", false),
            ("case $- in *i*) ;; *) return;; esac", "return", true),
            ("  . \"$HOME/.cargo/env\"", ". /home/u/.cargo/env", true),
            ("  . /etc/x", ". /home/u/.cargo/env", false),
            ("if [ -n \"$A\" ]; then", "[ -n  ]", true),
            ("returned=1", "return", false),
        ] {
            let known = [("HOME", Some("/home/u")), ("PATH", Some("/usr/bin"))];
            assert_eq!(Command { text, known: &known }.may_stand_in(line), expected, "{line} / {text}");
        }
    }
}
