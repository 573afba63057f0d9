//! A lookup's answer, split into its record and the signed tree head that follows.
//!
//! Takes the answer's bytes; gives a record whose text is exactly what the log hashed into its leaf.
//! Nothing outside that text can be asked for a sum: neither the id line, which is not signed, nor what
//! follows the blank line.

use std::str;

use super::h1::{H1, H1Error};
use super::tlog::{Hash, record_hash};

/// One record as an answer claims it to be. Nothing about it is proved yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its position in the log, from 0.
    pub id: u64,
    text: &'a str,
}

/// What is wrong with the form of a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The answer does not have the form of a record.
    #[error("malformed record: {0}")]
    Malformed(&'static str),
    /// The line of the asked module does not hold a hash.
    #[error("malformed record: {0}")]
    Sum(#[from] H1Error),
}

impl<'a> Record<'a> {
    /// Splits an answer into its record and the rest, which is a signed tree head or empty.
    ///
    /// As in x/mod the text has no blank line and no control character but newline. Go would also read a
    /// negative id, and then compare record 0; here that is malformed.
    pub fn parse(answer: &'a [u8]) -> Result<(Self, &'a [u8]), RecordError> {
        let end =
            answer.iter().position(|&byte| byte == b'\n').ok_or(RecordError::Malformed("no id line"))?;
        let (id, rest) = answer.split_at(end);
        let id = str::from_utf8(id)
            .ok()
            .and_then(|id| id.parse::<i64>().ok())
            .and_then(|id| u64::try_from(id).ok())
            .ok_or(RecordError::Malformed("its id is not a number"))?;
        let rest = rest.get(1..).unwrap_or_default();

        let blank = rest
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .ok_or(RecordError::Malformed("no blank line"))?;
        let (text, rest) = rest.split_at(blank + 1);
        let text = str::from_utf8(text).map_err(|_| RecordError::Malformed("not UTF-8"))?;
        if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(RecordError::Malformed("a control character"));
        }
        Ok((Self { id, text }, rest.get(1..).unwrap_or_default()))
    }

    /// The hash of its leaf in the log.
    pub fn hash(&self) -> Hash {
        record_hash(self.text.as_bytes())
    }

    /// The `h1:` sum of the zip of `module` at `version`; `None` if the record has no such line.
    ///
    /// The first such line decides, as in cmd/go; sums of other kinds are skipped.
    pub fn sum(&self, module: &str, version: &str) -> Result<Option<H1>, RecordError> {
        let prefix = format!("{module} {version} ");
        let sum = self
            .text
            .split('\n')
            .filter_map(|line| line.strip_prefix(&prefix))
            .find(|sum| sum.starts_with("h1:"));
        Ok(sum.map(str::parse).transpose()?)
    }
}
