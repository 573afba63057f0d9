//! The environment of a toolchain: this process's own, with a few edits and no others.
//!
//! Takes the entries and the [`Edits`], gives what to keep and what to add. What no rule of the user's changes passes
//! untouched, and so does the go command's own `GOTOOLCHAIN_INTERNAL_*`.

use crate::env::rules::Change;
use crate::sys::process::Word;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The variable that counts how often the shim ran a program which may call the shim again.
pub const DEPTH: &str = "GVMR_SHIM_DEPTH";

/// What a child's environment must differ in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edits<'a> {
    /// The toolchain's directory: an inherited GOROOT that is not this one, and GOTOOLDIR, are removed.
    /// `None` for a wrapper, which sets what it needs.
    pub goroot: Option<&'a Path>,
    /// Whether GOROOT must be set, because the toolchain cannot find it by itself.
    pub export_goroot: bool,
    /// Whether the go command must not switch to another toolchain, unless the user set GOTOOLCHAIN.
    pub local: bool,
    /// How deep the next shim in this chain is; never given to a toolchain.
    pub depth: Option<u32>,
    /// What the user's rules change.
    pub changes: &'a [Change],
}

/// A child's environment.
#[derive(Debug, Default)]
pub struct ChildEnvironment<'a> {
    kept: Vec<Word<'a>>,
    added: Vec<CString>,
}

impl<'a> ChildEnvironment<'a> {
    /// `entries` with `edits` made.
    pub fn of(entries: &[Word<'a>], edits: &Edits<'_>) -> Self {
        let mut child = Self { kept: Vec::with_capacity(entries.len() + 3), added: Vec::new() };
        let mut local = edits.local;
        let only_gos = edits.changes.is_empty();
        child.kept.extend(entries.iter().filter(|entry| {
            if only_gos && entry.first_byte() != b'G' {
                return true; // as most are
            }
            let is_kept = !is_removed(**entry, edits);
            local &= !is_kept || entry.after(b"GOTOOLCHAIN=").is_none();
            is_kept
        }));
        if local {
            child.add(b"GOTOOLCHAIN=", b"local");
        }
        if let Some(goroot) = edits.goroot.filter(|_| edits.export_goroot) {
            child.add(b"GOROOT=", goroot.as_os_str().as_bytes());
        }
        if let Some(depth) = edits.depth {
            child.add(b"GVMR_SHIM_DEPTH=", depth.to_string().as_bytes());
        }
        for change in edits.changes {
            let Some(value) = &change.value else { continue };
            for name in [Some(change.name), change.twin].into_iter().flatten() {
                child.add(&[name.as_bytes(), b"="].concat(), value.as_bytes());
            }
        }
        child
    }

    /// All entries.
    pub fn entries(&'a self) -> Vec<Word<'a>> {
        let mut entries = self.kept.clone();
        entries.extend(self.added.iter().map(|entry| Word::from(entry.as_c_str())));
        entries
    }

    /// A value with a NUL in it cannot come from a path or a number, and would not be added.
    fn add(&mut self, name: &[u8], value: &[u8]) {
        self.added.extend(CString::new([name, value].concat()));
    }
}

fn is_removed(entry: Word<'_>, edits: &Edits<'_>) -> bool {
    let is = |name: &str| entry.after(name.as_bytes()).is_some_and(|rest| rest.after(b"=").is_some());
    if edits.changes.iter().any(|change| is(change.name) || change.twin.is_some_and(is)) {
        return true;
    }
    let Some(entry) = entry.after(b"G") else { return false }; // most entries end here
    if entry.after(b"VMR_SHIM_DEPTH=").is_some() {
        return true;
    }
    if let Some(value) = entry.after(b"OTOOLCHAIN=") {
        return edits.local && value.as_c_str().is_empty(); // empty is unset to the go command
    }
    let Some(goroot) = edits.goroot else { return false };
    match entry.after(b"OROOT=") {
        Some(value) => {
            let value = Path::new(OsStr::from_bytes(value.as_c_str().to_bytes()));
            edits.export_goroot || value != goroot
        }
        None => entry.after(b"OTOOLDIR=").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    const GOROOT: &str = "/h/versions/go1.23.4";

    fn edited(entries: &[&CStr], edits: Edits<'_>) -> Vec<String> {
        let entries: Vec<Word<'_>> = entries.iter().map(|entry| Word::from(*entry)).collect();
        let child = ChildEnvironment::of(&entries, &edits);
        child.entries().iter().map(|entry| entry.as_c_str().to_str().unwrap().to_owned()).collect()
    }

    fn toolchain() -> Edits<'static> {
        Edits { goroot: Some(Path::new(GOROOT)), ..Edits::default() }
    }

    #[test]
    fn a_foreign_goroot_and_gotooldir_are_removed_and_all_else_passes() {
        let entries =
            [c"A=1", c"GOROOT=/usr/local/go", c"GOTOOLDIR=/x", c"GOPATH=/p", c"GOROOT_FINAL=/f", c"", c"odd"];
        assert_eq!(edited(&entries, toolchain()), ["A=1", "GOPATH=/p", "GOROOT_FINAL=/f", "", "odd"]);
    }

    #[test]
    fn its_own_goroot_stays_in_any_spelling() {
        let entries = [c"GOROOT=/h/versions/go1.23.4/"];
        assert_eq!(edited(&entries, toolchain()), ["GOROOT=/h/versions/go1.23.4/"]);
        let export = Edits { export_goroot: true, ..toolchain() };
        assert_eq!(edited(&entries, export), ["GOROOT=/h/versions/go1.23.4"]);
    }

    #[test]
    fn gotoolchain_is_local_only_where_the_user_said_nothing() {
        let local = Edits { local: true, ..toolchain() };
        assert_eq!(edited(&[c"A=1"], local), ["A=1", "GOTOOLCHAIN=local"]);
        assert_eq!(edited(&[c"GOTOOLCHAIN="], local), ["GOTOOLCHAIN=local"]);
        assert_eq!(edited(&[c"GOTOOLCHAIN=auto"], local), ["GOTOOLCHAIN=auto"]);
        let switched =
            [c"GOTOOLCHAIN_INTERNAL_SWITCH_VERSION=go1.23.4", c"GOTOOLCHAIN_INTERNAL_SWITCH_COUNT=1"];
        assert_eq!(edited(&switched, toolchain()), switched.map(|entry| entry.to_str().unwrap()));
    }

    #[test]
    fn a_change_replaces_both_spellings_and_an_empty_one_removes_them() {
        let entries = [c"GOPATH=/old", c"GOPATHS=/x", c"https_proxy=http://old", c"GOFLAGS=-v"];
        let set = |name, twin, value: &str| Change { name, twin, value: Some(value.into()) };
        let changes = [
            set("GOPATH", None, "/new"),
            set("HTTPS_PROXY", Some("https_proxy"), "http://new"),
            Change { name: "GOFLAGS", twin: None, value: None },
        ];
        let edits = Edits { changes: &changes, ..Edits::default() };
        let expected = ["GOPATHS=/x", "GOPATH=/new", "HTTPS_PROXY=http://new", "https_proxy=http://new"];
        assert_eq!(edited(&entries, edits), expected);
    }

    #[test]
    fn the_counter_goes_to_wrappers_only() {
        let entries = [c"GVMR_SHIM_DEPTH=1", c"GOROOT=/x", c"GOTOOLDIR=/y"];
        let wrapper = Edits { depth: Some(2), ..Edits::default() };
        assert_eq!(edited(&entries, wrapper), ["GOROOT=/x", "GOTOOLDIR=/y", "GVMR_SHIM_DEPTH=2"]);
        assert!(edited(&entries, toolchain()).is_empty());
    }
}
