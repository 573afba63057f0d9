//! Rules for directories and networks, from TOML to the record that the shim reads.
//!
//! Takes the bytes of a `gvmr.toml` or of the user's `config.toml`, gives [`CompiledRules`] or every mistake with its line and
//! column. Pure: no file is read but to find the real path of a directory that a rule names. No message ever shows a
//! value: it may be a password, and line and column are shown anyway.

mod assignments;
mod conditions;
mod directories;
mod document;
mod error;
mod expand;
mod goflags;
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

pub use error::{Mistake, RulesError};
pub use nearest::nearest;

use document::Owner;
use gvmr_core::env::compiled_rules::CompiledRules;
use std::path::Path;

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
