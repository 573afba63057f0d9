//! What a program prints, where it has a limit in time and in output.
//!
//! Takes a command, gives the bytes that count and how it ended. Never waits longer than the limit, whatever the program
//! does.

use super::{Ending, Listener, Scope, Stop, Streams, run};
use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

/// Bytes of stderr that are kept where it is apart: the last ones.
const KEPT_STDERR: usize = 64 << 10;

/// Which bytes of the output are kept, at most that many.
#[derive(Clone, Copy, Debug)]
pub enum KeptOutput {
    /// The first ones.
    First(usize),
    /// The last ones.
    Last(usize),
    /// All; more of them are an error.
    All(usize),
}

/// What a program may take.
#[derive(Clone, Copy, Debug)]
pub struct OutputLimits {
    /// How long it may run.
    pub time: Duration,
    /// What of its output counts.
    pub kept: KeptOutput,
    /// Whether no more is needed after this output.
    pub is_answer: fn(&[u8]) -> bool,
}

/// What became of a program.
#[derive(Debug)]
pub struct ProgramOutput {
    /// What it printed; stderr too, where both are one stream.
    pub stdout: Vec<u8>,
    /// The end of what it wrote to stderr, where that is apart.
    pub stderr: Vec<u8>,
    /// How it ended; stopped is by the limit.
    pub ending: Ending,
}

/// Runs `command` within `limits`.
pub fn output(
    command: Command,
    streams: Streams,
    scope: Scope,
    limits: OutputLimits,
) -> Result<ProgramOutput, Stop> {
    let deadline = Instant::now() + limits.time;
    let mut heard = LimitedListener { stdout: Vec::new(), stderr: Vec::new(), deadline, limits };
    let ending = run(command, streams, scope, &mut heard)?;
    Ok(ProgramOutput { stdout: heard.stdout, stderr: heard.stderr, ending })
}

struct LimitedListener {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    deadline: Instant,
    limits: OutputLimits,
}

impl Listener for LimitedListener {
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.limits.kept {
            KeptOutput::First(most) => {
                let room = most.saturating_sub(self.stdout.len());
                self.stdout.extend(bytes.iter().take(room));
            }
            KeptOutput::Last(most) => keep_last(&mut self.stdout, bytes, most),
            KeptOutput::All(most) if self.stdout.len() + bytes.len() > most => {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            KeptOutput::All(_) => self.stdout.extend(bytes),
        }
        Ok(())
    }

    fn hear_stderr(&mut self, bytes: &[u8]) -> io::Result<()> {
        keep_last(&mut self.stderr, bytes, KEPT_STDERR);
        Ok(())
    }

    fn is_over(&mut self) -> bool {
        Instant::now() > self.deadline
    }

    fn is_answered(&self) -> bool {
        (self.limits.is_answer)(&self.stdout)
    }
}

fn keep_last(kept: &mut Vec<u8>, bytes: &[u8], most: usize) {
    kept.extend(bytes);
    kept.drain(..kept.len().saturating_sub(most));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    fn run_script(script: &str, streams: Streams, kept: KeptOutput) -> Result<ProgramOutput, Stop> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        let limits = OutputLimits { time: Duration::from_secs(1), kept, is_answer: |_| false };
        output(command, streams, Scope::Group, limits)
    }

    #[test]
    fn the_streams_come_together_or_apart() {
        let script = "echo a; echo b >&2; echo c; exit 3";
        let both = run_script(script, Streams::Both, KeptOutput::All(9)).unwrap();
        assert_eq!((&both.stdout[..], &both.stderr[..]), (&b"a\nb\nc\n"[..], &b""[..]));
        let apart = run_script(script, Streams::Apart, KeptOutput::All(9)).unwrap();
        assert_eq!((&apart.stdout[..], &apart.stderr[..]), (&b"a\nc\n"[..], &b"b\n"[..]));
        assert!(matches!(apart.ending, Ending::Exited(status) if status.code() == Some(3)));
    }

    #[test]
    fn of_more_than_the_limit_the_wanted_end_is_kept() {
        let kept = |kept| run_script("printf 1234567890", Streams::Stdout, kept).map(|output| output.stdout);
        assert_eq!(kept(KeptOutput::First(4)).unwrap(), b"1234");
        assert_eq!(kept(KeptOutput::Last(4)).unwrap(), b"7890");
        assert_eq!(kept(KeptOutput::All(10)).unwrap(), b"1234567890");
        assert!(matches!(kept(KeptOutput::All(9)), Err(Stop::Hear(_))));
    }

    #[test]
    fn who_takes_too_long_is_stopped_with_what_it_said() {
        let slow =
            run_script("echo why >&2; echo so; sleep 60", Streams::Apart, KeptOutput::First(9)).unwrap();
        assert_eq!(
            (slow.ending, &slow.stdout[..], &slow.stderr[..]),
            (Ending::Stopped, &b"so\n"[..], &b"why\n"[..])
        );
    }
}
