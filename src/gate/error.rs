//! Why nothing is run.

use crate::check::UnknownName;
use crate::config::{CHECK_FILE, TrustError};
use crate::shell::quote::where_needed;
use crate::toml_file::TomlFileError;
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// The most names that a hint lists.
const MAX_NAMES: usize = 20;

/// Why a check does not begin. Nothing has run then.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// There is no check file here.
    #[error("no {} and no go.mod here or above", CHECK_FILE)]
    NoFile,
    /// Nothing can run where it is.
    #[error("cannot run anything in {}: {source}", printable::path(.path))]
    Directory {
        /// The file's directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It cannot be read or trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// It is not trusted.
    #[error("{} {}; it would reach:\n  {}", printable::path(.file), not_trusted(*.was_trusted), .reaches.join("\n  "))]
    Untrusted {
        /// The file.
        file: PathBuf,
        /// Whether it was trusted with other bytes.
        was_trusted: bool,
        /// The programs and servers that it reaches.
        reaches: Vec<String>,
    },
    /// It belongs to another user, and was found, not named.
    #[error("{} belongs to user {owner}", printable::path(.file))]
    Foreign {
        /// The file.
        file: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// It has mistakes.
    #[error(transparent)]
    File(#[from] TomlFileError),
    /// A variable of the command line is none of the file's.
    #[error("--var {}: [check.vars] does not declare it", printable::typed(.name))]
    UndeclaredVariable {
        /// As it was given.
        name: String,
        /// Those that the file has.
        declared: Vec<String>,
    },
    /// A name of the command line is none of the file's.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// There is no such form of reports.
    #[error("unknown report format {}", printable::typed(.0))]
    ReportFormat(String),
    /// A report would be lost, or would replace something.
    #[error("{0}")]
    ReportClash(String),
    /// The file to be written is a directory, or has no name.
    #[error("{} is not the name of a file", printable::path(.0))]
    InitDirectory(PathBuf),
    /// The file to be written is there.
    #[error("{} exists already", printable::path(.0))]
    InitExists(PathBuf),
    /// A report cannot be written.
    #[error("cannot write the report {}: {source}", printable::path(.path))]
    Report {
        /// Where to.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No run is kept.
    #[error("no run is kept under key {}", printable::typed(.0))]
    NoRuns(String),
    /// The file cannot be written.
    #[error("cannot write {}: {source}", printable::path(.path))]
    Init {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The kept runs cannot be read.
    #[error("cannot read the kept runs in {}: {source}", printable::path(.path))]
    Archive {
        /// Their directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl GateError {
    /// What to run next.
    pub fn hint(&self) -> Option<String> {
        let file = |file: &PathBuf| where_needed(file.as_os_str());
        match self {
            Self::NoFile => {
                Some("run `gvmr check --init` to write one, or name one: `gvmr check -f FILE`".to_owned())
            }
            Self::Trust(TrustError::NoFile(_)) => Some("name a check file: `gvmr check -f FILE`".to_owned()),
            Self::Trust(TrustError::Unreadable { file: directory, .. }) if directory.is_dir() => {
                Some(format!("name the file in it: `gvmr check -f {}`", file(&directory.join(CHECK_FILE))))
            }
            Self::Trust(TrustError::Unreadable { .. }) => {
                Some("a check file is a regular file of at most 1 MiB".to_owned())
            }
            Self::Trust(error) => error.hint(),
            Self::Untrusted { file: path, .. } => {
                let path = file(path);
                Some(format!(
                    "review it, then run `gvmr trust {path}`, or run it once: `gvmr check -f {path}`"
                ))
            }
            Self::Foreign { file: path, .. } => {
                Some(format!("review it, then name it to run it once: `gvmr check -f {}`", file(path)))
            }
            Self::Name(error) => Some(name_hint(error)),
            Self::UndeclaredVariable { declared, .. } if declared.is_empty() => {
                Some("the file declares no variables".to_owned())
            }
            Self::UndeclaredVariable { declared, .. } => Some(format!("it declares {}", listed(declared))),
            Self::InitExists(_) => Some("edit it, or remove it first".to_owned()),
            Self::ReportClash(_) => Some("give each report a path that no other file has".to_owned()),
            Self::ReportFormat(_) => {
                Some("formats are json, junit, markdown, github, gitlab and openmetrics".to_owned())
            }
            _ => None,
        }
    }
}

fn not_trusted(was_trusted: bool) -> &'static str {
    if was_trusted { "has changed since you trusted it" } else { "is not trusted" }
}

/// What is right in place of a name that the file does not have.
fn name_hint(error: &UnknownName) -> String {
    let name = Path::new(&error.name);
    match &error.nearest {
        _ if name.extension() == Some(OsStr::new("toml")) => {
            format!("a file is named with -f: `gvmr check -f {}`", where_needed(name.as_os_str()))
        }
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("the file has {}", listed(&error.known)),
    }
}

/// The first names, and how many more there are.
fn listed(names: &[String]) -> String {
    let first: Vec<_> = names.iter().take(MAX_NAMES).map(|name| printable::typed(name)).collect();
    match names.len().checked_sub(MAX_NAMES).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", first.join(", ")),
        None => first.join(", "),
    }
}
