//! Errors of a run before its command does anything: the context, and the way to the sources.

use super::{Error, ErrorKind};
use crate::context::ContextError;
use crate::install::OpenError;

impl From<ContextError> for Error {
    fn from(error: ContextError) -> Self {
        let hint = error.hint();
        let kind = match error {
            ContextError::Config(error) => return error.into(),
            ContextError::Store(error) => return error.into(),
            ContextError::Request(error) => return error.into(),
            ContextError::Resolve(error) => return error.into(),
            ContextError::ReadOnly { refused, .. } | ContextError::OwnDefault { refused, .. } => {
                return Self { hint, ..Self::from(refused) };
            }
            ContextError::Setuid
            | ContextError::CannotAsk(_)
            | ContextError::NoDefaultFile
            | ContextError::NotOneVersion { .. }
            | ContextError::Ambiguous { .. } => ErrorKind::Usage,
            ContextError::NotInstalled { .. } | ContextError::Missing { .. } => ErrorKind::UnknownVersion,
            ContextError::WorkingDirectory(_) => ErrorKind::Storage,
        };
        Self::with_hint(kind, &error, hint)
    }
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Config(error) => error.into(),
            OpenError::Store(error) => error.into(),
            OpenError::Log(error) => error.into(),
            OpenError::Goproxy { .. } => Self::with_hint(ErrorKind::Usage, &error, error.hint()),
        }
    }
}
