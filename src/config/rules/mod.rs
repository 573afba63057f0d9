//! Rules for directories and networks, from TOML to the record that the shim reads.
//!
//! Takes the bytes of a `gvmr.toml` or of the user's `config.toml`, gives [`CompiledRules`] or every mistake with its line and
//! column. Pure: no file is read but to find the real path of a directory that a rule names. No message ever shows a
//! value: it may be a password, and line and column are shown anyway.

mod assignments;
mod conditions;
mod directories;
mod document;
mod expand;
mod mistakes;
mod nearest;
mod risk;
pub mod summary;
mod tables;
mod url;
mod value;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use document::Owner;
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::sys::printable;
use std::fmt;
use std::path::{Path, PathBuf};

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
pub struct RulesError {
    /// The file.
    pub file: PathBuf,
    /// Its mistakes in the order of the file; at least one.
    pub mistakes: Vec<Mistake>,
}

/// The user's rules in `config.toml`: `[env]`, `[[directory]]`, `[[network]]`; the settings read its other keys.
/// `user_home` is what `~` and `${HOME}` mean.
pub fn compile_config(
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, RulesError> {
    compile(Owner::User, file, bytes, user_home)
}

/// The rules of a project file, by its real path: `go`, `[env]`, `[[network]]`. `${PROJECT}` is its directory.
pub fn compile_project(
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, RulesError> {
    compile(Owner::Project, file, bytes, user_home)
}

fn compile(
    owner: Owner,
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, RulesError> {
    document::compile(owner, file, bytes, user_home)
        .map_err(|mistakes| RulesError { file: file.to_owned(), mistakes })
}

impl fmt::Display for RulesError {
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

impl std::error::Error for RulesError {}
