//! A version that is chosen and not installed: the words for it, and the words that ask the program to install it.
//!
//! ```text
//! PROGRAM shim-missing [--called=WORD] [--ignores-pipe] --home DIR --version SELECTOR --reason TEXT
//!         [--file FILE [--line N]] [--exact] -- TOOL [ARGUMENT...]
//! ```
//!
//! `SELECTOR` is `1.23.4` or a prefix such as `1.23`; `--exact` is what [`crate::select::resolution::Resolution::exact`] is;
//! `TOOL` is a name in the toolchain's `bin`. The program asks or installs, then runs the tool with the
//! arguments, or prints [`message`] and ends with 127.

use crate::exec::called_shim::CalledShim;
use crate::exec::handover;
use crate::gover::selector::Selector;
use crate::home::installed;
use crate::home::paths::Home;
use crate::home::shared_home;
use crate::select::resolution::Origin;
use crate::sys::environment::Block;
use std::ffi::{CStr, OsStr};
use std::path::Path;

/// A version that is chosen and not installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What to install.
    pub wanted: Selector,
    /// Who wants it.
    pub reason: Origin,
    /// Whether it was asked for by name.
    pub exact: bool,
}

/// What the shim and the program both say, without their own name in front and without a final newline.
/// `reason` is a [`Origin`] in words and `file` the file in it, `home` where the version would be.
pub fn message(home: &Home, wanted: &Selector, reason: &str, file: Option<&Path>) -> String {
    let what = match wanted {
        Selector::Exact(version) => format!("go{version} is not installed"),
        Selector::Prefix(prefix) => format!("no release of go{prefix} is installed"),
        word => format!("no installed release matches {word}"),
    };
    let next = shared_home::next_step(home, &format!("install {}", wanted.argument()));
    let text = format!("{what}\n  {reason}\n  run: {next}");
    // A pin was chosen; what go.mod asks for often comes from elsewhere, and another version may do for one command.
    let installed = if file.is_some_and(is_module_file) { installed::list(home).ok() } else { None };
    match installed.as_deref().and_then(installed::newest) {
        Some(other) => {
            format!("{text}\n  or, with an installed version: go +{} COMMAND", Selector::exact(other))
        }
        None => text,
    }
}

fn is_module_file(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "mod" || extension == "work")
}

impl Missing {
    /// [`message`] of this one.
    pub(crate) fn message(&self, home: &Home) -> String {
        message(home, &self.wanted, &self.reason.to_string(), self.reason.file.as_deref())
    }

    /// Hands over to the program; returns only where there is none that can be run. `arguments` are the tool's, its name
    /// first.
    pub(crate) fn hand_over(&self, place: &CalledShim, tool: &OsStr, arguments: &[&CStr], block: &Block<'_>) {
        let (version, reason) = (self.wanted.to_string(), self.reason.to_string());
        let line = self.reason.line.map(|line| line.to_string());
        let mut words: Vec<&OsStr> = vec!["--home".as_ref(), place.home.root().as_os_str()];
        words.extend(["--version", &version, "--reason", &reason].map(OsStr::new));
        if let Some(file) = &self.reason.file {
            words.extend(["--file".as_ref(), file.as_os_str()]);
        }
        if let Some(line) = &line {
            words.extend(["--line", line].map(OsStr::new));
        }
        if self.exact {
            words.push("--exact".as_ref());
        }
        words.extend(["--".as_ref(), tool]);
        handover::to_program(place, "shim-missing", &words, arguments, block);
    }
}
