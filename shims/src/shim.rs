//! The shim from its arguments to the exec of the right Go.
//!
//! Takes what C's `main` is given, before any runtime has touched signals. Never writes a file, never starts a
//! second process, never prints where it can run a tool.

use crate::answer::{Answer, Choice, Reason, Rule, Source};
use crate::directory;
use crate::environment::Block;
use crate::installed;
use crate::invocation::{self, Place};
use crate::launch::{self, Launch};
use crate::missing::{self, Missing};
use crate::outside::{self, Outside};
use crate::problem::Problem;
use crate::resolve::{Question, resolve};
use crate::selector::{NotAVersion, Selector};
use crate::version::Version;
use std::convert::Infallible;
use std::ffi::{CStr, OsStr};
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

/// Runs the tool that `arguments` (with the program's name first) ask for; the exit code where that fails.
pub fn run(arguments: &[&CStr]) -> i32 {
    let Err(failure) = start(arguments, &Block::of_process());
    // Where nobody can be told, the exit code has to do.
    let _ = writeln!(io::stderr(), "gvmr: {failure}");
    match failure {
        Failure::Launch(failure) => failure.exit_code(),
        _ => 127,
    }
}

/// Why no tool runs.
enum Failure {
    /// The program lies in no home's `shims` directory.
    Lost(PathBuf),
    /// The `+` argument is no version.
    Plus(NotAVersion),
    Problem(Problem),
    /// A version is missing, in words, and no program could be asked to install it.
    Missing(String),
    Launch(launch::Failure),
}

fn start(arguments: &[&CStr], block: &Block<'_>) -> Result<Infallible, Failure> {
    let place = Place::of_process().map_err(Failure::Lost)?;
    if let Some(version) = place.version() {
        return Call { place: &place, tool: OsStr::new("go"), arguments, block }.version(version);
    }
    let (name, words) = arguments.split_at(arguments.len().min(1));
    let Some(plus) = invocation::plus(words) else {
        return Call { place: &place, tool: &place.name, arguments, block }.resolved(None);
    };
    let selector = plus.map_err(Failure::Plus)?;
    let arguments = [name, words.get(1..).unwrap_or_default()].concat();
    Call { place: &place, tool: &place.name, arguments: &arguments, block }.resolved(Some(&selector))
}

/// A tool, and what it is called with.
struct Call<'a> {
    place: &'a Place,
    tool: &'a OsStr,
    arguments: &'a [&'a CStr],
    block: &'a Block<'a>,
}

impl Call<'_> {
    /// A shim called `go1.23.4` runs that version: the go command that looked for it has decided already.
    fn version(&self, version: Version) -> Result<Infallible, Failure> {
        let wanted = Selector::exact(&version);
        let version = wanted.as_exact().cloned().unwrap_or(version);
        let choice = match installed::goroot(&self.place.home, &version) {
            Some(goroot) => Choice::Installed { version, goroot },
            None => Choice::Missing { wanted },
        };
        let written = self.place.name.to_string_lossy().into_owned();
        let reason = Reason { source: Source::Name, file: None, line: None, written, rule: Rule::Exact };
        self.start(Answer { choice, reason, exact: false })
    }

    fn resolved(&self, plus: Option<&Selector>) -> Result<Infallible, Failure> {
        let change = if self.tool == "go" {
            invocation::change_of_directory(self.arguments.get(1..).unwrap_or_default())
        } else {
            None
        };
        // A directory that is gone has no pins; the tool itself will say what it thinks of it.
        let directory = directory::working(self.block, change)
            .or_else(|_| directory::working(self.block, None))
            .unwrap_or_else(|_| PathBuf::from("/"));
        let question = Question {
            home: &self.place.home,
            directory: &directory,
            plus,
            environment: self.block,
            shim: Some(&self.place.program),
        };
        self.start(resolve(&question).map_err(Failure::Problem)?)
    }

    fn start(&self, answer: Answer) -> Result<Infallible, Failure> {
        match answer.choice {
            Choice::Installed { version, goroot } => {
                let mounted = self.place.proc_is_mounted;
                let launch = Launch::toolchain(&goroot, &version, self.tool, answer.exact, mounted);
                Err(Failure::Launch(launch.replace(self.arguments, self.block)))
            }
            Choice::Missing { wanted } => {
                let missing = Missing { wanted, reason: answer.reason, exact: answer.exact };
                let arguments = self.arguments.get(1..).unwrap_or_default();
                missing.hand_over(self.place, self.tool, arguments, self.block);
                let reason = missing.reason.to_string();
                Err(Failure::Missing(missing::message(&self.place.home, &missing.wanted, &reason)))
            }
            Choice::Outside(go) => self.outside(go),
        }
    }

    fn outside(&self, go: Outside) -> Result<Infallible, Failure> {
        let tool = if self.tool == "go" { go } else { self.beside(go)? };
        let launch = Launch::outside(&tool, self.block).map_err(Failure::Launch)?;
        Err(Failure::Launch(launch.replace(self.arguments, self.block)))
    }

    /// Another tool of the Go outside: the one in its GOROOT, or else the first of that name on PATH.
    fn beside(&self, go: Outside) -> Result<Outside, Failure> {
        if let Some(program) = go.goroot.as_ref().map(|goroot| goroot.join("bin").join(self.tool))
            && program.is_file()
        {
            return Ok(Outside { program, ..go });
        }
        let found = outside::find(self.tool, self.block, &self.place.home, Some(&self.place.program));
        let program = go.program.with_file_name(self.tool);
        found.ok_or(Failure::Launch(launch::Failure::NoTool { program }))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(program) => write!(
                formatter,
                "{} is a shim and works only as a tool's name in a `shims` directory; `gvmr where --shims` shows it",
                program.display()
            ),
            Self::Plus(word) => write!(formatter, "the version after \"+\": {word}"),
            Self::Problem(problem) => problem.fmt(formatter),
            Self::Missing(message) => formatter.write_str(message),
            Self::Launch(failure) => failure.fmt(formatter),
        }
    }
}
