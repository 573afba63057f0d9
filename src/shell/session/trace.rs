//! What the start-up files of a session do to one variable, told by the shell as it reads them.
//!
//! Takes a shell, a kind of session and a variable; reads the files of such a session in the shell's own order, each command
//! with its place and the variable's value before it. Judges nothing.

mod exec;
mod parse;
mod place;
mod steps;
mod told;

pub use steps::{SessionTrace, TracedStep};

use super::{SessionKind, Sessions, Shell, ask_all, start};
use crate::process::{Ending, KeptOutput};
use crate::shell::quote;
use std::ffi::OsString;
use steps::{LAST, MARK};

/// Bytes of a trace that are kept: each command of the files, with the value.
const KEPT: KeptOutput = KeptOutput::Last(8 << 20);
/// Bytes in which the last command of a trace stands, and what a login shell does after it.
const END: usize = 16 << 10;

impl Sessions<'_> {
    /// Reads the files of such a session once more, and tells what becomes of `variable`. `None` for a shell that does not
    /// tell, and for one that does not end.
    pub fn trace(&self, shell: &Shell, kind: SessionKind, variable: &str) -> Option<SessionTrace> {
        let files = self.files(shell, kind);
        let (flags, begin, source, end) = commands(shell, kind, variable)?;
        let mut script = OsString::from(begin);
        for file in &files {
            let [before, between, behind] = source;
            let quoted = match shell.name.as_str() {
                "fish" => quote::fish(file.as_os_str()),
                _ => quote::posix(file.as_os_str()),
            };
            for part in [before.as_ref(), &*quoted, between.as_ref(), &*quoted, behind.as_ref()] {
                script.push(part);
            }
        }
        script.push(end);
        let mut command = start::script(self, shell, kind, &flags, &script).ok()?;
        // What ENV names is among the files already, and would be read twice.
        command.env("ENV", "/dev/null").env("LC_ALL", "C.UTF-8");
        let outcome = ask_all(command, KEPT, is_read).ok()?;
        if outcome.ending == Ending::Stopped {
            return None;
        }
        Some(match shell.name.as_str() {
            "fish" => {
                let mut trace = parse::fish(&outcome.stdout, variable, &files, &self.account.home);
                // It tells of no `exec`, and nothing else in a file ends it.
                if !trace.is_whole {
                    let value = trace.steps.last().map(|step| step.value.clone()).unwrap_or_default();
                    trace.steps.extend(exec::first_in(&files, value));
                }
                trace
            }
            name => {
                let raw = parse::raw(&outcome.stdout);
                let mut trace = place::found(raw, name, variable, &files, &self.account.home);
                // Debian's file for mksh changes it, and no command is told behind that.
                let last = trace.last_in_file().filter(|last| last.text.starts_with("PS4="));
                if let Some(value) = last.map(|last| last.value.clone()) {
                    trace.steps.extend(exec::first_in(&files, value));
                }
                trace
            }
        })
    }
}

/// Whether all files were read. A program that they left running may keep the output open.
fn is_read(output: &[u8]) -> bool {
    let end = output.get(output.len().saturating_sub(END)..).unwrap_or(output);
    end.windows(LAST.len()).any(|window| window == LAST.as_bytes())
}

/// The flags, what is done first, around each file's name twice, and last.
fn commands(
    shell: &Shell,
    kind: SessionKind,
    variable: &str,
) -> Option<(Vec<&'static str>, String, [&'static str; 3], String)> {
    const POSIX: [&str; 3] = ["if [ -r ", " ]; then . ", "; fi\n"];
    let begin = |depth: &str, file: &str, line: &str| {
        format!("PS4='+{depth}{MARK}{file}\u{1f}{line}\u{1f}${{{variable}-}}{MARK} '; set -x\n")
    };
    let mut flags = Vec::new();
    let begin = match shell.name.as_str() {
        "bash" => {
            flags.extend(["--noprofile", "--norc"]);
            // Stdout is another one in `$(…)`, and what is told there would become the value.
            format!("exec 199>&1; BASH_XTRACEFD=199; {}", begin("", "${BASH_SOURCE-}", "${LINENO-0}"))
        }
        "zsh" => {
            flags.push("-f");
            format!("exec 2>&1; setopt promptsubst; {}", begin("%e", "%x", "%I"))
        }
        "fish" => {
            flags.push("--no-config");
            let begin = format!(
                "function __gvmr_trace --on-variable {variable}; echo \"{MARK}\"(string join : -- ${variable})\"{MARK}\"; \
                 status stack-trace; end\necho \"{MARK}\"(string join : -- ${variable})\"{MARK}\"\n"
            );
            let source = ["if test -r ", "; source ", "; end\n"];
            flags.extend(kind.is_interactive().then_some("-i"));
            return Some((flags, begin, source, format!("echo {MARK}{LAST}\n")));
        }
        "nu" => return None,
        "ksh" => begin("", "${.sh.file}", "${LINENO-0}"),
        _ => begin("", "", "${LINENO-0}"),
    };
    let tells_login = matches!(shell.name.as_str(), "bash" | "zsh"); // the others would read their files twice
    flags.extend(kind.is_login().then_some("-l").filter(|_| tells_login));
    flags.extend(kind.is_interactive().then_some("-i"));
    Some((flags, begin, POSIX, format!(": {LAST}\n")))
}
