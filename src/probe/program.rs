//! A program: how it ends, how long it takes, and what it prints.

use super::contents::{asks, contain, ending, extract};
use super::{ProbeSurroundings, failed};
use crate::check::file::{CommandTarget, ProbeDefinition};
use crate::check::{Measure, Measurement, NotMeasured, Quantity};
use crate::process::{self, Ending, Listener, Scope, Stop, Streams};
use gvmr_core::sys::printable;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

/// What is kept of an output: its beginning, and its end.
const MAX_HEAD: usize = 64 << 10;
const MAX_TAIL: usize = 1 << 20;
/// A program that prints more is ended.
const MAX_PRINTED: u64 = 256 << 20;

/// A program that ended by itself.
pub(super) struct EndedProgram {
    /// Its exit code.
    pub(super) code: i32,
    /// What it printed to stderr: the beginning and the end.
    pub(super) stderr: String,
    /// How long it took.
    pub(super) seconds: f64,
}

pub(super) fn measure(
    probe: &ProbeDefinition,
    target: &CommandTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let mut printed = KeptStream::default();
    let env: Vec<_> = target.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ended = run(&target.words, &env, timeout, &mut |bytes| printed.take(bytes), surroundings)?;
    let EndedProgram { code, stderr, seconds } = ended;
    let (program, stdout) = (name(&target.words), printed.text());
    let mut measurement =
        Measurement { output: ending(&format!("{stdout}{stderr}")), ..Measurement::default() };
    let time = Quantity { value: seconds, measure: Measure::Duration };
    measurement.figures.insert("time".to_owned(), time);
    if !target.exit.contains(&code) {
        let asked: Vec<_> = target.exit.iter().map(i32::to_string).collect();
        let last = last_line(if stderr.trim().is_empty() { &stdout } else { &stderr });
        measurement.unmet.push(format!("{program} ended with {code}, {} asked{last}", asked.join(" or ")));
        return Ok(measurement.without(&probe.figures));
    }
    let text = if target.reads_stderr { &stderr } else { &stdout };
    contain(target.contains.as_deref(), text, "the output", &mut measurement);
    extract(target.extraction.as_ref(), text, &mut measurement, &|figure| asks(probe, figure))?;
    Ok(measurement)
}

/// Runs a program in the project's directory to its end, with all that it starts; `hear` takes what it prints to stdout.
pub(super) fn run(
    words: &[String],
    env: &[(&str, &str)],
    timeout: Duration,
    hear: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<EndedProgram, NotMeasured> {
    let program = name(words);
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let not_started = |error: &io::Error| failed(format!("{program}: {error}"));
    let mut command = (surroundings.command)(&words).map_err(|error| not_started(&error))?;
    command.current_dir(surroundings.directory).env("LC_ALL", "C").envs(env.iter().copied());
    let start = Instant::now();
    let mut heard =
        ProgramListener { hear, stderr: KeptStream::default(), deadline: start + timeout, surroundings };
    let ended = process::run(command, Streams::Apart, Scope::Kept, &mut heard);
    let seconds = start.elapsed().as_secs_f64();
    let status = match ended {
        Ok(Ending::Exited(status)) => status,
        Ok(Ending::Stopped) if (surroundings.interrupted)() => return Err(NotMeasured::Interrupted),
        Ok(Ending::Stopped) => {
            return Err(failed(format!("{program} did not end within {} s", timeout.as_secs_f64())));
        }
        Err(Stop::Hear(_)) => return Err(failed(format!("{program} printed more than 256 MiB"))),
        Err(Stop::Run(error)) => return Err(not_started(&error)),
    };
    let stderr = heard.stderr.text();
    if let Some(signal) = status.signal() {
        return Err(failed(format!("{program} was ended by signal {signal}{}", last_line(&stderr))));
    }
    Ok(EndedProgram { code: status.code().unwrap_or(-1), stderr, seconds })
}

/// The program, for people.
fn name(words: &[String]) -> String {
    printable::word(words.first().map_or("", String::as_str))
}

/// `: the last line`, where there is one.
pub(super) fn last_line(text: &str) -> String {
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    last.map_or(String::new(), |line| {
        format!(": {}", printable::text(line).chars().take(200).collect::<String>())
    })
}

/// The beginning and the end of a stream.
#[derive(Default)]
struct KeptStream {
    head: Vec<u8>,
    tail: Vec<u8>,
    printed: u64,
}

impl KeptStream {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.printed += bytes.len() as u64;
        if self.printed > MAX_PRINTED {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let (head, rest) = bytes.split_at(bytes.len().min(MAX_HEAD - self.head.len()));
        self.head.extend(head);
        self.tail.extend(rest);
        if self.tail.len() > 2 * MAX_TAIL {
            self.tail.drain(..self.tail.len() - MAX_TAIL);
        }
        Ok(())
    }

    fn text(&self) -> String {
        let tail = self.tail.get(self.tail.len().saturating_sub(MAX_TAIL)..).unwrap_or_default();
        let all = [self.head.as_slice(), tail].concat();
        String::from_utf8_lossy(&all).into_owned()
    }
}

struct ProgramListener<'a> {
    hear: &'a mut dyn FnMut(&[u8]) -> io::Result<()>,
    stderr: KeptStream,
    deadline: Instant,
    surroundings: &'a ProbeSurroundings<'a>,
}

impl Listener for ProgramListener<'_> {
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        (self.hear)(bytes)
    }

    fn hear_stderr(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stderr.take(bytes)
    }

    fn is_over(&mut self) -> bool {
        Instant::now() >= self.deadline || (self.surroundings.interrupted)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_keeps_its_beginning_and_its_end() {
        let mut stream = KeptStream::default();
        stream.take(b"first line\n").unwrap();
        for _ in 0..80 {
            stream.take(&vec![b'x'; 64 << 10]).unwrap();
        }
        stream.take(b"\nlast line\n").unwrap();
        let text = stream.text();
        assert!(text.starts_with("first line\n") && text.ends_with("\nlast line\n"));
        assert!(text.len() <= MAX_HEAD + MAX_TAIL);
        let mut endless = KeptStream { printed: MAX_PRINTED, ..KeptStream::default() };
        assert!(endless.take(b"x").is_err());
    }
}
