//! The error of a file whose rules have mistakes: each with its line and column.

use gvmr_core::sys::printable;
use std::fmt;
use std::path::PathBuf;

/// One mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, and what would be right; never a value that may be a secret.
    pub message: String,
}

/// A file whose rules have mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TomlFileError {
    /// The file.
    pub file: PathBuf,
    /// Its mistakes in the order of the file; at least one.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for TomlFileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = printable::path(&self.file);
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let Mistake { line, column, message } = mistake;
            write!(formatter, "{separator}{file}:{line}:{column}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TomlFileError {}
