//! A program: how it ends, how long it takes, and what it prints.

use super::contents::{asks, contain, ending, extract, unread};
use super::output::{KeptStream, MAX_ENDS, MAX_WHOLE};
use super::{ProbeSurroundings, failed};
use crate::check::file::{CommandTarget, ProbeDefinition};
use crate::check::{Measure, Measurement, NotMeasured, Quantity, shown_time};
use crate::process::{self, Ending, Listener, Scope, Stop, Streams};
use gvmr_core::sys::printable;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

/// A program that ended by itself.
pub(super) struct EndedProgram {
    /// Its exit code.
    pub(super) code: i32,
    /// What it printed to stderr: the beginning and the end.
    pub(super) stderr: String,
}

pub(super) fn measure(
    probe: &ProbeDefinition,
    target: &CommandTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    // Of what is not searched only the end is shown.
    let is_searched = target.contains.is_some() || target.extraction.is_some();
    let whole = |is_read: bool| if is_searched && is_read { MAX_WHOLE } else { MAX_ENDS };
    let mut stdout = KeptStream::up_to(whole(!target.reads_stderr));
    let env: Vec<_> = target.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut streams = Printed {
        stdout: &mut |bytes| stdout.take(bytes),
        stderr: KeptStream::up_to(whole(target.reads_stderr)),
    };
    let (code, seconds) = run_to_end(&target.words, &env, timeout, &mut streams, surroundings)?;
    let stderr = streams.stderr;
    let program = name(&target.words);
    let (out, err) = (surroundings.secrets.hide(&stdout.end()), surroundings.secrets.hide(&stderr.end()));
    let mut measurement = Measurement { output: ending(&format!("{out}{err}")), ..Measurement::default() };
    let time = Quantity { value: seconds, measure: Measure::Duration };
    measurement.figures.insert("time".to_owned(), time);
    if !target.exit.contains(&code) {
        let asked: Vec<_> = target.exit.iter().map(i32::to_string).collect();
        let last = last_line(if err.trim().is_empty() { &out } else { &err });
        measurement.unmet.push(format!("{program} ended with {code}, {} asked{last}", asked.join(" or ")));
        return Ok(measurement.without(&probe.figures));
    }
    if is_searched {
        let text = if target.reads_stderr { stderr } else { stdout }.into_text(&program);
        contain(target.contains.as_deref(), &text, "the output", &mut measurement)?;
        let asks = |figure: &str| asks(probe, figure);
        let read = extract(target.extraction.as_ref(), &text, &mut measurement, surroundings.secrets, &asks);
        // What it printed to the other stream may say why.
        read.map_err(|why| unread(why.to_string(), measurement.output.take()))?;
    }
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
    let mut streams = Printed { stdout: hear, stderr: KeptStream::up_to(MAX_ENDS) };
    let (code, _) = run_to_end(words, env, timeout, &mut streams, surroundings)?;
    Ok(EndedProgram { code, stderr: streams.stderr.ends() })
}

/// Where a program's output goes.
struct Printed<'a> {
    stdout: &'a mut dyn FnMut(&[u8]) -> io::Result<()>,
    stderr: KeptStream,
}

/// Its exit code, and how many seconds it took.
fn run_to_end(
    words: &[String],
    env: &[(&str, &str)],
    timeout: Duration,
    streams: &mut Printed<'_>,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<(i32, f64), NotMeasured> {
    let program = name(words);
    let is_bare = words.first().is_some_and(|word| !word.contains('/'));
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let not_started = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound if is_bare => failed(format!("there is no program {program} on PATH")),
        _ => failed(format!("{program}: {error}")),
    };
    let mut command = (surroundings.command)(&words).map_err(|error| not_started(&error))?;
    command.current_dir(surroundings.directory).env("LC_ALL", "C").envs(env.iter().copied());
    let start = Instant::now();
    let mut heard = ProgramListener { streams, deadline: start + timeout, surroundings };
    let ended = process::run(command, Streams::Apart, Scope::Kept, &mut heard);
    let seconds = start.elapsed().as_secs_f64();
    let status = match ended {
        Ok(Ending::Exited(status)) => status,
        Ok(Ending::Stopped) => {
            let timed_out = || failed(format!("{program} did not end within {}", shown_time(timeout)));
            return Err(surroundings.stopped().unwrap_or_else(timed_out));
        }
        Err(Stop::Hear(_)) => return Err(failed(format!("{program} printed more than 256 MiB"))),
        Err(Stop::Run(error)) => return Err(not_started(&error)),
    };
    if let Some(signal) = status.signal() {
        let last = last_line(&surroundings.secrets.hide(&heard.streams.stderr.end()));
        return Err(failed(format!("{program} was ended by signal {signal}{last}")));
    }
    Ok((status.code().unwrap_or(-1), seconds))
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

struct ProgramListener<'a, 'h> {
    streams: &'a mut Printed<'h>,
    deadline: Instant,
    surroundings: &'a ProbeSurroundings<'a>,
}

impl Listener for ProgramListener<'_, '_> {
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        (self.streams.stdout)(bytes)
    }

    fn hear_stderr(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.streams.stderr.take(bytes)
    }

    fn is_over(&mut self) -> bool {
        Instant::now() >= self.deadline || self.surroundings.stopped().is_some()
    }
}
