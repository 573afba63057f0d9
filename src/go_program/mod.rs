//! A program that Go built, as its file describes it: how it was built, and what it needs to start.
//!
//! Takes an ELF file; gives its build info, its loader and the versions of glibc that it asks for. Runs nothing, needs no
//! Go, and reads only what it looks for: a damaged file gives an error.

mod build_info;
mod elf;
mod unquoted;

pub use build_info::{BuildInfo, BuiltModule};
pub use elf::{LoaderNeeds, ProgramFile};

use std::io;

/// Why a program says nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The system did not open or read it.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// It is a script, an archive, a program of another system.
    #[error("not a program of Linux (ELF)")]
    NotElf,
    /// Its headers contradict each other.
    #[error("a damaged program: {0}")]
    Damaged(&'static str),
    /// Another language, or a linker that leaves it out.
    #[error("not built by Go, or without build info")]
    NoBuildInfo,
    /// What Go left there cannot be read.
    #[error("damaged build info, line {0}")]
    BuildInfo(usize),
}
