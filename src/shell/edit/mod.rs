//! One edit of one file: worked out, shown, made, undone.
//!
//! Takes a path and the new content. Guarantees that everything else in the file stays, to the byte; that at every instant
//! the file is the old one or the new one, whole; that a link to it stays a link. Never waits for a FIFO, never edits what
//! another user owns, never writes what it has not read.

mod apply;
mod backup;
mod block;
mod change;
mod changes;
mod content;
mod diff;
mod directory;
mod error;
mod lines;
mod owned_file;
mod prepare;
mod rights;
mod snapshot;
mod target;
mod temporary;
mod write;

pub use backup::move_aside;
pub(super) use block::{BEGIN, END};
pub use block::{BlockError, blocks};
pub use change::FileChange;
pub use changes::{Changes, Direction};
pub use content::{BlockPosition, ChangedLine, Edit, EditContent};
pub use error::EditError;
pub use owned_file::has_lines_of_ours;
