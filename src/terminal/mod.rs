//! The only writer of stdout and stderr: results go to stdout, everything else to stderr.
//!
//! Takes results, notes, questions and work in progress; gives what the two streams show. A terminal gets aligned
//! tables, colours and progress; a pipe gets plain lines. A reader that goes away early is not an error.
//!
//! All text becomes [`Printable`] here, whatever it is made of: nothing that is not ours moves a cursor. Only
//! [`Terminal::bytes`] gives a pipe what a shell or script needs as it is.

mod color;
mod progress;
pub mod secret;
mod table;
mod width;

pub use clap::ColorChoice;
use color::Palette;
pub use color::Tone;
pub use progress::{Bar, size};
pub use table::{Cell, Row};

use clap::builder::StyledStr;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable::{self, Printable};
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde::Serialize;
use std::fmt::{Display, Write as _};
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// This process's stdout and stderr. Its clones share the lines of progress.
#[derive(Clone, Debug)]
pub struct Terminal {
    quiet: bool,
    verbose: bool,
    stdout: Palette,
    stderr: Palette,
    bars: MultiProgress,
}

/// Writes to stdout; a reader that went away is not an error.
fn to_stdout(bytes: &[u8]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Indented JSON in which every character that is not printable is written by its number, which means the same.
pub fn json_text(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(json_escaped(&serde_json::to_string_pretty(value)?) + "\n")
}

fn json_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || !printable::is_unprintable(character) {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}"); // to a string
            }
        }
    }
    escaped
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

    /// Writes a result line to stdout.
    pub fn data(&self, line: impl Display) -> std::io::Result<()> {
        to_stdout(format!("{}\n", Printable::lines(line)).as_bytes())
    }

    /// Writes a path as a result line: as it is for a script, printable for a person.
    pub fn path(&self, path: &Path, remark: impl Display) -> std::io::Result<()> {
        let remark = Printable::lines(remark).to_string();
        if std::io::stdout().is_terminal() {
            return to_stdout(format!("{}{remark}\n", printable::path(path)).as_bytes());
        }
        to_stdout(&[path.as_os_str().as_bytes(), remark.as_bytes(), b"\n"].concat())
    }

    /// Writes rows to stdout: aligned and fitted on a terminal, each row's own line in a pipe.
    pub fn table(&self, rows: &[Row]) -> std::io::Result<()> {
        let columns = width::columns(std::io::stdout());
        let text = if columns.is_some() || self.stdout.is_on() {
            table::shown(rows, columns, self.stdout)
        } else {
            table::piped(rows)
        };
        to_stdout(text.as_bytes())
    }

    /// Writes a result to stdout, in a pipe as it is: paths may be no UTF-8.
    pub fn bytes(&self, bytes: &[u8]) -> std::io::Result<()> {
        if std::io::stdout().is_terminal() {
            return to_stdout(Printable::lines(String::from_utf8_lossy(bytes)).as_str().as_bytes());
        }
        to_stdout(bytes)
    }

    /// Writes text of our own with its colours, such as help.
    pub fn styled(&self, text: &StyledStr) -> std::io::Result<()> {
        to_stdout(self.stdout.styled(text).as_bytes())
    }

    /// Writes what is wrong with a command line, with its colours. The words in it are printable.
    pub fn usage(&self, text: &StyledStr) {
        self.write(self.stderr.styled(text).trim_end());
    }

    /// Writes a result as indented JSON to stdout, which escapes what JSON itself leaves as it is.
    pub fn json(&self, value: &impl Serialize) -> std::io::Result<()> {
        to_stdout(json_text(value).map_err(std::io::Error::from)?.as_bytes())
    }

    /// Writes a note to stderr, unless `--quiet` is given.
    pub fn note(&self, line: impl Display) {
        if !self.quiet {
            self.say(line);
        }
    }

    /// Writes a note that begins with what succeeded.
    pub fn done(&self, what: &str, rest: impl Display) {
        if !self.quiet {
            let (what, rest) = (self.stderr.paint(what, Tone::Good), Printable::lines(rest));
            self.write(format_args!("{what} {rest}"));
        }
    }

    /// Writes a warning to stderr, with `--quiet` too.
    pub fn warn(&self, line: impl Display) {
        let line = Printable::lines(line);
        self.write(format_args!("{} {line}", self.stderr.paint("warning:", Tone::Warning)));
    }

    /// Writes an error to stderr, and what to do next.
    pub fn error(&self, message: impl Display, hint: Option<&str>) {
        let (name, message) = (self.stderr.paint("gvmr:", Tone::Bad), Printable::lines(message));
        match hint.map(Printable::lines) {
            Some(hint) => {
                let next = self.stderr.paint("next:", Tone::Good);
                self.write(format_args!("{name} {message}\n  {next} {hint}"));
            }
            None => self.write(format_args!("{name} {message}")),
        }
    }

    /// Writes lines to stderr above any progress.
    pub fn say(&self, lines: impl Display) {
        self.write(Printable::lines(lines));
    }

    fn write(&self, lines: impl Display) {
        self.bars.suspend(|| {
            let _ = writeln!(std::io::stderr().lock(), "{lines}"); // there is nowhere to report this failure
        });
    }

    /// Writes a line to stderr, and below it what `write` writes, the output of a program as it is: in one piece, above any
    /// progress.
    pub fn block(&self, header: impl Display, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        self.bars.suspend(|| {
            let mut stderr = std::io::stderr().lock();
            let _ = writeln!(stderr, "{}", Printable::lines(header)).and_then(|()| write(&mut stderr)); // as above
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
            let _ = write!(stderr, "{} [{}] ", Printable::lines(question), if usual { "Y/n" } else { "y/N" });
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
