//! Why no Go could be chosen: data for the command line's errors, and one sentence for the shim's.

use crate::gover::gomod::InvalidToolchain;
use crate::gover::selector::NotAVersion;
use crate::gover::version_file::{VersionFileError, VersionFileErrorKind};
use crate::home::system_go::REFUSED;
use crate::select::resolution::{Source, place};
use crate::sys::bounded::Refusal;
use crate::sys::printable;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why no Go could be chosen. A pin that cannot be understood is an error: another version would be a surprise.
#[derive(Debug)]
pub enum ResolveError {
    /// A pin file, go.mod or go.work that is there and cannot be read.
    Refused {
        /// The file.
        file: PathBuf,
        /// Why not.
        refusal: Refusal,
    },
    /// A pin file that names no version.
    Pin {
        /// The file.
        file: PathBuf,
        /// The line and what is wrong there.
        fault: VersionFileError,
    },
    /// `GVMR_VERSION` holds no version.
    Variable(NotAVersion),
    /// A `toolchain` line in go.mod or go.work that the go command would refuse too.
    InvalidToolchain {
        /// The file.
        file: PathBuf,
        /// The line.
        invalid: InvalidToolchain,
    },
    /// `GOWORK` is neither `off` nor an absolute path, which the go command refuses too.
    RelativeGowork {
        /// Its value.
        value: OsString,
    },
    /// The directory of installed versions cannot be listed.
    Versions {
        /// The directory.
        directory: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// `system` is asked for, and no Go is outside gvmr.
    NothingOutside {
        /// Who asks.
        source: Source,
        /// The file, where one does.
        file: Option<PathBuf>,
        /// The line in it.
        line: Option<usize>,
        /// A `go` on PATH that does not count for root.
        refused: Option<PathBuf>,
    },
    /// Nothing asks for a version, nothing is installed and no Go is outside gvmr.
    NothingAnywhere {
        /// A `go` on PATH that does not count for root.
        refused: Option<PathBuf>,
    },
}

impl ResolveError {
    /// The file that is at fault, and the line in it, counted from 1.
    pub fn place(&self) -> Option<(&Path, Option<usize>)> {
        match self {
            Self::Refused { file, .. } => Some((file, None)),
            Self::Pin { file, fault } => Some((file, fault.line)),
            Self::InvalidToolchain { file, invalid } => Some((file, Some(invalid.line))),
            Self::Versions { directory, .. } => Some((directory, None)),
            Self::Variable(_)
            | Self::RelativeGowork { .. }
            | Self::NothingOutside { .. }
            | Self::NothingAnywhere { .. } => None,
        }
    }

    /// One next step for a person.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Pin { fault: VersionFileError { kind: VersionFileErrorKind::Outside(_), .. }, .. } => {
                "remove the link, or correct its target"
            }
            Self::Pin { file, .. } | Self::Refused { file, .. } => {
                match file.file_name().and_then(|name| name.to_str()) {
                    Some(".go-version") => "correct it, or remove it and run `gvmr use VERSION`",
                    Some("default") => "run `gvmr use --global VERSION`",
                    _ => "correct that file",
                }
            }
            Self::InvalidToolchain { .. } => "correct the toolchain line",
            Self::Variable(_) => "change or unset GVMR_VERSION",
            Self::RelativeGowork { .. } => "change or unset GOWORK",
            Self::Versions { .. } => "check the directory's permissions",
            Self::NothingOutside { .. } => "name a version instead of system",
            Self::NothingAnywhere { .. } => "run `gvmr ls-remote` to list other versions",
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { file, refusal } => write!(formatter, "{} {refusal}", printable::path(file)),
            Self::Pin { file, fault } => {
                write!(formatter, "{}: {}", place("", Some(file), fault.line), fault.kind)
            }
            Self::Variable(word) => write!(formatter, "GVMR_VERSION: {word}"),
            Self::InvalidToolchain { file, invalid } => {
                let place = place("", Some(file), Some(invalid.line));
                let written = printable::typed(&invalid.written);
                write!(
                    formatter,
                    "{place}: invalid toolchain version \"{written}\": must match format go1.23.0 or default"
                )
            }
            Self::RelativeGowork { value } => {
                write!(
                    formatter,
                    "invalid GOWORK \"{}\": not an absolute path or \"off\"",
                    printable::path(value)
                )
            }
            Self::Versions { directory, error } => {
                write!(
                    formatter,
                    "cannot list the installed versions in {}: {error}",
                    printable::path(directory)
                )
            }
            Self::NothingOutside { source, file, line, refused } => {
                let place = place(source.name(), file.as_deref(), *line);
                write!(formatter, "{place}: \"system\" selects the Go outside gvmr, and ")?;
                nothing_on_path(refused.as_deref(), "PATH has none", formatter)
            }
            Self::NothingAnywhere { refused } => {
                formatter.write_str("no Go version is installed, and ")?;
                nothing_on_path(refused.as_deref(), "PATH has no go", formatter)?;
                formatter.write_str("; run `gvmr install latest`")
            }
        }
    }
}

/// That PATH has no go, or why the one there does not count.
fn nothing_on_path(refused: Option<&Path>, none: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match refused {
        Some(program) => write!(formatter, "{} {REFUSED}", printable::path(program)),
        None => formatter.write_str(none),
    }
}

impl std::error::Error for ResolveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused { refusal: Refusal::Unreadable(error), .. } | Self::Versions { error, .. } => {
                Some(error)
            }
            Self::Variable(word) => Some(word),
            _ => None,
        }
    }
}
