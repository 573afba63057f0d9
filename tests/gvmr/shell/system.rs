//! The machine's files: which ones are edited on which machines, what sudo does, and the whole of it on a machine of its own.

mod edited_files;
mod end_to_end;
pub(crate) mod sandbox;
mod sudo;
