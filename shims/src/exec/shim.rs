//! The shim from its arguments to the exec of the right Go.
//!
//! Takes what C's `main` is given, before any runtime has touched signals. Never writes a file, never starts a
//! second process. Before a tool that it can run it prints one line at most, where the tool's answer would mislead. Where
//! something must be compiled, printed or asked first, it hands over to the program.

use crate::env::env_context::{Config, ResolvedEnv};
use crate::exec::called_shim::{self, CalledShim};
use crate::exec::handover;
use crate::exec::invocation::Invocation;
use crate::exec::launch::{self, Launch};
use crate::exec::missing::{self, Missing};
use crate::gover::selector::NotAVersion;
use crate::home::system_go::{self, SystemGo};
use crate::select::error::ResolveError;
use crate::select::pin_owners::ForeignPin;
use crate::select::resolution::{Resolution, Selection};
use crate::sys::environment::Block;
use crate::sys::printable::{self, Printable};
use crate::sys::process;
use std::convert::Infallible;
use std::ffi::{CStr, OsString};
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

/// Runs the tool that `arguments` (with the program's name first) ask for; the exit code where that fails.
pub fn run(arguments: &[&CStr]) -> i32 {
    let Err(failure) = start(arguments, &Block::of_process());
    // Without a stderr, the exit code must do.
    say(&failure);
    failure.exit_code()
}

/// Why no tool runs.
#[derive(Debug)]
pub enum ShimError {
    /// The program has the setuid or setgid bit and lends rights.
    SetId,
    /// The program is not in a home's `shims` directory.
    Lost(PathBuf),
    /// The `+` argument is not a version.
    Plus(NotAVersion),
    /// `go1.25.14 download`, as with the wrappers of golang.org/dl, of a version that is there.
    Downloaded {
        /// The shim's name.
        name: OsString,
        /// Where the version is.
        goroot: PathBuf,
    },
    /// No Go could be chosen.
    Problem(ResolveError),
    /// This `config.toml` is not what was compiled, and the program that compiles it could not run.
    Stale(PathBuf),
    /// A version is missing, in words, and the program that installs it could not run.
    Missing(String),
    /// What was chosen cannot be executed.
    Launch(launch::LaunchError),
}

fn start(arguments: &[&CStr], block: &Block<'_>) -> Result<Infallible, ShimError> {
    if block.is_privileged() && called_shim::has_set_id() {
        return Err(ShimError::SetId);
    }
    let place = CalledShim::of_process().map_err(ShimError::Lost)?;
    let call = Invocation::parse(&place, arguments, block).map_err(ShimError::Plus)?;
    let mut env_context = call.env_context(None);
    if let Config::Stale { file } = &env_context.config {
        handover::prepare(&place, arguments, block);
        return Err(ShimError::Stale(file.clone()));
    }
    let answer = call.answer(&env_context).map_err(|problem| {
        say_ignored(&call.foreign_pins());
        ShimError::Problem(problem)
    })?;
    let is_download = call.is_download();
    if let Selection::Missing { wanted } = answer.choice {
        let missing = Missing { wanted, reason: answer.reason, exact: answer.exact };
        // Once it is installed there is nothing left to download.
        let arguments = if is_download { &[c"go", c"version"] } else { call.arguments.as_slice() };
        missing.hand_over(&place, call.tool, arguments, block);
        say_ignored(&answer.ignored);
        return Err(ShimError::Missing(missing.message(&place.home)));
    }
    if let Some(goroot) = answer.choice.goroot().filter(|_| is_download) {
        return Err(ShimError::Downloaded { name: place.name.clone(), goroot: goroot.to_owned() });
    }
    let resolved = call.resolve_env(&mut env_context, &answer);
    let unsaid = resolved.notices.iter().any(|notice| !notice.was_said(env_context.own.as_ref()));
    if unsaid || resolved.needs_credentials {
        handover::prepare(&place, arguments, block);
        // No program can print the notices or give credentials: the tool still runs.
    }
    Err(launch(&call, &answer, &resolved))
}

/// Runs the Go that was chosen in this environment; comes back only with the reason why it cannot.
pub fn launch(call: &Invocation<'_>, answer: &Resolution, resolved: &ResolvedEnv) -> ShimError {
    let (tool, local) = (call.tool, call.keeps_local(answer));
    let system;
    let launch = match &answer.choice {
        Selection::Installed { version, goroot } => {
            Launch::toolchain(goroot, version, tool, local, call.place.proc_is_mounted)
        }
        Selection::System(go) => {
            system = match outside(call, go) {
                Ok(system) => system,
                Err(failure) => return failure,
            };
            match Launch::outside(&system, call.block) {
                Ok(launch) => launch.keeping_local(local),
                Err(failure) => return ShimError::Launch(failure),
            }
        }
        Selection::Missing { wanted } => {
            let (reason, file) = (answer.reason.to_string(), answer.reason.file.as_deref());
            return ShimError::Missing(missing::message(&call.place.home, wanted, &reason, file));
        }
    };
    if let Some(caveat) = call.caveat(answer) {
        // Without a stderr, the tool's answer must do.
        say(&caveat);
    }
    ShimError::Launch(launch.in_environment(resolved).replace(&call.arguments, call.block))
}

/// Prints a line to stderr, which may be a file.
fn say(line: &dyn fmt::Display) {
    let line = Printable::lines(line);
    let _ = process::within_file_size_limit(|| writeln!(io::stderr(), "gvmr: {line}"));
}

/// Says which pins did not count, where no tool runs.
fn say_ignored(pins: &[ForeignPin]) {
    for pin in pins {
        say(pin);
    }
}

/// The tool of the Go outside: the one in its GOROOT, or else the first of that name on PATH.
fn outside(call: &Invocation<'_>, go: &SystemGo) -> Result<SystemGo, ShimError> {
    if call.tool == "go" {
        return Ok(go.clone());
    }
    if let Some(program) = go.goroot.as_ref().map(|goroot| goroot.join("bin").join(call.tool))
        && program.is_file()
    {
        return Ok(SystemGo { program, ..go.clone() });
    }
    let found = system_go::find(call.tool, call.block, &call.place.home, Some(&call.place.program));
    let program = go.program.with_file_name(call.tool);
    found.ok_or(ShimError::Launch(launch::LaunchError::NoTool { program }))
}

impl ShimError {
    /// The exit code that shells give.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::Launch(failure) => failure.exit_code(),
            Self::SetId => 126,
            Self::Downloaded { .. } => 0,
            _ => 127,
        }
    }
}

impl fmt::Display for ShimError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetId => formatter.write_str(
                "refusing to run setuid; remove the setuid and setgid bits from the shim, then run `gvmr setup`",
            ),
            Self::Lost(program) => write!(
                formatter,
                "{} is a shim, and runs only from a shim directory; run `gvmr where --shims` to see yours",
                printable::path(program)
            ),
            Self::Plus(word) => write!(formatter, "+VERSION: {word}"),
            Self::Downloaded { name, goroot } => {
                write!(
                    formatter,
                    "{} is already installed in {}",
                    printable::path(name),
                    printable::path(goroot)
                )
            }
            Self::Problem(problem) => problem.fmt(formatter),
            Self::Stale(file) => write!(
                formatter,
                "{} has changed, and gvmr could not be started to read it; run `gvmr env`",
                printable::path(file)
            ),
            Self::Missing(message) => formatter.write_str(message),
            Self::Launch(failure) => failure.fmt(formatter),
        }
    }
}

impl std::error::Error for ShimError {}
