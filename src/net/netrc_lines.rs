//! The lines of a netrc file as cmd/go reads them: words in pairs, macros that run to an empty line, and where it stops.
//!
//! Takes the file's bytes, gives pairs of words. Never says which pair means what.

/// Gives each line's pairs of words, without the lines of macros.
pub struct NetrcLines<'text> {
    text: &'text [u8],
    at: usize,
    in_macro: bool,
    stopped: bool,
}

impl<'text> NetrcLines<'text> {
    /// The lines of `text`.
    pub fn new(text: &'text [u8]) -> Self {
        Self { text, at: 0, in_macro: false, stopped: false }
    }

    /// Where cmd/go stops to read: at a line that ends with a lone `default`, or at the end; and whether that is within a
    /// macro.
    pub fn end(mut self) -> (usize, bool) {
        while self.next().is_some() {}
        (self.at, self.in_macro)
    }
}

impl Iterator for NetrcLines<'_> {
    type Item = Vec<[String; 2]>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.stopped {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let line = rest.split_inclusive(|byte| *byte == b'\n').next()?;
            let content = line.strip_suffix(b"\n").unwrap_or(line);
            if self.in_macro {
                self.in_macro = !content.is_empty();
                self.at += line.len();
                continue;
            }
            let content = String::from_utf8_lossy(content);
            let words: Vec<&str> = content.split_whitespace().collect();
            let pairs = words.chunks_exact(2);
            self.stopped = pairs.remainder() == ["default"];
            let pairs: Vec<[String; 2]> = pairs
                .filter_map(|pair| Some([pair.first()?, pair.last()?].map(|word| (*word).to_owned())))
                .collect();
            if !self.stopped {
                self.in_macro = pairs.iter().any(|[name, _]| name == "macdef");
                self.at += line.len();
            }
            return Some(pairs);
        }
        None
    }
}
