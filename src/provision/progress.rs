//! What an install says while it runs: one bar each, notes above all of them.

use crate::context::Context;
use crate::install::{Event, Progress};
use crate::terminal::Terminal;
use indicatif::ProgressBar;

/// One install on the terminal.
pub(super) struct Shown<'a> {
    pub(super) bar: ProgressBar,
    context: &'a Context,
}

impl<'a> Shown<'a> {
    /// Begins a bar with this label.
    pub(super) fn begin(label: &str, context: &'a Context) -> Self {
        Self { bar: context.terminal.bar(label), context }
    }
}

impl Progress for Shown<'_> {
    fn event(&self, event: Event) {
        match event {
            Event::Waiting { holder } => {
                self.context.terminal.note(format_args!("{}: waiting: {holder}", self.bar.prefix()));
            }
            Event::Proving => self.bar.set_message("asking the log"),
            Event::Fetching { source, length } => {
                self.bar.set_message(source);
                if let Some(length) = length {
                    Terminal::measure(&self.bar, length);
                }
            }
            Event::Bytes(bytes) => self.bar.inc(bytes),
            Event::Building { with, log } => {
                self.context.terminal.note(format_args!(
                    "{}: building with {with}; the output goes to {}",
                    self.bar.prefix(),
                    log.display()
                ));
                Terminal::spin(&self.bar);
            }
            Event::BuildLine(line) => self.bar.set_message(line),
            Event::Committing => self.bar.set_message("syncing"),
            // What is true of a source is so for every version, and said once.
            Event::Note(note) if self.context.is_first(&note) => {
                self.context.terminal.note(format_args!("{}: {note}", self.bar.prefix()));
            }
            Event::Note(_) => {}
        }
    }

    fn cancelled(&self) -> bool {
        self.context.interrupted()
    }
}
