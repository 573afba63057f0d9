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
pub mod goflags;
mod risk;
pub mod summary;
mod url;
mod value;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use directories::cleaned;

use crate::toml_file::{Mistake, TomlFileError};
use document::Owner;
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::env::gvmr_toml::NAME;
use gvmr_core::select::project;
use gvmr_core::sys::printable;
use std::path::Path;

/// The user's rules in `config.toml`: `[env]`, `[[directory]]`, `[[network]]`; the settings read its other keys.
/// `user_home` is what `~` and `${HOME}` mean.
pub fn compile_config(
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, TomlFileError> {
    compile(Owner::User, file, bytes, user_home)
}

/// The rules of a project file, by its real path: `go`, `[env]`, `[[network]]`. `${PROJECT}` is its directory.
pub fn compile_project(
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, TomlFileError> {
    let compiled = compile(Owner::Project, file, bytes, user_home);
    compiled.map_err(|error| match project::target_outside(file) {
        Some(target) => TomlFileError { mistakes: vec![not_shown(&target)], ..error },
        None => error,
    })
}

/// What is said of the mistakes in a file outside the project: its content may be private.
fn not_shown(target: &Path) -> Mistake {
    let message = format!(
        "leads out of the project to {}, which is not a {NAME}; its content is not shown",
        printable::path(target)
    );
    Mistake { line: 1, column: 1, message }
}

fn compile(
    owner: Owner,
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, TomlFileError> {
    document::compile(owner, file, bytes, user_home)
        .map_err(|mistakes| TomlFileError { file: file.to_owned(), mistakes })
}
