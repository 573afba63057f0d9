//! The one place that reads environment variables; tests give their own.

use crate::sys::process::{self, Word};
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
    /// Those whose names start as all names do that are asked for; the others are skipped once.
    asked: Vec<Word<'a>>,
    /// The first letters of those: hardly any environment has a name with each of them.
    letters: u32,
    privileged: bool,
}

/// The first letters of the names that [`Block`] is asked for on the way to every tool.
const FIRST_LETTERS: u32 = bit(b'G') | bit(b'H') | bit(b'P') | bit(b'T') | bit(b'X');

/// A letter's place in the alphabet as a bit; other characters share one with some letter.
const fn bit(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// Whether names with this first letter are among [`FIRST_LETTERS`], or may be.
fn is_asked(first: u8) -> bool {
    FIRST_LETTERS & bit(first) != 0
}

impl Block<'static> {
    /// This process's block.
    pub fn of_process() -> Self {
        Self::with(process::environment(), process::is_privileged())
    }
}

impl<'a> Block<'a> {
    /// A block of these `NAME=VALUE` entries.
    pub fn of(entries: &[&'a CStr]) -> Self {
        Self::with(entries.iter().map(|entry| Word::from(*entry)).collect(), false)
    }

    fn with(entries: Vec<Word<'a>>, privileged: bool) -> Self {
        let mut asked = Vec::with_capacity(entries.len());
        asked.extend(entries.iter().filter(|entry| is_asked(entry.first_byte())));
        let letters = asked.iter().fold(0, |letters, entry: &Word<'_>| letters | bit(entry.first_byte()));
        Self { entries, asked, letters, privileged }
    }

    /// Whether the kernel gave this process more rights than its caller has.
    pub(crate) fn is_privileged(&self) -> bool {
        self.privileged
    }

    /// The `NAME=VALUE` entries in their order.
    pub fn entries(&self) -> &[Word<'a>] {
        &self.entries
    }

    /// The same with this entry, if any, for all of that name.
    #[must_use]
    pub fn replacing(mut self, name: &str, entry: Option<&'a CStr>) -> Self {
        self.entries.retain(|old| old.after(name.as_bytes()).is_none_or(|rest| rest.after(b"=").is_none()));
        self.entries.extend(entry.map(Word::from));
        Self::with(self.entries, self.privileged)
    }

    /// The value of `name`, empty or not; the first entry counts, as it does to C's `getenv`.
    pub fn value(&self, name: &str) -> Option<&'a [u8]> {
        let first = *name.as_bytes().first()?;
        let entries = match is_asked(first) {
            true if self.letters & bit(first) == 0 => return None,
            true => &self.asked,
            false => &self.entries,
        };
        let value = entries.iter().find_map(|entry| entry.after(name.as_bytes())?.after(b"="));
        value.map(|value| value.as_c_str().to_bytes())
    }

    /// With borrowed rights (setuid) the caller's own words must not move the home or the choice.
    fn is_hidden(&self, name: &str) -> bool {
        self.privileged && (matches!(name, "HOME" | "XDG_CONFIG_HOME") || name.starts_with("GVMR_"))
    }
}

impl<'a> From<Vec<Word<'a>>> for Block<'a> {
    /// A block of these entries, of a process without borrowed rights.
    fn from(entries: Vec<Word<'a>>) -> Self {
        Self::with(entries, false)
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
    use std::ffi::CString;

    const ENTRIES: [&CStr; 6] =
        [c"HOME=/h", c"GVMR_VERSION=1.22", c"HOME=/other", c"EMPTY=", c"HOMER=/x", c"XDG_CONFIG_HOME=/c"];

    #[test]
    fn the_first_entry_counts_and_empty_is_unset() {
        let block = Block::of(&ENTRIES);
        assert_eq!(block.get("HOME").unwrap(), "/h");
        assert_eq!(block.get("EMPTY"), None);
        assert_eq!(block.value("EMPTY"), Some(&b""[..]));
        assert_eq!(block.get("HOM"), None);
        assert_eq!(block.get("EMPTY"), None);
        for first in 1..=u8::MAX {
            let entry = CString::new([&[first][..], b"ther=1"].concat()).unwrap();
            let Some(name) = entry.to_str().ok().and_then(|entry| entry.split_once('=')) else { continue };
            assert_eq!(Block::of(&[&entry, c"HOME=/h"]).get(name.0).is_some(), first != b'=', "{name:?}");
            assert_eq!(Block::of(&[c"HOME=/h", c"GOPATH=/p"]).get(name.0), None);
        }
    }

    #[test]
    fn an_entry_takes_the_place_of_all_of_its_name() {
        let replaced = Block::of(&ENTRIES).replacing("HOME", Some(c"HOME=/new"));
        assert_eq!(replaced.get("HOME").unwrap(), "/new");
        assert_eq!(
            (replaced.get("HOMER").unwrap(), replaced.entries().len()),
            ("/x".into(), ENTRIES.len() - 1)
        );
        assert_eq!(replaced.replacing("HOME", None).get("HOME"), None);
        let privileged = Block { privileged: true, ..Block::of(&ENTRIES) };
        assert_eq!(privileged.replacing("HOME", Some(c"HOME=/new")).get("HOME"), None);
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
