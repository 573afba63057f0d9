//! A Go project: its go command, what that says of the project, and a place for what it makes.

use crate::check::file::GoTarget;
use crate::check::{Measure, Measurement, NotMeasured, Quantity};
use crate::probe::program::{self, last_line};
use crate::probe::{ProbeSurroundings, failed};
use gvmr_core::sys::printable;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The most that is kept of an answer of the go command.
const MAX_ANSWER: usize = 64 << 20;

/// A project, and how long its questions may take.
pub(super) struct GoProject<'a> {
    pub(super) surroundings: &'a ProbeSurroundings<'a>,
    is_named: bool,
    until: Instant,
}

/// What a program printed, whole, and how it ended.
pub(super) struct GoAnswer {
    /// The exit code.
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl<'a> GoProject<'a> {
    pub(super) fn of(target: &GoTarget, timeout: Duration, surroundings: &'a ProbeSurroundings<'a>) -> Self {
        Self { surroundings, is_named: target.is_named, until: Instant::now() + timeout }
    }

    /// Where the project is.
    pub(super) fn directory(&self) -> &Path {
        self.surroundings.directory
    }

    /// What is left of the time.
    pub(super) fn time_left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// There is nothing here to ask about. What a file names has to be there, a thing that is made of it as well.
    pub(super) fn lacks(&self, what: impl Into<String>) -> NotMeasured {
        if self.is_named { failed(what) } else { NotMeasured::NotApplicable(what.into()) }
    }

    /// What the file does not ask for by its name makes a warning, and an error where it does.
    pub(super) fn cannot_tell(&self, why: String) -> Result<Measurement, NotMeasured> {
        if self.is_named {
            return Err(failed(why));
        }
        Ok(Measurement { doubts: vec![why], ..Measurement::default() })
    }

    /// What the go command answers, whatever its exit code is.
    pub(super) fn go(&self, words: &[&str]) -> Result<GoAnswer, NotMeasured> {
        self.go_in(&[], words)
    }

    /// The same with variables of the environment.
    pub(super) fn go_in(&self, env: &[(&str, &str)], words: &[&str]) -> Result<GoAnswer, NotMeasured> {
        let words: Vec<String> =
            std::iter::once("go").chain(words.iter().copied()).map(str::to_owned).collect();
        self.program(env, &words)
    }

    /// What the go command answers where it succeeds; its last line is why it does not.
    pub(super) fn said_by_go(&self, words: &[&str]) -> Result<String, NotMeasured> {
        let answer = self.go(words)?;
        if answer.code == 0 {
            return Ok(answer.stdout);
        }
        Err(answer.failure(&format!("go {}", words.first().unwrap_or(&""))))
    }

    /// What a program prints to its end.
    pub(super) fn program(&self, env: &[(&str, &str)], words: &[String]) -> Result<GoAnswer, NotMeasured> {
        let mut stdout = Vec::new();
        let mut keep = |bytes: &[u8]| {
            if stdout.len() + bytes.len() > MAX_ANSWER {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            stdout.extend_from_slice(bytes);
            Ok(())
        };
        let (code, stderr) = self.heard(env, words, &mut keep)?;
        Ok(GoAnswer { code, stdout: String::from_utf8_lossy(&stdout).into_owned(), stderr })
    }

    /// Runs a program; `hear` takes what it prints to stdout. Gives its exit code, and what it printed to stderr.
    pub(super) fn heard(
        &self,
        env: &[(&str, &str)],
        words: &[String],
        hear: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(i32, String), NotMeasured> {
        let ended = program::run(words, env, self.time_left(), hear, self.surroundings)?;
        Ok((ended.code, ended.stderr))
    }

    /// The directories of the modules that are worked on: one, or those of a go.work.
    pub(super) fn modules(&self) -> Result<Vec<PathBuf>, NotMeasured> {
        let listed = self.said_by_go(&["list", "-m", "-f", "{{.Dir}}"])?;
        let modules: Vec<_> =
            listed.lines().map(PathBuf::from).filter(|module| module.is_absolute()).collect();
        if modules.is_empty() {
            return Err(self.lacks("no go.mod"));
        }
        Ok(modules)
    }

    /// The patterns of all packages of these modules.
    pub(super) fn patterns(&self) -> Result<Vec<String>, NotMeasured> {
        Ok(self.modules()?.iter().map(|module| module.join("...").display().to_string()).collect())
    }

    /// The directory of the go.work or go.mod that is in force.
    pub(super) fn root(&self) -> Result<PathBuf, NotMeasured> {
        let answer = self.said_by_go(&["env", "GOWORK", "GOMOD"])?;
        let file = answer.lines().map(Path::new).find(|file| file.is_absolute() && !file.starts_with("/dev"));
        let directory = file.and_then(Path::parent);
        directory.map(Path::to_owned).ok_or_else(|| self.lacks("no go.mod"))
    }

    /// The flag with which go changes neither go.mod nor go.sum.
    pub(super) fn mod_flag(&self) -> Result<&'static str, NotMeasured> {
        let has_vendor = self.root()?.join("vendor/modules.txt").is_file();
        Ok(if has_vendor { "-mod=vendor" } else { "-mod=readonly" })
    }

    /// What `go list` says of all packages with a template, as lines without empty ones.
    pub(super) fn packages(&self, template: &str) -> Result<Vec<String>, NotMeasured> {
        let patterns = self.patterns()?;
        let words = ["list", self.mod_flag()?, "-e", "-f", template];
        let words: Vec<&str> = words.into_iter().chain(patterns.iter().map(String::as_str)).collect();
        let said = self.said_by_go(&words)?;
        Ok(said.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// A path as it is told: below the project's directory where it is there.
    pub(super) fn told(&self, file: &Path) -> String {
        printable::path(file.strip_prefix(self.directory()).unwrap_or(file))
    }
}

/// A directory for what is made here; it goes with its value.
pub(super) fn temporary() -> Result<TempDir, NotMeasured> {
    tempfile::Builder::new()
        .prefix("gvmr-check-")
        .tempdir()
        .map_err(|error| failed(format!("no directory for temporary files: {error}")))
}

impl GoAnswer {
    /// Why there is nothing to measure, in the last words of a program.
    pub(super) fn failure(&self, program: &str) -> NotMeasured {
        let said = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        failed(format!("{program} ended with {}{}", self.code, last_line(said)))
    }
}

/// A count as a figure.
pub(super) fn count(measurement: &mut Measurement, figure: &str, number: usize) {
    #[allow(clippy::cast_precision_loss)]
    let value = number as f64;
    measurement.figures.insert(figure.to_owned(), Quantity { value, measure: Measure::Number });
}
