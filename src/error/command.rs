//! Errors of a command that is run with a chosen Go.

use super::{Error, ErrorKind};
use crate::process::NotGiven;
use gvmr_core::sys::printable;
use std::env::JoinPathsError;
use std::ffi::OsStr;
use std::io;

impl Error {
    /// A program that the system does not start.
    pub fn not_started(program: &OsStr, error: &io::Error) -> Self {
        let is_absent = error.kind() == io::ErrorKind::NotFound;
        let kind = if is_absent { ErrorKind::NotFound } else { ErrorKind::CannotExecute };
        Self::said(kind, format!("cannot run {}: {error}", printable::path(program)))
    }
}

impl From<NotGiven> for Error {
    fn from(error: NotGiven) -> Self {
        Self::new(ErrorKind::Usage, &error).hint("-e NAME=VALUE sets one, -e NAME= unsets it")
    }
}

impl From<JoinPathsError> for Error {
    fn from(_: JoinPathsError) -> Self {
        Self::said(ErrorKind::Usage, "GVMR_HOME contains a colon, which PATH cannot hold")
    }
}
