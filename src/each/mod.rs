//! One command with several versions, at the same time.
//!
//! Takes the command's words and the versions; gives how it ended with each one, and prints each output in one piece.
//! Never chooses or installs a version. Leaves nothing running.

mod outcome;

pub use outcome::{How, Outcome};

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::process::{self, Captured, Ending, Given, Go, Listener, Scope, Stop, Streams, in_order};
use crate::terminal::Bar;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::{Environment as _, Process};
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a command may run on after Ctrl-C; shorter than gvmr's own limit.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs the command of `arguments` with each version. Each one's output is printed in one piece as soon as it has ended,
/// but for JSON.
///
/// An error is about all of them: then none was run.
pub fn run(
    arguments: &cli::EachArgs,
    versions: &[Version],
    context: &Context,
) -> Result<Vec<Outcome>, Error> {
    let given = given(arguments)?;
    let processors = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let jobs = arguments.jobs.unwrap_or_else(processors);
    let keeper = |error| {
        Error::said(ErrorKind::CannotExecute, format!("cannot watch the commands: {error}"))
            .hint("mount /proc")
    };
    process::kept(&arguments.words).map_err(keeper)?;
    let each = Each { arguments, given, context };
    Ok(context.with_cleanup(|| in_order(versions, jobs.get(), |version| each.run(version))))
}

/// The variables that the command line gives the command.
pub fn given(arguments: &cli::EachArgs) -> Result<Given, Error> {
    let given = Given::parse(&arguments.env)?;
    if given.names("GOTOOLCHAIN") {
        return Err(Error::said(
            ErrorKind::Usage,
            "cannot set GOTOOLCHAIN: `gvmr each` runs exactly the versions that it names",
        )
        .hint("run `gvmr exec -e GOTOOLCHAIN=auto VERSION -- COMMAND` to let the go command switch"));
    }
    Ok(given)
}

fn program(arguments: &cli::EachArgs) -> &OsStr {
    arguments.words.first().map_or(OsStr::new(""), |program| program)
}

/// What all versions share.
struct Each<'a> {
    arguments: &'a cli::EachArgs,
    given: Given,
    context: &'a Context,
}

impl Each<'_> {
    fn run(&self, version: &Version) -> Outcome {
        let home = &self.context.settings.home;
        let directory = Process.get("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
        let mut running = Running {
            captured: Captured::new(&directory),
            start: Instant::now(),
            context: self.context,
            bar: None,
        };
        let goroot = home.toolchain(version);
        let how = if self.context.interrupted() {
            How::NotRun
        } else {
            running.bar = Some(self.context.terminal.bar(&version.toolchain_name()));
            let go = Go { home, goroot: &goroot, exact: Some(version), never_switched: true };
            self.run_with(go, &mut running)
        };
        if let Some(bar) = &running.bar {
            bar.finish();
        }
        let seconds = running.start.elapsed().as_secs_f64();
        let mut outcome =
            Outcome { version: version.clone(), goroot, how, seconds, captured: running.captured };
        self.show(&mut outcome);
        outcome
    }

    fn run_with(&self, go: Go<'_>, running: &mut Running<'_>) -> How {
        let not_started = |error| How::NotStarted(Error::not_started(program(self.arguments), &error));
        let mut command = match process::kept(&self.arguments.words) {
            Ok(command) => command,
            Err(error) => return not_started(error),
        };
        if let Err(error) = process::prepare(&mut command, Some(go), &self.given, &Process) {
            return How::NotStarted(error.into());
        }
        match process::run(command, Streams::Both, Scope::Kept, running) {
            Ok(Ending::Exited(status)) => How::Ended(status),
            Ok(Ending::Stopped) => How::Interrupted,
            Err(Stop::Run(error) | Stop::Hear(error)) => not_started(error),
        }
    }

    /// Prints the output in one piece; with --json it is in the JSON.
    fn show(&self, outcome: &mut Outcome) {
        let wanted = !self.context.terminal.is_quiet() || !outcome.how.is_ok();
        if self.arguments.json || !wanted || matches!(outcome.how, How::NotRun) {
            return;
        }
        let header = outcome.header();
        self.context.terminal.block(header, |out| outcome.write_output(out));
    }
}

/// A command that runs.
struct Running<'a> {
    captured: Captured,
    start: Instant,
    context: &'a Context,
    bar: Option<Bar>,
}

impl Listener for Running<'_> {
    fn hear(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.captured.take(bytes);
        Ok(())
    }

    fn is_over(&mut self) -> bool {
        if let Some(bar) = self.bar.as_ref().filter(|bar| !bar.is_hidden()) {
            bar.phase(format!("running, {} s", self.start.elapsed().as_secs()));
        }
        self.context.interrupted()
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}

/// The error for all of them. What is not in JSON was printed with each version already.
pub fn verdict(outcomes: &[Outcome], arguments: &cli::EachArgs) -> Option<Error> {
    let (program, json) = (program(arguments), arguments.json);
    if outcomes.iter().any(|outcome| matches!(outcome.how, How::Interrupted | How::NotRun)) {
        return Some(Error::said(ErrorKind::Interrupted, "interrupted"));
    }
    let failed: Vec<_> = outcomes.iter().filter(|outcome| !outcome.how.is_ok()).collect();
    if let Some(Outcome { how: How::NotStarted(error), .. }) = failed.first()
        && outcomes.iter().all(|outcome| matches!(outcome.how, How::NotStarted(_)))
    {
        let hint = "check the command's name: `gvmr each VERSION... -- COMMAND`";
        let message = if json {
            error.message.clone()
        } else {
            format!("{} did not start with any version", printable::path(program))
        };
        return Some(Error::said(error.kind, message).hint(hint));
    }
    let names: Vec<_> = failed.iter().map(|outcome| outcome.version.toolchain_name()).collect();
    let program = printable::path(program);
    let last = &failed.last()?.version;
    Some(
        Error::said(
            ErrorKind::Finding,
            format!(
                "{program} failed with {} of {} versions: {}",
                names.len(),
                outcomes.len(),
                names.join(", ")
            ),
        )
        .hint(format!("run `gvmr exec {last} -- COMMAND` to repeat one")),
    )
}
