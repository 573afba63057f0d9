//! The only writer of stdout and stderr: results go to stdout, everything else to stderr.
//!
//! Takes results, notes, questions and work in progress; gives what the two streams show. A terminal gets aligned
//! tables, colours and progress; a pipe gets plain lines. A reader that goes away early is not an error.

mod color;
mod progress;
pub mod secret;
mod table;
mod width;

pub use clap::ColorChoice;
pub use color::{Palette, Tone};
pub use progress::{Bar, size};
pub use table::{Cell, Row};

use gvmr_core::sys::environment::Process;
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde::Serialize;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};

/// This process's stdout and stderr. Its clones share the lines of progress.
#[derive(Clone, Debug)]
pub struct Terminal {
    quiet: bool,
    verbose: bool,
    stdout: Palette,
    stderr: Palette,
    bars: MultiProgress,
}

impl Terminal {
    /// A terminal on this process's own stdout and stderr; `quiet` silences notes and progress.
    pub fn new(quiet: bool) -> Self {
        Self::with_color(quiet, ColorChoice::Auto)
    }

    /// The same with the user's choice of colours.
    pub fn with_color(quiet: bool, choice: ColorChoice) -> Self {
        let hidden = quiet || color::is_dumb(&Process);
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
        Self {
            quiet,
            verbose: false,
            stdout: Palette::of(&stdout, choice),
            stderr: Palette::of(&stderr, choice),
            bars: MultiProgress::with_draw_target(target),
        }
    }

    /// The same with what was tried in vain, if `verbose`.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose: verbose && !self.quiet, ..self }
    }

    /// Whether what was tried in vain is wanted too.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether only results and errors are wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The colours of stdout.
    pub fn stdout_palette(&self) -> Palette {
        self.stdout
    }

    /// The colours of stderr.
    pub fn stderr_palette(&self) -> Palette {
        self.stderr
    }

    /// Writes a result line to stdout.
    pub fn data(&self, line: impl Display) -> std::io::Result<()> {
        self.bytes(format!("{line}\n").as_bytes())
    }

    /// Writes rows to stdout: aligned and fitted on a terminal, each row's own line in a pipe.
    pub fn table(&self, rows: &[Row]) -> std::io::Result<()> {
        let columns = width::columns(std::io::stdout());
        let text = if columns.is_some() || self.stdout.is_on() {
            table::shown(rows, columns, self.stdout)
        } else {
            table::piped(rows)
        };
        self.bytes(text.as_bytes())
    }

    /// Writes a result to stdout as it is: paths may be no UTF-8.
    pub fn bytes(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// Writes a result as indented JSON to stdout.
    pub fn json(&self, value: &impl Serialize) -> std::io::Result<()> {
        self.data(serde_json::to_string_pretty(value).map_err(std::io::Error::from)?)
    }

    /// Writes a note to stderr, unless `--quiet` is given.
    pub fn note(&self, line: impl Display) {
        if !self.quiet {
            self.say(line);
        }
    }

    /// Writes a warning to stderr, with `--quiet` too.
    pub fn warn(&self, line: impl Display) {
        self.say(format_args!("{} {line}", self.stderr.paint("warning:", Tone::Warning)));
    }

    /// Writes an error to stderr, and what to do next.
    pub fn error(&self, message: impl Display, hint: Option<&str>) {
        let name = self.stderr.paint("gvmr:", Tone::Bad);
        match hint {
            Some(hint) => {
                self.say(format_args!(
                    "{name} {message}\n  {} {hint}",
                    self.stderr.paint("next:", Tone::Good)
                ));
            }
            None => self.say(format_args!("{name} {message}")),
        }
    }

    /// Writes lines to stderr above any progress.
    pub fn say(&self, lines: impl Display) {
        self.bars.suspend(|| {
            let _ = writeln!(std::io::stderr().lock(), "{lines}"); // there is nowhere to report this failure
        });
    }

    /// Writes a line to stderr, and below it what `write` writes: in one piece, above any progress.
    pub fn block(&self, header: impl Display, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        self.bars.suspend(|| {
            let mut stderr = std::io::stderr().lock();
            let _ = writeln!(stderr, "{header}").and_then(|()| write(&mut stderr)); // as above
        });
    }

    /// Whether stderr is a terminal.
    pub fn is_watched(&self) -> bool {
        std::io::stderr().is_terminal()
    }

    /// Whether a person can be asked: stdin and stderr are terminals.
    pub fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks once; an empty answer means `usual`, the end of input means no.
    pub fn ask(&self, question: &str, usual: bool) -> bool {
        self.bars.suspend(|| {
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "{question} [{}] ", if usual { "Y/n" } else { "y/N" });
            let _ = stderr.flush();
        });
        let mut answer = String::new();
        match std::io::stdin().read_line(&mut answer) {
            Ok(length) if length > 0 => match answer.trim() {
                "" => usual,
                answer => matches!(answer, "y" | "Y" | "yes" | "Yes"),
            },
            _ => {
                self.say("");
                false
            }
        }
    }

    /// A line of progress with this label, below everything that is written; none in a pipe or with `--quiet`.
    pub fn bar(&self, label: &str) -> Bar {
        Bar::start(&self.bars, label, self.stderr)
    }
}
