//! Runs commands in turn, in a new order each round, and prints them side by side against the first.

#![allow(dead_code)] // each bench uses a part of it

use super::memory;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitStatus};
use std::time::Instant;

/// One command and what its runs took, in milliseconds.
pub(crate) struct Row {
    label: String,
    command: Command,
    prepare: Box<dyn FnMut(&mut Command)>,
    check: Option<Box<Check>>,
    /// Kibibytes, where they are asked for.
    peak: Option<u64>,
    milliseconds: Vec<f64>,
    failure: Option<String>,
}

/// Looks at what a run has left, and says what is wrong with it.
type Check = dyn Fn(ExitStatus) -> Result<(), String>;

impl Row {
    /// A row whose command is made ready, outside the measured time, before each run.
    pub(crate) fn prepared(
        label: &str,
        command: Command,
        prepare: impl FnMut(&mut Command) + 'static,
    ) -> Self {
        Self {
            label: label.to_owned(),
            command,
            prepare: Box::new(prepare),
            check: None,
            peak: None,
            milliseconds: Vec::new(),
            failure: None,
        }
    }

    /// The same row, whose peak memory is watched in the round that does not count.
    pub(crate) fn watched(mut self) -> Self {
        self.command.process_group(0);
        self.peak = Some(0);
        self
    }

    /// The same row, which a failure takes out of the table instead of ending everything.
    pub(crate) fn checked(mut self, check: impl Fn(ExitStatus) -> Result<(), String> + 'static) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    fn run(&mut self, counts: bool) {
        if self.failure.is_some() {
            return;
        }
        (self.prepare)(&mut self.command);
        let start = Instant::now();
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.label));
        let status = match &mut self.peak {
            Some(peak) if !counts => memory::wait(&mut child, peak),
            _ => child.wait(),
        };
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        let status = status.unwrap();
        match &self.check {
            None => assert!(status.success(), "{}: {status}", self.label),
            Some(check) => self.failure = check(status).err(),
        }
        if counts {
            self.milliseconds.push(milliseconds);
        }
    }

    fn memory(&self) -> String {
        self.peak.map_or_else(|| "not watched".to_owned(), |peak| format!("{} MiB", peak.div_ceil(1024)))
    }
}

/// The number behind `--rounds`, or the bench's own.
pub(crate) fn rounds_asked_for(usual: usize) -> usize {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == "--rounds");
    arguments.next().map_or(usual, |number| number.parse().unwrap())
}

/// Runs every row once per round, in a shuffled order, after one round that does not count; prints a table.
/// The first row must not fail: all others are compared with it.
pub(crate) fn interleave(mut rows: Vec<Row>, rounds: usize) {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for round in 0..=rounds {
        for place in (1..order.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(place, usize::try_from(random >> 33).unwrap() % (place + 1));
        }
        for &place in &order {
            rows[place].run(round > 0);
        }
        assert!(rows[0].failure.is_none(), "{}: {:?}", rows[0].label, rows[0].failure);
    }
    print(&rows, rounds);
}

fn print(rows: &[Row], rounds: usize) {
    let base = &rows[0].milliseconds;
    println!("\n{rounds} rounds, milliseconds; overhead is the median of the differences within a round\n");
    println!("| command | min | median | overhead | × first | peak memory |\n|---|---|---|---|---|---|");
    for row in rows.iter().filter(|row| row.failure.is_none()) {
        let differences = row.milliseconds.iter().zip(base).map(|(own, base)| own - base).collect();
        let ratios = row.milliseconds.iter().zip(base).map(|(own, base)| own / base).collect();
        let minimum = row.milliseconds.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "| {} | {minimum:.2} | {:.2} | {:+.2} | {:.2} | {} |",
            row.label,
            median(row.milliseconds.clone()),
            median(differences),
            median(ratios),
            row.memory()
        );
    }
    for row in rows {
        if let Some(failure) = &row.failure {
            println!("\nnot counted: {}: {failure}", row.label);
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
