//! Candidate bytes on their way: nothing is known about them but where they come from and what they claim to be.

use super::error::Tried;
use super::index::Remembered;
use crate::net::{Body, RedactedUrl};
use crate::unpack::Format;

/// A toolchain on its way.
#[derive(Debug)]
pub struct Fetched {
    pub(super) body: Body,
    pub(super) form: Form,
    pub(super) passed_over: Vec<Tried>,
    pub(super) notes: Vec<String>,
}

/// What the bytes claim to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// The zip of a toolchain module.
    Module,
    /// A release archive.
    Archive {
        /// How it is packed.
        format: Format,
        /// Its name: `go1.23.4.linux-amd64.tar.gz`.
        name: String,
        /// What an index says of it.
        sum: Option<PromisedSum>,
    },
}

/// An archive's sha256 according to an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromisedSum {
    /// The sum.
    pub sha256: [u8; 32],
    /// The index, without credentials.
    pub index: String,
    /// Whether this program's table of known releases says the same: that one stays in force, whatever an index says.
    pub by_table: bool,
    /// Whether the archive must have it. Otherwise the archive is a mirror's, the index is Go's, and the two need not
    /// agree: the log decides.
    pub binding: bool,
    /// What remembers it, where the index does not list it now.
    pub remembered: Option<Remembered>,
}

impl Fetched {
    /// Where the bytes come from, after redirects.
    pub fn source(&self) -> &RedactedUrl {
        self.body.url()
    }

    /// What the bytes claim to be.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The entries that were asked before and did not give it.
    pub fn passed_over(&self) -> &[Tried] {
        &self.passed_over
    }

    /// What else there is to say: about the index that was read, one line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The bytes; [`Body::length`] tells how many will come.
    pub fn into_body(self) -> Body {
        self.body
    }
}
