//! The marked block in a user's text.
//!
//! Takes bytes and gives bytes. Whatever the text holds (other encodings, CRLF, no final newline, blocks of earlier versions), taking
//! the block out again gives it back to the byte, and putting it in twice is putting it in once. A block with a missing
//! mark is an error that names the line, and nothing is changed.

use super::content::BlockPosition;

/// A line that starts with this begins a block; what follows in the line is a note.
pub(in crate::shell) const BEGIN: &[u8] = b"# >>> gvmr >>>";
/// A line that starts with this ends a block.
pub(in crate::shell) const END: &[u8] = b"# <<< gvmr <<<";
/// What a note starts with.
const NOTE: &str = " setup made: ";
/// Notes are in files that users edit: setup never makes more than this.
const MAX_DIRECTORIES: usize = 64;

/// Why a text's blocks cannot be taken out. Lines are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// A block begins and never ends.
    #[error("line {line}: gvmr's block has no end")]
    Unterminated {
        /// Where it begins.
        line: usize,
    },
    /// A block begins inside another one.
    #[error("line {line}: gvmr's block begins inside the one from line {outer}")]
    Nested {
        /// Where the inner one begins.
        line: usize,
        /// Where the outer one begins.
        outer: usize,
    },
    /// A block ends that did not begin.
    #[error("line {line}: gvmr's block ends without a beginning")]
    Stray {
        /// Where it ends.
        line: usize,
    },
}

impl BlockError {
    /// The line to look at.
    pub fn line(self) -> usize {
        match self {
            Self::Unterminated { line } | Self::Nested { line, .. } | Self::Stray { line } => line,
        }
    }
}

/// A text without any block of gvmr's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stripped {
    /// What is not gvmr's.
    pub(super) text: Vec<u8>,
    /// That setup made the file, and how many directories above it.
    pub(super) made: Option<usize>,
}

/// Removes every block from `text`, and the newlines that were added for a block at its end.
pub(super) fn without(text: &[u8]) -> Result<Stripped, BlockError> {
    let mut bare = Stripped { text: Vec::with_capacity(text.len()), made: None };
    let mut begun = None;
    let mut added: Option<Note> = None;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line_number = index + 1;
        match (Mark::of(line), begun) {
            (Some(Mark::Begin(_)), Some(outer)) => {
                return Err(BlockError::Nested { line: line_number, outer });
            }
            (Some(Mark::Begin(note)), None) => {
                begun = Some(line_number);
                bare.made = bare.made.or(note.made);
                added.get_or_insert(note);
            }
            (Some(Mark::End), Some(_)) => begun = None,
            (Some(Mark::End), None) => return Err(BlockError::Stray { line: line_number }),
            (None, Some(_)) => {}
            (None, None) => {
                bare.text.extend_from_slice(line);
                added = None; // what was added above is needed by what follows
            }
        }
    }
    if let Some(line) = begun {
        return Err(BlockError::Unterminated { line });
    }
    if let Some(note) = added {
        note.take_line_ends_from(&mut bare.text);
    }
    Ok(bare)
}

/// The lines, from 1, with the first and the last mark of each block.
pub fn blocks(text: &[u8]) -> Result<Vec<(usize, usize)>, BlockError> {
    without(text)?;
    let mut blocks = Vec::new();
    let mut begun = None;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match (Mark::of(line), begun) {
            (Some(Mark::Begin(_)), _) => begun = Some(index + 1),
            (Some(Mark::End), Some(first)) => blocks.push((first, index + 1)),
            _ => {}
        }
    }
    Ok(blocks)
}

/// Puts one block with `lines` at the end of `bare`, and one more at its top if `place` says so and `bare` is not empty.
pub(super) fn with(bare: &Stripped, lines: &[u8], place: BlockPosition) -> Vec<u8> {
    let Stripped { text, made } = bare;
    let mut new = Vec::with_capacity(text.len() + 2 * lines.len() + 256);
    let mut put = |note: Note, before: &[u8]| {
        new.extend_from_slice(before);
        new.extend(std::iter::repeat_n(b'\n', note.line_ends));
        new.extend_from_slice(BEGIN);
        new.extend_from_slice(note.words().as_bytes());
        new.push(b'\n');
        new.extend_from_slice(lines);
        new.extend_from_slice(END);
        new.push(b'\n');
    };
    if place == BlockPosition::Both && !text.is_empty() {
        put(Note::default(), &[]);
    }
    put(Note { made: *made, line_ends: missing_line_ends(text), crlf: false }, text);
    new
}

/// Whether `lines` stand somewhere in `text`, as lines.
pub(super) fn holds(text: &[u8], lines: &[u8]) -> bool {
    let starts = std::iter::once(0).chain((1..=text.len()).filter(|&at| text[at - 1] == b'\n'));
    !lines.is_empty() && starts.into_iter().any(|at| text[at..].starts_with(lines))
}

/// How many line ends `text` needs before a new line can follow. A backslash at the end would join that line to
/// the last one, so an empty line goes between.
fn missing_line_ends(text: &[u8]) -> usize {
    let (line, ended) = match text.strip_suffix(b"\n") {
        Some(line) => (line, true),
        None => (text, text.is_empty()),
    };
    usize::from(!ended) + usize::from(line.ends_with(b"\\"))
}

/// A line that is a mark.
enum Mark {
    Begin(Note),
    End,
}

impl Mark {
    fn of(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let (line, crlf) = line.strip_suffix(b"\r").map_or((line, false), |line| (line, true));
        let behind = |mark| line.strip_prefix(mark).filter(|rest| rest.is_empty() || rest[0] == b' ');
        if let Some(rest) = behind(BEGIN) {
            return Some(Self::Begin(Note { crlf, ..Note::read(rest) }));
        }
        behind(END).map(|_| Self::End)
    }
}

/// What a block's first line remembers.
#[derive(Clone, Copy, Debug, Default)]
struct Note {
    /// That setup made the file, and how many directories above it.
    made: Option<usize>,
    /// How many line ends setup added before the block.
    line_ends: usize,
    /// Whether the mark ends in CRLF: then the file was converted, and the added line ends with it.
    crlf: bool,
}

impl Note {
    fn read(rest: &[u8]) -> Self {
        let mut note = Self::default();
        let words = std::str::from_utf8(rest).unwrap_or_default();
        let mut directories = 0;
        for item in words.strip_prefix(NOTE).unwrap_or_default().split(", ") {
            match item.split_once(' ') {
                Some(("this", "file")) => note.made = Some(0),
                Some((count, "directory" | "directories")) => directories = count.parse().unwrap_or(0),
                Some((count, "line end" | "line ends")) => note.line_ends = count.parse().unwrap_or(0).min(2),
                _ => {} // another version's
            }
        }
        note.made = note.made.map(|_| directories.min(MAX_DIRECTORIES));
        note
    }

    fn words(self) -> String {
        let mut items = Vec::new();
        if let Some(directories) = self.made {
            items.push("this file".to_owned());
            if directories > 0 {
                items.push(counted(directories, "directory", "directories"));
            }
        }
        if self.line_ends > 0 {
            items.push(counted(self.line_ends, "line end", "line ends"));
        }
        if items.is_empty() { String::new() } else { format!("{NOTE}{}", items.join(", ")) }
    }

    fn take_line_ends_from(self, text: &mut Vec<u8>) {
        let line_end: &[u8] = if self.crlf { b"\r\n" } else { b"\n" };
        for _ in 0..self.line_ends {
            if text.ends_with(line_end) {
                text.truncate(text.len() - line_end.len());
            }
        }
    }
}

pub(super) fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

#[cfg(test)]
mod tests;
