//! Which heads are of one history, and which are not.

use super::{ASKED, Case, LOG, SHORT, SIZE, Verdict, accepted, refused};
use crate::support::log::{TestLog, sum_of};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = one_history();
    cases.extend(contradictions());
    cases
}

fn one_history() -> Vec<Case> {
    vec![
        Case::new("honest", accepted(), |_| {}),
        Case::new("the remembered head is older", accepted(), |case| case.remembered = case.log.head(SHORT)),
        Case::new("the remembered head is the same", accepted(), |case| {
            case.remembered = case.log.head(SIZE);
        }),
        Case::new("the answer's head is older", accepted(), |case| {
            case.remembered = case.log.head(SIZE);
            case.log.serve_size(Some(SHORT));
        }),
        Case::new("the record is newer than its answer's head", Verdict::Sum(sum_of(500)), |case| {
            case.index = 500;
            case.remembered = case.log.head(SIZE);
            case.log.serve_size(Some(SHORT));
        }),
        Case::new("the record is newer than every head", refused("BeyondTree"), |case| {
            case.index = 500;
            case.log.serve_size(Some(SHORT));
        }),
        Case::new("no head, and the remembered one covers the record", accepted(), |case| {
            case.remembered = case.log.head(SIZE);
            case.answer_parts(|_, _, note| note.clear());
        }),
        Case::new("no head, and none is remembered", refused("BeyondTree"), |case| {
            case.answer_parts(|_, _, note| note.clear());
        }),
    ]
}

fn contradictions() -> Vec<Case> {
    vec![
        Case::new("forked, the answer's head is newer", Verdict::Fork, |case| {
            case.remembered = case.log.head(SHORT);
            case.log = forked(200);
        }),
        Case::new("forked, the answer's head is older", Verdict::Fork, |case| {
            let honest_head = case.log.head(SHORT);
            case.log = forked(200);
            case.remembered = case.log.head(800);
            case.answer_parts(|_, _, note| *note = honest_head);
        }),
        Case::new("forked, both heads of one size", Verdict::Fork, |case| {
            case.remembered = case.log.head(SIZE);
            case.answer_parts(|_, _, note| *note = forked(200).head(SIZE));
        }),
        Case::new("forked in the last record", Verdict::Fork, |case| {
            case.remembered = case.log.head(SIZE);
            case.log = forked(SIZE - 1);
        }),
        Case::new("rolled back and grown again", Verdict::Fork, |case| {
            case.remembered = case.log.head(SIZE);
            case.log = forked(SHORT);
        }),
        Case::new("an empty tree with another hash", Verdict::Fork, |case| {
            let root = case.root();
            case.answer_head_text(&format!("go.sum database tree\n0\n{root}\n"));
        }),
        Case::new("a root that the tiles do not support", refused("TileMismatch"), |case| {
            let root = case.root();
            case.answer_head_text(&format!("go.sum database tree\n699\n{root}\n"));
        }),
    ]
}

/// A log that has the honest one's first `size` records, the one asked for among them, and then others.
fn forked(size: u64) -> TestLog {
    assert!(size > ASKED);
    let mut forked = TestLog::filled(LOG, SIZE).fork(size);
    for index in 1000..1600 {
        forked.add_numbered(index);
    }
    forked
}
