//! The only writer of stdout and stderr: results are data on stdout, everything else is talk on stderr.
//!
//! Progress bars are drawn on a terminal only. A reader that goes away early is not an error.

pub mod secret;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::time::Duration;

/// Where gvmr speaks.
#[derive(Debug)]
pub struct Terminal {
    quiet: bool,
    bars: MultiProgress,
}

impl Terminal {
    /// A terminal on this process's own stdout and stderr; `quiet` silences notes and bars.
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Self { quiet, bars: MultiProgress::with_draw_target(target) }
    }

    /// Whether only results and errors are wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Writes a result line to stdout.
    pub fn data(&self, line: impl Display) -> std::io::Result<()> {
        self.bytes(format!("{line}\n").as_bytes())
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

    /// Says something worth knowing on stderr, unless asked to be quiet.
    pub fn note(&self, line: impl Display) {
        if !self.quiet {
            self.say(line);
        }
    }

    /// Says something that must not be missed on stderr.
    pub fn warn(&self, line: impl Display) {
        self.say(format_args!("warning: {line}"));
    }

    /// Writes lines to stderr above any bar.
    pub fn say(&self, lines: impl Display) {
        self.bars.suspend(|| {
            let _ = writeln!(std::io::stderr().lock(), "{lines}"); // nowhere is left to report a failure to
        });
    }

    /// Writes a line to stderr, and below it what `write` writes: in one piece, above any bar.
    pub fn block(&self, header: impl Display, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        self.bars.suspend(|| {
            let mut stderr = std::io::stderr().lock();
            let _ = writeln!(stderr, "{header}").and_then(|()| write(&mut stderr)); // as above
        });
    }

    /// Whether a person can be asked: both ends of the conversation are a terminal.
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

    /// A bar for one download of `length` bytes, or a spinner where the length is not known yet.
    pub fn bar(&self, label: &str) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::no_length());
        bar.set_style(spinner());
        bar.set_prefix(label.to_owned());
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        bar
    }

    /// Turns a bar of bytes back into a spinner with a line of text.
    pub fn spin(bar: &ProgressBar) {
        bar.set_style(spinner());
    }

    /// Turns a spinner into a bar of bytes.
    pub fn measure(bar: &ProgressBar, length: u64) {
        bar.set_length(length);
        bar.set_style(bytes());
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:14} {spinner} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn bytes() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:14} {bar:24} {bytes:>10} of {total_bytes:10} {bytes_per_sec:>12}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
