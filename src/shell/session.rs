//! What `go` is in a session: asked of the real shells, each started as a login, ssh or cron starts it.
//!
//! Takes an account; gives, for each shell of the machine and each way to start it, the PATH and the `go` that a
//! program started there gets. Each shell runs the user's own files, without a terminal, with a limit in time and
//! output, in a new session that is ended as a whole. Never trusts what a shell reports about itself.

mod chain;
mod coverage;
mod probe;
mod programs;
mod sessions;
mod start;
mod state;
mod trace;

pub use probe::Probe;
pub use sessions::{SessionKind, Sessions, Shell};
pub use state::{ProbeResult, SessionState};
pub use trace::{SessionTrace, TracedStep};

use crate::net::without_credentials_in_text;
use crate::process::{
    Ending, KeptOutput, OutputLimits, ProgramOutput, Scope, Stop, Streams, in_order, output,
};
use gvmr_core::sys::printable;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long one session may take to answer.
const LIMIT: Duration = Duration::from_secs(5);
/// Bytes of output that are kept: the last ones, since the answer is. The files of a user may print without end.
const KEPT: KeptOutput = KeptOutput::Last(64 << 10);
/// Sessions that are asked at once, at least and at most: they wait more than they work.
const AT_ONCE: (usize, usize) = (3, 6);

impl Sessions<'_> {
    /// The shells of this machine, from `/etc/shells` and the login shell, each program once, the login shell first.
    pub fn shells(&self) -> Vec<Shell> {
        let list = std::fs::read("/etc/shells").unwrap_or_default(); // where there is none, the login shell is left
        programs::shells(&list, self.account.shell.as_deref())
    }

    /// What every kind of session of every shell sees.
    pub fn all(&self) -> Vec<ProbeResult> {
        self.of(&self.shells())
    }

    /// What every kind of session of these shells sees, shell by shell; a few are asked at a time.
    pub fn of(&self, shells: &[Shell]) -> Vec<ProbeResult> {
        self.of_kinds(shells, &SessionKind::ALL)
    }

    /// The same of these kinds alone.
    pub fn of_kinds(&self, shells: &[Shell], kinds: &[SessionKind]) -> Vec<ProbeResult> {
        let questions: Vec<_> =
            shells.iter().flat_map(|shell| kinds.iter().map(move |kind| (shell, kind))).collect();
        let (least, most) = AT_ONCE;
        let workers =
            std::thread::available_parallelism().map_or(least, |count| count.get().clamp(least, most));
        in_order(&questions, workers, |(shell, kind)| self.started_with(shell, **kind, &[]))
    }

    /// The directory in which this shell, if it is zsh, looks for its files, unless that is the home.
    pub fn zsh_directory(&self, shell: &Shell) -> Option<PathBuf> {
        if shell.name != "zsh" {
            return None;
        }
        let command = start::zsh_directory(self, shell);
        let outcome = ask(command, |output| output.ends_with(b"\n")).ok()?;
        let said = outcome.stdout.rsplit(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"@@"))?;
        Some(PathBuf::from(OsStr::from_bytes(said))).filter(|directory| directory.is_absolute())
    }

    /// What such a session sees that another program starts, with these variables.
    pub fn started_with(
        &self,
        shell: &Shell,
        kind: SessionKind,
        variables: &[(&str, &OsStr)],
    ) -> ProbeResult {
        let told = start::command(self, shell, kind)
            .and_then(|mut command| {
                command.envs(variables.iter().copied());
                ask(command, |output| Probe::find(output).is_some())
            })
            .map_err(|error| (format!("cannot start it: {error}"), false))
            .and_then(|outcome| answer(&outcome));
        let (sight, rest, failure, has_ended) = match told {
            Ok((sight, rest)) => (sight, rest, None, false),
            Err((failure, has_ended)) => (Probe::default(), Vec::new(), Some(failure), has_ended),
        };
        let Probe { path, all, variables } = sight;
        let (meaning, rest) = start::meaning_of_go(&rest);
        let noise = printable::word(String::from_utf8_lossy(&rest).trim());
        let go = all.first().cloned();
        let go_is_alias = meaning.is_some_and(|meaning| start::is_alias(&meaning));
        ProbeResult {
            shell: shell.clone(),
            kind,
            go,
            all,
            path,
            variables,
            go_is_alias,
            noise,
            failure,
            has_ended,
        }
    }
}

/// Runs `command`, which starts a session of its own. After output that `is_answer`, no more is needed.
fn ask(mut command: Command, is_answer: fn(&[u8]) -> bool) -> io::Result<ProgramOutput> {
    command.stderr(Stdio::null());
    run(command, Streams::Stdout, KEPT, is_answer)
}

/// The same with stderr, and so much of its output is kept.
fn ask_all(command: Command, kept: KeptOutput, is_answer: fn(&[u8]) -> bool) -> io::Result<ProgramOutput> {
    run(command, Streams::Both, kept, is_answer)
}

fn run(
    command: Command,
    streams: Streams,
    kept: KeptOutput,
    is_answer: fn(&[u8]) -> bool,
) -> io::Result<ProgramOutput> {
    let limits = OutputLimits { time: LIMIT, kept, is_answer };
    output(command, streams, Scope::Session, limits).map_err(|(Stop::Run(error) | Stop::Hear(error))| error)
}

/// What was seen and what was printed besides, or why nothing was seen, and whether the shell ended by itself.
fn answer(outcome: &ProgramOutput) -> Result<(Probe, Vec<u8>), (String, bool)> {
    if let Some(answer) = Probe::find(&outcome.stdout) {
        return Ok(answer);
    }
    Err(match outcome.ending {
        Ending::Stopped => (format!("no answer within {} s", LIMIT.as_secs()), false),
        Ending::Exited(status) => {
            let said = String::from_utf8_lossy(&outcome.stdout);
            let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
            let last = last
                .map(|line| format!(": \"{}\"", printable::word(&without_credentials_in_text(line))))
                .unwrap_or_default();
            let said = format!(
                "it exited before it ran a command ({status}{last}); a start-up file ends or replaces the shell"
            );
            (said, status.code().is_some())
        }
    })
}
