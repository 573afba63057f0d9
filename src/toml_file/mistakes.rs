//! The mistakes of one file, gathered while it is read.
//!
//! Takes offsets in bytes, gives lines and columns as editors count them.

use super::error::Mistake;
use std::ops::Range;

/// What was found so far in one text.
pub struct Mistakes<'t> {
    text: &'t str,
    /// The offset behind each newline.
    starts: Vec<usize>,
    found: Vec<(usize, String)>,
}

impl<'t> Mistakes<'t> {
    /// Of a text in which none is known yet.
    pub fn of(text: &'t str) -> Self {
        let starts = text.match_indices('\n').map(|(offset, _)| offset + 1).collect();
        Self { text, starts, found: Vec::new() }
    }

    /// Adds one that starts where `span` does.
    pub fn add(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.found.push((span.start, message.into()));
    }

    /// The value; `None` where it is a mistake, which is added.
    pub fn check<T>(&mut self, span: &Range<usize>, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.add(span, message)).ok()
    }

    /// Whether none was found yet.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The line, counted from 1, that holds this offset.
    pub fn line(&self, offset: usize) -> usize {
        1 + self.starts.partition_point(|start| *start <= offset)
    }

    fn column(&self, offset: usize) -> usize {
        let before = self.starts.iter().take(self.line(offset) - 1).next_back();
        let start = before.copied().unwrap_or(0);
        let left = self.text.get(start..offset).unwrap_or_default();
        let left = if start == 0 { left.trim_start_matches('\u{feff}') } else { left };
        left.chars().count() + 1
    }

    /// All of them in the order of the file; `None` where there are none.
    pub fn finish(mut self) -> Option<Vec<Mistake>> {
        let mut found = std::mem::take(&mut self.found);
        found.sort_by_key(|(offset, _)| *offset);
        let found = found.into_iter().map(|(offset, message)| Mistake {
            line: self.line(offset),
            column: self.column(offset),
            message,
        });
        Some(found.collect()).filter(|found: &Vec<_>| !found.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_newlines() {
        let text = "\u{feff}a\r\nbü c\n\nd";
        let places = ["a", "b", "c", "d"].map(|word| {
            let mut mistakes = Mistakes::of(text);
            let start = text.find(word).unwrap();
            mistakes.add(&(start..start), word);
            let found = mistakes.finish().unwrap();
            (found[0].line, found[0].column)
        });
        assert_eq!(places, [(1, 1), (2, 1), (2, 4), (4, 1)]);
        assert_eq!(Mistakes::of(text).finish(), None);
    }
}
