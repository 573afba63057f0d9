//! What an install prints while it runs: one line of progress each, notes above all of them, and a summary.
//!
//! Takes the events of an install. In a pipe there is one line at the start instead of progress.

use crate::context::Context;
use crate::install::{Event, Progress};
use crate::store::{ProofKind, Receipt, Toolchain};
use crate::terminal::{Bar, size};
use gvmr_core::sys::printable;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A wait that the user should know the reason of.
const WORTH_A_WORD: Duration = Duration::from_secs(1);

/// One install on the terminal.
pub(super) struct Shown<'a> {
    pub(super) bar: Bar,
    context: &'a Context,
    began: Instant,
    announced: AtomicBool,
}

impl<'a> Shown<'a> {
    /// Begins a line of progress with this label.
    pub(super) fn begin(label: &str, context: &'a Context) -> Self {
        let bar = context.terminal.bar(label);
        Self { bar, context, began: Instant::now(), announced: AtomicBool::new(false) }
    }

    /// The one line that stays: `installed go1.22.12 (83.1 MB in 3.2 s, verified by sum.golang.org)`.
    pub(super) fn summarize(&self, toolchain: &Toolchain) {
        let proof = toolchain.receipt.as_ref().map(|receipt| format!(", {}", proof(receipt)));
        let rest = format!(
            "{} ({} in {:.1} s{})",
            toolchain.version.toolchain_name(),
            size(self.bar.received()),
            self.began.elapsed().as_secs_f64(),
            proof.unwrap_or_default(),
        );
        self.context.terminal.done("installed", rest);
    }

    fn announce(&self, source: &str, length: Option<u64>) {
        if self.bar.is_hidden() && !self.announced.swap(true, Ordering::Relaxed) {
            let length = length.map(|length| format!(" ({})", size(length))).unwrap_or_default();
            let label = self.bar.label();
            self.context.terminal.note(format_args!("downloading {label} from {source}{length}"));
        }
    }
}

/// `verified by sum.golang.org`
fn proof(receipt: &Receipt) -> String {
    let log = receipt.log.as_deref().unwrap_or("gvmr's table of known releases");
    match receipt.proof {
        ProofKind::Log | ProofKind::Known => format!("verified by {log}"),
        ProofKind::Index => format!("verified by {}", receipt.index.as_deref().unwrap_or("an index")),
        ProofKind::Built => {
            let with = receipt.bootstrap.as_deref().unwrap_or("an older Go");
            format!("built with {with}, sources verified by {log}")
        }
        ProofKind::None => "NOT VERIFIED".to_owned(),
    }
}

impl Progress for Shown<'_> {
    fn event(&self, event: Event) {
        match event {
            Event::Waiting { holder } => {
                self.context.terminal.note(format_args!("{}: waiting: {holder}", self.bar.label()));
            }
            Event::Proving => self.bar.phase("checking the log"),
            Event::Fetching { source, length } => {
                self.announce(&source, length);
                self.bar.download(length);
            }
            Event::Bytes(bytes) => self.bar.advance(bytes),
            Event::Building { with, log } => {
                self.context.terminal.note(format_args!(
                    "{}: building with {with}; the output goes to {}",
                    self.bar.label(),
                    printable::path(&log)
                ));
                self.bar.phase("building");
            }
            Event::BuildLine(line) => self.bar.phase(line),
            Event::Committing => self.bar.phase("syncing"),
            // Where another source had it at once, that is of use only to who asks.
            Event::Skipped { line, took } if took > WORTH_A_WORD || self.context.terminal.is_verbose() => {
                self.event(Event::Note(line));
            }
            // What is true of a source is true for every version: printed once.
            Event::Note(note) if self.context.is_first(&note) => {
                self.context.terminal.note(format_args!("{}: {note}", self.bar.label()));
            }
            Event::Note(_) | Event::Skipped { .. } => {}
        }
    }

    fn cancelled(&self) -> bool {
        self.context.interrupted()
    }
}
