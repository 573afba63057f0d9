//! A version that is chosen and not installed: the words for it, and the hand-over to the program that can
//! install it.
//!
//! The contract with the program named in `<home>/program`:
//!
//! ```text
//! PROGRAM shim-missing --home DIR --version SELECTOR --reason TEXT [--file FILE [--line N]] [--exact]
//!         -- TOOL [ARGUMENT...]
//! ```
//!
//! `SELECTOR` is `1.23.4` or a prefix such as `1.23`; `--exact` is what [`crate::launch::run`] is to be told;
//! `TOOL` is a name in the toolchain's `bin`. The program asks or installs, then runs the tool with the
//! arguments, or prints [`message`] and ends with 127. It inherits the environment unedited but for the loop
//! counter, which `launch::run` removes.

use crate::answer::Reason;
use crate::bounded::{self, PIN_LIMIT};
use crate::child::{ChildEnvironment, Edits};
use crate::directory::same;
use crate::environment::Block;
use crate::home::Home;
use crate::invocation::Place;
use crate::launch::deeper;
use crate::process;
use crate::selector::Selector;
use crate::shared;
use std::ffi::{CStr, CString, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A version that is chosen and not installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What to install.
    pub wanted: Selector,
    /// Who wants it.
    pub reason: Reason,
    /// Whether it was asked for by name.
    pub exact: bool,
}

/// What the shim and the program both say, without their own name in front and without a final newline.
/// `reason` is a [`Reason`] in words, `home` where the version would be.
pub fn message(home: &Home, wanted: &Selector, reason: &str) -> String {
    let what = match wanted.as_exact() {
        Some(version) => format!("go{version} is not installed"),
        None => format!("no release of go{wanted} is installed"),
    };
    format!("{what}\n  {reason}\n  run: {}", shared::next_step(home, &format!("install {wanted}")))
}

impl Missing {
    /// Hands over to the program; returns only where there is none that can be run.
    pub(crate) fn hand_over(&self, place: &Place, tool: &OsStr, arguments: &[&CStr], block: &Block<'_>) {
        let Some(depth) = deeper(block) else { return };
        let Some(program) = program(place) else { return };
        let Some(words) = self.words(&program, &place.home, tool) else { return };
        let mut all: Vec<&CStr> = words.iter().map(CString::as_c_str).collect();
        all.extend(arguments);
        let environment =
            ChildEnvironment::of(block.entries(), &Edits { depth: Some(depth), ..Edits::default() });
        if let Some(program) = words.first() {
            process::execute(program, &all, &environment.entries());
        }
    }

    /// The program's arguments up to the tool's name; `None` where one cannot be passed.
    fn words(&self, program: &Path, home: &Home, tool: &OsStr) -> Option<Vec<CString>> {
        let (version, reason) = (self.wanted.to_string(), self.reason.to_string());
        let line = self.reason.line.map(|line| line.to_string());
        let mut words: Vec<&OsStr> = vec![program.as_os_str(), "shim-missing".as_ref()];
        words.extend(["--home".as_ref(), home.root().as_os_str()]);
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
        words.into_iter().map(|word| CString::new(word.as_bytes()).ok()).collect()
    }
}

/// The program that wrote the shims, where its record is one absolute path to an executable file that is not
/// this shim.
fn program(place: &Place) -> Option<PathBuf> {
    let text = bounded::read(&place.home.program_file(), PIN_LIMIT).ok()??;
    let path = PathBuf::from(OsStr::from_bytes(text.split(|byte| *byte == b'\n').next()?));
    let metadata = fs::metadata(&path).ok()?;
    let itself = fs::metadata(&place.program).is_ok_and(|shim| same(&shim, &metadata));
    let executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    (path.is_absolute() && executable && !itself).then_some(path)
}
