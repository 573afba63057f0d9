//! The settings that decide whom Go asks, as the next go sees them, and where that go runs.

use std::path::Path;

/// Reads one setting by its name.
type Read<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The settings and the directory.
pub(in crate::doctor) struct GoEnvironment<'a> {
    /// The directory that this is about.
    pub directory: &'a Path,
    values: Read<'a>,
    written: Read<'a>,
}

impl<'a> GoEnvironment<'a> {
    /// `values` are those in force, Go's own defaults among them; `written` are those that somebody wrote.
    pub(in crate::doctor) fn new(directory: &'a Path, values: Read<'a>, written: Read<'a>) -> Self {
        Self { directory, values, written }
    }

    /// The value in force, where there is one.
    pub(in crate::doctor) fn value(&self, name: &str) -> Option<String> {
        (self.values)(name).filter(|value| !value.is_empty())
    }

    /// The value that somebody wrote.
    pub(in crate::doctor) fn written(&self, name: &str) -> Option<String> {
        (self.written)(name)
    }
}
