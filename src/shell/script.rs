//! The scripts that put the shim directory on `PATH`, and the line that reads them.
//!
//! Takes where gvmr's home is; gives text for `<home>/env`, `<home>/env.fish` and the files that read them. What they do
//! is the rule of `path.rs`. They use builtins alone (`PATH` may be empty), print nothing, leave no variable behind, and
//! stand `set -eu`, a changed `IFS` and the options of zsh. Paths in them are quoted, whatever they hold.

use super::path::{Paths, join};
use super::quote;
use gvmr_core::home::paths::Home;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// What the scripts are about.
#[derive(Clone, Copy, Debug)]
pub struct ScriptEntry<'a> {
    /// gvmr's home, whose shim directory comes first.
    pub home: &'a Home,
    /// The user's home directory, where `home` may be said relative to `$HOME` (it survives a renamed or cloned home).
    pub user_home: Option<&'a Path>,
    /// `GOBIN` as the `go env -w` file has it, where it has one.
    pub go_bin: Option<&'a Path>,
    /// Whether sessions need `GVMR_HOME` to find `home`: it is neither the default nor the machine's shared one.
    pub export_home: bool,
    /// Whether root keeps `home` for every user: then a user's own home, where there is one in the usual place, comes
    /// before it, as it does to gvmr itself.
    pub shared: bool,
}

/// Why no script can be written.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The shim directory cannot be an element of `PATH`.
    #[error("{path} cannot be on PATH: it is relative, or contains a colon or newline", path = path.display())]
    Unfit {
        /// The shim directory.
        path: PathBuf,
    },
}

impl ScriptError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        "set GVMR_HOME to an absolute path without colons"
    }
}

/// Makes one word of a value.
type Quote = fn(&OsStr) -> OsString;

impl ScriptEntry<'_> {
    /// `<home>/env`, for every POSIX shell.
    pub fn posix(&self) -> Result<Vec<u8>, ScriptError> {
        self.script(include_str!("env.sh.template"), quote::posix)
    }

    /// `<home>/env.fish`.
    pub fn fish(&self) -> Result<Vec<u8>, ScriptError> {
        self.script(include_str!("env.fish.template"), quote::fish)
    }

    /// The one line (with its final newline) that reads `<home>/env` where it is there, silently, for every POSIX shell
    /// under `set -eu` too.
    pub fn posix_line(&self) -> Result<Vec<u8>, ScriptError> {
        // What a quote or a dollar means inside `"${HOME:-…}"` differs from shell to shell.
        let user = self.user_home.unwrap_or(Path::new(""));
        let before =
            ["\"${HOME:-".as_ref(), user.as_os_str(), "}".as_ref()].into_iter().collect::<OsString>();
        let home = if is_plain(user.as_os_str()) { &before } else { OsStr::new("\"${HOME-}") };
        self.line(home, "/env", quote::posix, [READ, READ_EITHER])
    }

    /// The one line (with its final newline) that reads `<home>/env.fish`.
    pub fn fish_line(&self) -> Result<Vec<u8>, ScriptError> {
        // fish sets HOME itself where it is not set, but misreads one that is no ASCII in the C locale.
        self.line(OsStr::new("\"$HOME"), "/env.fish", quote::fish, [READ_FISH, READ_FISH_EITHER])
    }

    /// The line that reads this file: below `home`, an opened quote, where gvmr is below the user's home; and by its own
    /// name where that is not, or where names may be misread.
    fn line(&self, home: &OsStr, file: &str, quote: Quote, lines: [&str; 2]) -> Result<Vec<u8>, ScriptError> {
        let paths = Paths::of(self)?;
        let literal = quote(&join(&paths.home, file));
        let Some(below) = &paths.below else { return Ok(fill(lines[0], &[], &[("file", literal)])) };
        let below = join(below, file);
        let is_plain = is_plain(&paths.home);
        let moved =
            if is_plain { [home, &below, "\"".as_ref()] } else { [home, "\"".as_ref(), &quote(&below)] };
        let values = [("file", moved.into_iter().collect()), ("literal", literal)];
        Ok(fill(lines[usize::from(!is_plain)], &[], &values))
    }

    fn script(&self, template: &str, quote: Quote) -> Result<Vec<u8>, ScriptError> {
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
        Ok(fill(template, &flags, &values))
    }
}

const READ: &str = "if [ -r @file@ ]; then . @file@; fi\n";
const READ_EITHER: &str = "if [ -r @file@ ]; then . @file@; elif [ -r @literal@ ]; then . @literal@; fi\n";
const READ_FISH: &str = "if test -r @file@; source @file@; end\n";
const READ_FISH_EITHER: &str =
    "if test -r @file@; source @file@; else if test -r @literal@; source @literal@; end\n";

/// Whether the bytes mean themselves everywhere between double quotes.
fn is_plain(value: &OsStr) -> bool {
    value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+,@".contains(byte))
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
mod tests {
    use super::*;
    use crate::shell::Content;

    fn text(bytes: Result<Vec<u8>, ScriptError>) -> String {
        String::from_utf8(bytes.unwrap()).unwrap()
    }

    #[test]
    fn the_line_is_one_that_a_person_can_read() {
        let home = Home::at("/home/u/.local/share/gvmr");
        let entry = ScriptEntry {
            home: &home,
            user_home: Some(Path::new("/home/u")),
            go_bin: None,
            export_home: false,
            shared: false,
        };
        assert_eq!(
            text(entry.posix_line()),
            "if [ -r \"${HOME:-/home/u}/.local/share/gvmr/env\" ]; then . \"${HOME:-/home/u}/.local/share/gvmr/env\"; fi\n"
        );
        assert_eq!(
            text(entry.fish_line()),
            "if test -r \"$HOME/.local/share/gvmr/env.fish\"; source \"$HOME/.local/share/gvmr/env.fish\"; end\n"
        );
        let shared = ScriptEntry { user_home: None, ..entry };
        let line = text(shared.posix_line());
        assert_eq!(
            line,
            "if [ -r '/home/u/.local/share/gvmr/env' ]; then . '/home/u/.local/share/gvmr/env'; fi\n"
        );
    }

    #[test]
    fn the_scripts_bear_the_mark_and_no_placeholder_is_left() {
        let home = Home::at("/home/u/g@home@v?mr");
        for user_home in
            [None, Some(Path::new("/home/u")), Some(Path::new("/")), Some(Path::new("/home/u/g@home@v?mr"))]
        {
            for go_bin in [None, Some(Path::new("/x")), Some(Path::new("relative")), Some(Path::new("/"))] {
                let entry = ScriptEntry { home: &home, user_home, go_bin, export_home: true, shared: false };
                for script in [text(entry.posix()), text(entry.fish())] {
                    assert!(script.lines().next().unwrap().contains(Content::MARK));
                    assert!(script.contains("/home/u/g@home@v?mr'"), "{script}");
                    let bare = script.replace("g@home@v?mr", "");
                    assert!(!bare.contains("\n?"), "{script}");
                    for name in ["home", "shims", "below", "misspellings", "go-bin"] {
                        assert!(!bare.contains(&format!("@{name}")), "{script}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_cannot_stand_on_path_is_refused() {
        for home in ["/home/u:v/gvmr", "/home/a\nb", "relative", ""] {
            let home = Home::at(home);
            let entry =
                ScriptEntry { home: &home, user_home: None, go_bin: None, export_home: false, shared: false };
            for refused in [entry.posix(), entry.fish(), entry.posix_line(), entry.fish_line()] {
                assert!(refused.unwrap_err().to_string().contains("cannot be on PATH"), "{home:?}");
            }
        }
    }
}
