//! What an install says while it runs: one bar each, notes above all of them.

use crate::context::Context;
use crate::install::{Event, Progress};
use crate::terminal::Bar;

/// One install on the terminal.
pub(super) struct Shown<'a> {
    pub(super) bar: Bar,
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
                self.context.terminal.note(format_args!("{}: waiting: {holder}", self.bar.label()));
            }
            Event::Proving => self.bar.phase("checking the log"),
            Event::Fetching { length, .. } => self.bar.download(length),
            Event::Bytes(bytes) => self.bar.advance(bytes),
            Event::Building { with, log } => {
                self.context.terminal.note(format_args!(
                    "{}: building with {with}; the output goes to {}",
                    self.bar.label(),
                    log.display()
                ));
                self.bar.phase("building");
            }
            Event::BuildLine(line) => self.bar.phase(line),
            Event::Committing => self.bar.phase("syncing"),
            // What is true of a source is so for every version, and said once.
            Event::Note(note) if self.context.warn_once(&note) => {
                self.context.terminal.note(format_args!("{}: {note}", self.bar.label()));
            }
            Event::Note(_) => {}
        }
    }

    fn cancelled(&self) -> bool {
        self.context.interrupted()
    }
}
