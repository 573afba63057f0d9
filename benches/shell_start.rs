//! What gvmr's block costs an interactive shell when it starts, with start-up files as people have them: each shell with and
//! without the block, interleaved in one run.
//!
//! `cargo bench --bench shell_start [-- --rounds 200]`. Prints differences; judges nothing. Shells that are not installed are left out.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/rounds.rs"]
mod rounds;
#[path = "../tests/gvmr/shell/script/start.rs"]
mod start;

use rounds::{Row, interleave, rounds_asked_for};
use start::Start;

fn main() {
    for start in Start::all().iter().filter(|start| start.program().is_some()) {
        let directory = tempfile::tempdir().unwrap();
        let row = |label: &str, name: &str, with_block| {
            let home = directory.path().join(name);
            start.prepare(&home, with_block);
            Row::prepared(&format!("{} {label}", start.name), start.command(&home), |_| {})
        };
        let rows = vec![
            row("without", "without", false),
            row("without again", "again", false),
            row("with gvmr's block", "with", true),
        ];
        interleave(rows, rounds_asked_for(200));
    }
}
