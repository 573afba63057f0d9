//! A file in TOML, with the place of everything in it, and all of its mistakes at once.
//!
//! Takes the text; rooms above give meaning to its tables.

mod document;
mod error;
mod mistakes;
mod nearest;
mod tables;

pub use document::{document, single};
pub use error::{Mistake, TomlFileError};
pub use mistakes::Mistakes;
pub use nearest::{nearest, quoted, shown};
pub use tables::{Entry, entries, strings, table, tables, type_of};
