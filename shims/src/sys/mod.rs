//! The ground floor: what this process is given and what it reads of the machine.
//!
//! Takes paths and C's arguments, gives bytes, words and directories. Knows nothing of Go or of gvmr's home; holds the
//! library's only `unsafe`.

pub mod bounded;
pub mod directory;
pub mod environment;
pub(crate) mod fingerprint;
pub mod interpreter;
pub mod printable;
pub mod private_file;
pub mod process;
pub mod program;
