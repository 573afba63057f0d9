//! Whatever ends a command (a kill, a full disk, a failing one, a power cut), each file is as before it or as after it, and
//! the command works again. The bench `durability` does the same more often, and prints the counts.

mod faults;
mod kills;
mod power_cuts;
mod scenarios;
mod snapshot;

use crate::support::skip;
use crate::support::slow::rounds;
use scenarios::{Count, SCENARIOS};

fn assert_whole(counts: impl IntoIterator<Item = Count>) {
    let mut ended = 0;
    for count in counts {
        println!("{count}");
        assert!(count.violations.is_empty(), "{count}: {:#?}", count.violations);
        ended += count.ended;
    }
    assert!(ended > 0, "nothing hit a running command");
}

#[test]
fn a_kill_at_any_moment_leaves_nothing_half() {
    let kills = rounds("durability::a_kill_at_any_moment_leaves_nothing_half", 3, 6);
    assert_whole(SCENARIOS.iter().map(|scenario| kills::count(scenario, kills)));
}

/// Some of the faults of each command, spread over all that there are.
#[test]
fn a_fault_in_any_call_that_changes_something_leaves_nothing_half() {
    if let Err(reason) = faults::can_be_made() {
        return skip(&reason);
    }
    let faults = rounds("durability::a_fault_in_any_call_that_changes_something_leaves_nothing_half", 4, 12);
    assert_whole(SCENARIOS.iter().enumerate().map(|(nth, scenario)| faults::count(scenario, nth, faults)));
}

#[test]
fn a_power_cut_at_any_moment_leaves_nothing_half() {
    if let Err(reason) = power_cuts::can_be_made() {
        return skip(&reason);
    }
    let cuts = rounds("durability::a_power_cut_at_any_moment_leaves_nothing_half", 1, 2);
    assert_whole(SCENARIOS.iter().map(|scenario| power_cuts::count(scenario, cuts)));
}
