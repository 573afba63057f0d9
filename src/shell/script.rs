//! The scripts that put the shim directory on `PATH`, and the line that reads them.
//!
//! Takes where gvmr's home is, and a language; gives text for `<home>/env` or its like, and for the files that read it. What they do
//! is the rule of `path.rs`. They use builtins alone (`PATH` may be empty), print nothing, leave no variable behind, and
//! stand `set -eu`, a changed `IFS` and the options of zsh. Paths in them are quoted, whatever they hold.

mod entry;

pub use entry::{ScriptEntry, ScriptError};

use super::language::{Language, is_plain};
use super::path::{Paths, join};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

impl ScriptEntry<'_> {
    /// The line (with its final newline) that reads `<home>/env` or its like if it exists, silently, under `set -eu` too.
    /// It names a file below the user's home relative to that, and also by its full path if the first may be misread.
    pub fn line(&self, language: &Language) -> Result<Vec<u8>, ScriptError> {
        let paths = Paths::of(self)?;
        let file = ["/", language.env_file].concat();
        let literal = (language.quote)(&join(&paths.home, &file));
        let is_plain = is_plain(&paths.home);
        let read = if is_plain { Some(language.read) } else { language.read_either };
        let (Some(below), Some(read)) = (&paths.below, read) else {
            return Ok(fill(language.read, &[], &[("file", literal)]));
        };
        let home = (language.home)(self.user_home.unwrap_or(Path::new("")));
        let below = join(below, &file);
        let moved = if is_plain {
            [home.as_os_str(), &below, "\"".as_ref()]
        } else {
            [home.as_os_str(), "\"".as_ref(), &(language.quote)(&below)]
        };
        Ok(fill(read, &[], &[("file", moved.into_iter().collect()), ("literal", literal)]))
    }

    /// `<home>/env` or its like.
    pub fn script(&self, language: &Language) -> Result<Vec<u8>, ScriptError> {
        let quote = language.quote;
        let paths = Paths::of(self)?;
        let misspellings: Vec<_> = paths.misspellings().iter().map(|one| quote(one)).collect();
        let below = paths.below.as_deref().unwrap_or_default();
        let values = [
            ("home", quote(&paths.home)),
            ("shims", quote(&paths.shims())),
            ("below", quote(below)),
            ("below/shims", quote(&join(below, "/shims"))),
            ("misspellings", misspellings.join(OsStr::new(" "))),
            ("go-bin", quote(paths.go_bin.as_deref().unwrap_or_default())),
        ];
        let flags = [
            ("below", paths.below.is_some()),
            ("settled", paths.go_bin.is_some()),
            ("default", paths.go_bin.is_none()),
            ("export", self.export_home),
            ("shared", self.shared),
        ];
        let flags: Vec<&str> =
            flags.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect();
        Ok(fill(language.template, &flags, &values))
    }
}

/// The template with `@name@` replaced by that value. A line that starts with `?flag ` stays, without that, if the flag is set.
fn fill(template: &str, flags: &[&str], values: &[(&str, OsString)]) -> Vec<u8> {
    let mut text = Vec::with_capacity(2 * template.len());
    for line in template.split_inclusive('\n') {
        let line = match line.strip_prefix('?').and_then(|line| line.split_once(' ')) {
            Some((flag, _)) if !flags.contains(&flag) => continue,
            Some((_, line)) => line,
            None => line,
        };
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('@') {
            text.extend(before.as_bytes());
            let known = values
                .iter()
                .find_map(|(name, value)| Some((value, after.strip_prefix(name)?.strip_prefix('@')?)));
            if let Some((value, after)) = known {
                text.extend(value.as_bytes());
                rest = after;
            } else {
                text.push(b'@');
                rest = after;
            }
        }
        text.extend(rest.as_bytes());
    }
    text
}

#[cfg(test)]
mod tests;
