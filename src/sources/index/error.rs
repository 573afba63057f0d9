//! Why there is no index.

use crate::net::{NetError, RedactedUrl};

/// Why an index could not be read. The server's words in it are cut and printable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Its bytes did not arrive, are a web page, or are too many.
    #[error(transparent)]
    Net(#[from] NetError),
    /// What arrived is not a list of releases.
    #[error("{url}: not a release index: line {line}, column {column}: {reason}")]
    Malformed {
        /// Where it was read.
        url: RedactedUrl,
        /// The line of the first mistake, from 1.
        line: usize,
        /// The column of the first mistake, in bytes from 1; 0 for the end of the line before.
        column: usize,
        /// What was expected there and what is there instead.
        reason: String,
    },
    /// It is a list, but there is nothing in it for linux.
    #[error("{url}: expected a release index, got one without any linux archive{}", first(refused))]
    Empty {
        /// Where it was read.
        url: RedactedUrl,
        /// The entries that were refused, if there were any.
        refused: Vec<String>,
    },
}

fn first(refused: &[String]) -> String {
    refused.first().map_or(String::new(), |line| format!(" ({line})"))
}
