//! Runs a session to its end or its limit, and keeps the last of what it printed.
//!
//! The files of a user may do anything: print without end, wait for ever, start jobs in process groups of their own.

use crate::process::{Ending, Listener, Scope, Stop, Streams, run};
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Bytes of output that are kept: the last ones, since the answer is.
const KEPT: usize = 64 << 10;

/// What became of a session.
pub(super) struct SessionOutput {
    /// The last [`KEPT`] bytes of its stdout.
    pub output: Vec<u8>,
    /// How it ended; stopped is by the limit.
    pub ending: Ending,
}

/// Runs `command`, which starts a session of its own. After output that `is_answer`, no more is needed.
pub(super) fn ask(
    mut command: Command,
    limit: Duration,
    is_answer: fn(&[u8]) -> bool,
) -> io::Result<SessionOutput> {
    let mut answer = AnswerListener { output: Vec::new(), deadline: Instant::now() + limit, fits: is_answer };
    command.stderr(Stdio::null());
    match run(command, Streams::Stdout, Scope::Session, &mut answer) {
        Ok(ending) => Ok(SessionOutput { output: answer.output, ending }),
        Err(Stop::Run(error) | Stop::Hear(error)) => Err(error),
    }
}

struct AnswerListener {
    output: Vec<u8>,
    deadline: Instant,
    fits: fn(&[u8]) -> bool,
}

impl Listener for AnswerListener {
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.extend_from_slice(bytes);
        self.output.drain(..self.output.len().saturating_sub(KEPT));
        Ok(())
    }

    fn is_over(&mut self) -> bool {
        Instant::now() > self.deadline
    }

    fn is_answered(&self) -> bool {
        (self.fits)(&self.output)
    }
}
