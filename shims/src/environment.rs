//! The one place that reads environment variables, so that tests can say what is seen.

use std::ffi::OsString;

/// A read-only view of environment variables.
pub trait Environment {
    /// The value of `name`; an empty value counts as unset, as it does to the go command.
    fn get(&self, name: &str) -> Option<OsString>;

    /// The value of `name` where it is valid UTF-8.
    fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|value| value.into_string().ok())
    }
}

/// This process's own environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process;

impl Environment for Process {
    #[allow(clippy::disallowed_methods)] // the owner of this read
    fn get(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name).filter(|value| !value.is_empty())
    }
}

/// A fixed environment, for tests and for asking "what if".
impl Environment for Vec<(&str, &str)> {
    fn get(&self, name: &str) -> Option<OsString> {
        let (_, value) = self.iter().rev().find(|(key, _)| *key == name)?;
        (!value.is_empty()).then(|| OsString::from(value))
    }
}
