//! Answers that a dishonest or sloppy server could give, and what has to be made of each.
//!
//! `forgeries` puts this table before our client, `oracle` before Go's own.

mod heads;
mod notes;
mod records;
mod tiles;

use crate::support::log::{TestLog, sum_of};

/// Records in the log, and in the shorter tree that some answers are signed for.
pub(super) const SIZE: u64 = 700;
pub(super) const SHORT: u64 = 300;
const LOG: &str = "log.example.com";
/// The record asked for: it lies in a full tile, so that its proof needs a tile that is not at the edge.
const ASKED: u64 = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Sum(String),
    Fork,
    /// The kind of the error.
    Refused(&'static str),
}

/// How Go's client takes the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    Agrees,
    /// It accepts what we refuse.
    Accepts,
    /// Its arithmetic overflows and it never comes back.
    Hangs,
}

/// A log, the head that the client remembers, the record it asks for, and what has to come of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) log: TestLog,
    pub(super) remembered: Vec<u8>,
    pub(super) index: u64,
    pub(super) verdict: Verdict,
    pub(super) go: Go,
}

pub(super) fn all() -> Vec<Case> {
    [heads::cases(), notes::cases(), records::cases(), tiles::cases()].into_iter().flatten().collect()
}

impl Case {
    fn new(name: &'static str, verdict: Verdict, script: impl FnOnce(&mut Self)) -> Self {
        let log = TestLog::filled(LOG, SIZE);
        let mut case = Self { name, log, remembered: Vec::new(), index: ASKED, verdict, go: Go::Agrees };
        script(&mut case);
        case
    }

    /// The path of the lookup.
    pub(super) fn path(&self) -> String {
        format!("/lookup/example.com/m{}@v1.0.0", self.index)
    }

    fn answer_with(&mut self, answer: Vec<u8>) {
        let path = self.path();
        self.log.forge(&path, Some(answer));
    }

    /// Answers with the honest answer's parts, changed: id, text, head.
    fn answer_parts(&mut self, change: impl FnOnce(&mut String, &mut String, &mut Vec<u8>)) {
        let (mut id, mut text) = (self.index.to_string(), self.log.text(self.index).to_owned());
        let mut note = self.log.head(self.log.size());
        change(&mut id, &mut text, &mut note);
        self.answer_with([format!("{id}\n{text}\n").into_bytes(), note].concat());
    }

    /// Answers with a head of this text, signed by the log.
    fn answer_head_text(&mut self, text: &str) {
        let signed = self.log.sign(text);
        self.answer_parts(|_, _, note| *note = signed);
    }

    /// The hash in the log's newest head.
    fn root(&self) -> String {
        let head = String::from_utf8(self.log.head(self.log.size())).unwrap();
        head.split('\n').nth(2).unwrap().to_owned()
    }
}

/// The sum of the record asked for.
fn accepted() -> Verdict {
    Verdict::Sum(sum_of(ASKED))
}

fn refused(kind: &'static str) -> Verdict {
    Verdict::Refused(kind)
}
