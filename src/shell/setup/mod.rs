//! One run of `gvmr setup`: what it changes, in which order, and how each change is undone.
//!
//! Takes an account or the machine, and a home; gives a plan that can be shown, made and undone. Looks at every file before
//! it changes one. Never asks and never prints.

mod error;
mod system;
mod unreadable;
mod user;

pub use error::SetupError;
pub use system::{SystemPlan, SystemSetup, SystemUndo};
pub use user::{UserPlan, UserSetup, UserUndo};

use super::kind::SHELLS;
use super::{Edit, EditContent, ScriptEntry, ScriptError, ShellKind};
use gvmr_core::home::paths::Home;

/// Whether `gvmr setup` has written the scripts that sessions read.
pub fn is_set_up(home: &Home) -> bool {
    home.root().join("env").exists()
}

/// The files in gvmr's home that start-up files read, for sessions as `entry` has them.
fn home_files(entry: &ScriptEntry<'_>) -> Result<Vec<Edit>, ScriptError> {
    let root = entry.home.root();
    let file = |name: String, bytes| Edit {
        path: root.join(name),
        content: EditContent::Whole { bytes, mode: 0o644 },
        sessions: "what the others read",
    };
    let mut files = Vec::new();
    for language in ShellKind::languages() {
        files.push(file(language.env_file.to_owned(), entry.script(language)?));
    }
    let completions = SHELLS.iter().filter_map(|shell| shell.completion);
    files.extend(
        completions.map(|script| file(format!("completions/{}", script.name), with_mark(script.text))),
    );
    Ok(files)
}

/// A completion script with setup's mark behind its first line, which zsh reads.
fn with_mark(script: &[u8]) -> Vec<u8> {
    let first = script.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mark = format!("# Installed by {}.\n", EditContent::MARK);
    [&script[..first], mark.as_bytes(), &script[first..]].concat()
}
