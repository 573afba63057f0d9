//! What a program answers: its whole output and its exit code, or why there is none.

use super::cause::cause;
use crate::check::NotMeasured;
use crate::probe::failed;
use std::io;

/// The most that is kept of an answer of the go command.
const MAX_ANSWER: usize = 64 << 20;

/// What a program printed, whole, and how it ended.
pub(super) struct GoAnswer {
    /// The exit code.
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl GoAnswer {
    /// Why there is nothing to measure, in a program's words.
    pub(super) fn failure(&self, program: &str) -> NotMeasured {
        let said = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        failed(format!("{program} ended with {}{}", self.code, cause(said)))
    }
}

/// Runs a program, and gives its exit code and stderr; what it is given takes stdout.
pub(super) type RunProgram<'a> =
    &'a mut dyn FnMut(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<(i32, String), NotMeasured>;

/// What a program prints to its end, kept.
pub(super) fn answered(run: RunProgram<'_>) -> Result<GoAnswer, NotMeasured> {
    let mut stdout = Vec::new();
    let mut keep = |bytes: &[u8]| {
        if stdout.len() + bytes.len() > MAX_ANSWER {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        stdout.extend_from_slice(bytes);
        Ok(())
    };
    let (code, stderr) = run(&mut keep)?;
    Ok(GoAnswer { code, stdout: String::from_utf8_lossy(&stdout).into_owned(), stderr })
}
