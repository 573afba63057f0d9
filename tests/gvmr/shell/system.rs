//! The machine's files: which ones are edited on which machines, what sudo does, and the whole of it on a machine of its own.

mod edited_files;
mod end_to_end;
mod sandbox;
mod sudo;
