//! What is half after a command was ended: by kill -9 at random moments, by a fault in each call that changes something,
//! and by a power cut at random moments. Counts, not times: any violation is a mistake.
//!
//! `cargo bench --bench durability [-- --kills 1000 --power-cuts 30 --faults 1000000]`, each for every command. Faults need
//! strace; power cuts need root, mkfs.xfs and mkfs.ext4. Ends with 1 after a violation.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "../tests/gvmr/durability"]
mod durability {
    pub(crate) mod faults;
    pub(crate) mod kills;
    pub(crate) mod power_cuts;
    pub(crate) mod scenarios;
    mod snapshot;
}
#[path = "../tests/gvmr/support/mod.rs"]
#[allow(dead_code)]
mod support;

use clap::Parser;
use durability::scenarios::{Count, SCENARIOS, Scenario};
use durability::{faults, kills, power_cuts};
use std::process::ExitCode;

/// What is half after a command was ended
#[derive(Parser)]
struct Options {
    /// Kills of each command
    #[arg(long, default_value_t = 1000)]
    kills: usize,
    /// Power cuts of each command
    #[arg(long, default_value_t = 30)]
    power_cuts: usize,
    /// Faults of each command, at most
    #[arg(long, default_value_t = usize::MAX)]
    faults: usize,
    /// Only these commands
    #[arg(long, value_name = "COMMAND")]
    only: Vec<String>,
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// Counts one way for each command; the sum of its runs and of its violations.
    fn each(&self, count: impl Fn(usize, &'static Scenario) -> Count) -> (usize, usize) {
        let mut sum = (0, 0);
        for (nth, scenario) in SCENARIOS.iter().enumerate() {
            if !self.only.is_empty() && !self.only.iter().any(|name| name == scenario.name) {
                continue;
            }
            let count = count(nth, scenario);
            println!("{count}");
            count.violations.iter().for_each(|violation| println!("  {violation}"));
            sum = (sum.0 + count.runs, sum.1 + count.violations.len());
        }
        sum
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut sums = Vec::new();
    if options.kills > 0 {
        sums.push(("kills", options.each(|_, scenario| kills::count(scenario, options.kills))));
    }
    if options.faults > 0 {
        match faults::can_be_made() {
            Ok(()) => {
                sums.push((
                    "faults",
                    options.each(|nth, scenario| faults::count(scenario, nth, options.faults)),
                ));
            }
            Err(reason) => println!("no faults: {reason}"),
        }
    }
    if options.power_cuts > 0 {
        match power_cuts::can_be_made() {
            Ok(()) => {
                let counted = options.each(|_, scenario| power_cuts::count(scenario, options.power_cuts));
                sums.push(("power cuts", counted));
            }
            Err(reason) => println!("no power cuts: {reason}"),
        }
    }
    for (what, (runs, violations)) in &sums {
        println!("{runs} {what}, {violations} violations");
    }
    ExitCode::from(u8::from(sums.iter().any(|(_, (_, violations))| *violations > 0)))
}
