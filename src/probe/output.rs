//! What a program prints: all of it up to a limit, else its beginning and its end.
//!
//! What was not kept is known to be missing: a search never takes the two ends for the whole.

use crate::check::{Measure, Quantity};
use std::borrow::Cow;
use std::io;

/// Up to here a searched output is kept whole, as the body of an answer is.
pub(super) const MAX_WHOLE: usize = 8 << 20;
/// Up to here one that is only shown is.
pub(super) const MAX_ENDS: usize = MAX_HEAD + MAX_TAIL;
/// What is kept of a longer one: its beginning, and its end.
const MAX_HEAD: usize = 64 << 10;
const MAX_TAIL: usize = 1 << 20;
/// More than is shown of it.
const MAX_SHOWN: usize = 16 << 10;
/// A program that prints more is ended.
const MAX_PRINTED: u64 = 256 << 20;

/// What is kept of one stream.
pub(super) struct KeptStream {
    /// All of it, or its beginning where there is a tail.
    head: Vec<u8>,
    tail: Option<Vec<u8>>,
    printed: u64,
    most: usize,
}

/// What is searched.
pub(super) enum SearchedText<'t> {
    /// All that there is.
    Whole(Cow<'t, str>),
    /// Whole lines of the beginning and of the end; the middle is missing.
    Ends {
        /// The beginning.
        head: String,
        /// The end.
        tail: String,
        /// What there is and what is kept of it, and what to do.
        missing: String,
    },
}

impl SearchedText<'_> {
    /// Its end, or all of it.
    pub(super) fn end(&self) -> &str {
        match self {
            Self::Whole(text) => text,
            Self::Ends { tail, .. } => tail,
        }
    }
}

impl KeptStream {
    /// Keeps all where it is not longer than `most`.
    pub(super) fn up_to(most: usize) -> Self {
        Self { head: Vec::new(), tail: None, printed: 0, most: most.max(MAX_ENDS) }
    }

    /// Takes what was printed; fails where it is too much.
    pub(super) fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.printed += bytes.len() as u64;
        if self.printed > MAX_PRINTED {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if let Some(tail) = &mut self.tail {
            tail.extend(bytes);
            if tail.len() > 2 * MAX_TAIL {
                tail.drain(..tail.len() - MAX_TAIL);
            }
            return Ok(());
        }
        self.head.extend(bytes);
        if self.head.len() > self.most {
            let behind = self.head.len() - MAX_TAIL;
            self.tail = self.head.get(behind..).map(<[u8]>::to_vec);
            self.head.truncate(MAX_HEAD);
            self.head.shrink_to_fit();
        }
        Ok(())
    }

    fn last(&self, most: usize) -> &[u8] {
        let kept = self.tail.as_ref().unwrap_or(&self.head);
        kept.get(kept.len().saturating_sub(most)..).unwrap_or_default()
    }

    /// Its last lines, for people.
    pub(super) fn end(&self) -> String {
        String::from_utf8_lossy(self.last(MAX_SHOWN)).into_owned()
    }

    /// All of it, or the beginning and the end, for people.
    pub(super) fn ends(&self) -> String {
        let head = if self.tail.is_some() { self.head.as_slice() } else { &[] };
        String::from_utf8_lossy(&[head, self.last(MAX_ENDS)].concat()).into_owned()
    }

    /// What can be searched of what `program` printed.
    pub(super) fn into_text(self, program: &str) -> SearchedText<'static> {
        if self.tail.is_none() {
            return SearchedText::Whole(Cow::Owned(text_of(self.head)));
        }
        // A number at an edge would be cut.
        let end = self.head.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let last = self.last(MAX_TAIL);
        let start = last.iter().position(|byte| *byte == b'\n').map_or(last.len(), |first| first + 1);
        #[allow(clippy::cast_precision_loss)]
        let printed = Quantity { value: self.printed as f64, measure: Measure::Size };
        let most = self.most >> 20;
        SearchedText::Ends {
            head: text_of(self.head.get(..end).unwrap_or_default().to_vec()),
            tail: text_of(last.get(start..).unwrap_or_default().to_vec()),
            missing: format!(
                "{program} printed {printed}; over {most} MiB only the first 64 KiB and the last 1 MiB are kept: \
                 make it print less, or count in the command"
            ),
        }
    }
}

/// Without a copy where it is UTF-8.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests;
