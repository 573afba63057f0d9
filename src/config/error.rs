//! Why the settings could not be read, and what to do next.

use crate::net;
use crate::toml_file::TomlFileError;
use gvmr_core::sys::printable;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No home can be named.
    #[error("no home directory: neither GVMR_HOME nor HOME is set")]
    NoHome,
    /// A path setting that must be absolute is not.
    #[error("{setting} must be an absolute path, got \"{value}\"", value = printable::path(value))]
    Relative {
        /// The variable's name.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The home's path cannot be an element of `PATH`.
    #[error("cannot use {home} as gvmr's home: a path with {what} cannot be on PATH", home = printable::path(home))]
    OffPath {
        /// The home.
        home: PathBuf,
        /// What its path contains.
        what: &'static str,
    },
    /// An environment variable has a value outside its set.
    #[error("{setting} must be {allowed}, got \"{value}\"", value = printable::typed(value))]
    Value {
        /// The variable's name.
        setting: &'static str,
        /// The values it may have.
        allowed: &'static str,
        /// Its value.
        value: String,
    },
    /// A setting that must be an address is none.
    #[error(
        "{setting}: not a valid URL: \"{value}\"; expected an https, http or file URL, an absolute path, or off"
    )]
    Address {
        /// The setting.
        setting: &'static str,
        /// What may be shown of its value.
        value: String,
    },
    /// The file that names the machine's shared home is wrong.
    #[error("{path} {why}", path = printable::path(path))]
    Machine {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, to follow its name.
        why: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = printable::path(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It belongs to another user, who could change it. It counts for nothing.
    #[error("cannot read {path}: it belongs to user {owner}, who could change it", path = printable::path(path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// The rules in the file have mistakes.
    #[error(transparent)]
    Rules(#[from] TomlFileError),
    /// The file is not valid.
    #[error("{path}: line {line}, column {column}: {message}", path = printable::path(path))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The column in it, counted from 1.
        column: usize,
        /// The mistake, from the TOML reader.
        message: String,
    },
}

impl ConfigError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Address { value, .. } => {
                return Some(format!("correct or remove the setting; {}", net::list_step(value)));
            }
            Self::NoHome => "set GVMR_HOME to an absolute path",
            Self::Relative { .. } => "change or unset the variable",
            Self::OffPath { .. } => "set GVMR_HOME to an absolute path without colons or line breaks",
            Self::Value { .. } => "correct or remove the setting",
            Self::Machine { .. } => "correct or remove the file as root, or set GVMR_HOME",
            Self::Unreadable { source, .. } if source.kind() == ErrorKind::NotFound => {
                "set GVMR_CONFIG to an existing file, or unset it"
            }
            Self::Foreign { .. } => "make it yours with chown",
            Self::Unreadable { .. } | Self::Malformed { .. } | Self::Rules(_) => {
                "correct the file, or rename it"
            }
        };
        Some(hint.to_owned())
    }
}
