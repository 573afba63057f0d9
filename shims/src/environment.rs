//! The one place that reads environment variables, so that tests can say what is seen.

use crate::process::{self, Word};
use std::ffi::{CStr, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// A read-only view of environment variables.
pub trait Environment {
    /// The value of `name`; an empty value counts as unset, as it does to the go command.
    fn get(&self, name: &str) -> Option<OsString>;

    /// The value of `name` where it is valid UTF-8.
    fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|value| value.into_string().ok())
    }
}

/// Whether the kernel started this process with more rights than its caller has.
pub fn is_privileged() -> bool {
    process::is_privileged()
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

/// The environment as the kernel gave it, entry by entry: what a child inherits.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    entries: Vec<Word<'a>>,
    privileged: bool,
}

impl Block<'static> {
    /// This process's block.
    pub fn of_process() -> Self {
        Self { entries: process::environment(), privileged: process::is_privileged() }
    }
}

impl<'a> Block<'a> {
    /// A block of these `NAME=VALUE` entries.
    pub fn of(entries: &[&'a CStr]) -> Self {
        Self { entries: entries.iter().map(|entry| Word::from(*entry)).collect(), privileged: false }
    }

    /// The `NAME=VALUE` entries in their order.
    pub fn entries(&self) -> &[Word<'a>] {
        &self.entries
    }

    /// The value of `name`, empty or not; the first entry counts, as it does to C's `getenv`.
    pub fn value(&self, name: &str) -> Option<&'a [u8]> {
        let value = self.entries.iter().find_map(|entry| entry.after(name.as_bytes())?.after(b"="));
        value.map(|value| value.as_c_str().to_bytes())
    }

    /// With borrowed rights (setuid) the caller's own words must not move the home or the choice.
    fn is_hidden(&self, name: &str) -> bool {
        self.privileged && (matches!(name, "HOME" | "XDG_CONFIG_HOME") || name.starts_with("GVMR_"))
    }
}

impl Environment for Block<'_> {
    fn get(&self, name: &str) -> Option<OsString> {
        let value = self.value(name).filter(|value| !value.is_empty() && !self.is_hidden(name))?;
        Some(OsStr::from_bytes(value).to_owned())
    }
}

/// A fixed environment, for tests and for asking "what if".
impl Environment for Vec<(&str, &str)> {
    fn get(&self, name: &str) -> Option<OsString> {
        let (_, value) = self.iter().rev().find(|(key, _)| *key == name)?;
        (!value.is_empty()).then(|| OsString::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: [&CStr; 6] =
        [c"HOME=/h", c"GVMR_VERSION=1.22", c"HOME=/other", c"EMPTY=", c"HOMER=/x", c"XDG_CONFIG_HOME=/c"];

    #[test]
    fn the_first_entry_counts_and_empty_is_unset() {
        let block = Block::of(&ENTRIES);
        assert_eq!(block.get("HOME").unwrap(), "/h");
        assert_eq!(block.get("EMPTY"), None);
        assert_eq!(block.value("EMPTY"), Some(&b""[..]));
        assert_eq!(block.get("HOM"), None);
    }

    #[test]
    fn with_borrowed_rights_home_and_gvmr_are_not_seen() {
        let block = Block { privileged: true, ..Block::of(&ENTRIES) };
        for hidden in ["HOME", "XDG_CONFIG_HOME", "GVMR_VERSION"] {
            assert_eq!(block.get(hidden), None, "{hidden}");
        }
        assert_eq!(block.get("HOMER").unwrap(), "/x");
    }
}
