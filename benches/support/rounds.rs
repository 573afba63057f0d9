//! Runs commands in turn, in a new order each round, and prints them side by side against the first.

use std::process::Command;
use std::time::Instant;

/// One command and what its runs took, in milliseconds.
pub(crate) struct Row {
    label: String,
    command: Command,
    prepare: Box<dyn FnMut(&mut Command)>,
    milliseconds: Vec<f64>,
}

impl Row {
    /// A row whose command is made ready, outside the measured time, before each run.
    pub(crate) fn prepared(
        label: &str,
        command: Command,
        prepare: impl FnMut(&mut Command) + 'static,
    ) -> Self {
        Self { label: label.to_owned(), command, prepare: Box::new(prepare), milliseconds: Vec::new() }
    }

    fn run(&mut self) -> f64 {
        (self.prepare)(&mut self.command);
        let start = Instant::now();
        let status = self.command.spawn().and_then(|mut child| child.wait()).unwrap();
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        assert!(status.success(), "{}: {status}", self.label);
        milliseconds
    }
}

/// The number behind `--rounds`, or the bench's own.
pub(crate) fn rounds_asked_for(usual: usize) -> usize {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == "--rounds");
    arguments.next().map_or(usual, |number| number.parse().unwrap())
}

/// Runs every row once per round, in a shuffled order, after one round that does not count; prints a table.
pub(crate) fn interleave(mut rows: Vec<Row>, rounds: usize) -> Vec<Vec<f64>> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for round in 0..=rounds {
        for place in (1..order.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(place, usize::try_from(random >> 33).unwrap() % (place + 1));
        }
        for &place in &order {
            let milliseconds = rows[place].run();
            if round > 0 {
                rows[place].milliseconds.push(milliseconds);
            }
        }
    }
    print(&rows, rounds);
    rows.into_iter().map(|row| row.milliseconds).collect()
}

fn print(rows: &[Row], rounds: usize) {
    let base = &rows[0].milliseconds;
    println!("\n{rounds} rounds, milliseconds; overhead is the median of the differences within a round\n");
    println!("| command | min | median | overhead | × first |\n|---|---|---|---|---|");
    for row in rows {
        let differences = row.milliseconds.iter().zip(base).map(|(own, base)| own - base).collect();
        let ratios = row.milliseconds.iter().zip(base).map(|(own, base)| own / base).collect();
        let minimum = row.milliseconds.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "| {} | {minimum:.2} | {:.2} | {:+.2} | {:.2} |",
            row.label,
            median(row.milliseconds.clone()),
            median(differences),
            median(ratios)
        );
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
