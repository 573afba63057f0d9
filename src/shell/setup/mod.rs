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

use super::{Content, Edit, ScriptEntry, ScriptError, completion_scripts};

/// The files in gvmr's home that start-up files read, for sessions as `entry` has them.
fn home_files(entry: &ScriptEntry<'_>) -> Result<Vec<Edit>, ScriptError> {
    let root = entry.home.root();
    let file = |name: &str, bytes| Edit {
        path: root.join(name),
        content: Content::Whole { bytes, mode: 0o644 },
        sessions: "what the others read",
    };
    let scripts = [("env", entry.posix()?), ("env.fish", entry.fish()?)];
    let completions = completion_scripts().map(|(name, script)| (name, with_mark(script)));
    let files = scripts.into_iter().map(|(name, bytes)| file(name, bytes));
    Ok(files.chain(completions.map(|(name, bytes)| file(&format!("completions/{name}"), bytes))).collect())
}

/// A completion script with setup's mark behind its first line, which zsh reads.
fn with_mark(script: &[u8]) -> Vec<u8> {
    let first = script.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mark = format!("# Installed by {}.\n", Content::MARK);
    [&script[..first], mark.as_bytes(), &script[first..]].concat()
}
