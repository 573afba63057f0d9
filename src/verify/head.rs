//! A signed tree head: how many records the log had, and the hash over all of them.

use super::note::{self, GO_BASE64, NoteError, Verifier};
use super::tlog::{Hash, tree_hash};
use base64::Engine;

/// A head of the log. Except for the empty log's, it carries a signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many records the tree holds.
    pub size: u64,
    /// The hash over all of them.
    pub hash: Hash,
    /// The note as it came, with its signatures; empty for the empty log, which needs no signature.
    pub note: Vec<u8>,
}

impl TreeHead {
    /// The log before its first record.
    pub fn empty() -> Self {
        Self { size: 0, hash: tree_hash(&[]), note: Vec::new() }
    }

    /// Opens a note that `verifier` signed. An empty note is the empty log, as in x/mod: it proves
    /// nothing.
    pub fn open(message: &[u8], verifier: &Verifier) -> Result<Self, NoteError> {
        if message.is_empty() {
            return Ok(Self::empty());
        }
        let text = note::open(message, verifier)?;
        let (size, hash) = parse(text).ok_or(NoteError::Malformed("not a tree head"))?;
        Ok(Self { size, hash, note: message.to_vec() })
    }
}

/// Reads `go.sum database tree`, the size in plain decimal and the hash in base64, a line each. Further
/// lines are left to the future.
fn parse(text: &str) -> Option<(u64, Hash)> {
    let mut lines = text.strip_prefix("go.sum database tree\n")?.split('\n');
    let (size, hash) = (lines.next()?, lines.next()?);
    lines.next()?; // the hash's own line has to end
    if text.len() > 1_000_000 {
        return None;
    }
    let number: u64 = size.parse().ok()?;
    let hash = GO_BASE64.decode(hash).ok()?.try_into().ok()?;
    (i64::try_from(number).is_ok() && number.to_string() == size).then_some((number, Hash(hash)))
}
