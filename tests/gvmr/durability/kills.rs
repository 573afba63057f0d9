//! kill -9 at random moments.

use super::scenarios::{Count, Scenario, Stage, moments};
use std::time::Instant;

/// Kills the command so often.
pub(crate) fn count(scenario: &Scenario, kills: usize) -> Count {
    let stage = Stage::of(scenario);
    stage.begin();
    let began = Instant::now();
    stage.run();
    let whole = began.elapsed();
    let mut count = Count::of(scenario, "kills");
    for moment in moments(whole).take(kills) {
        stage.begin();
        let mut child = stage.command(&[]).spawn().unwrap();
        std::thread::sleep(moment);
        child.kill().unwrap();
        let has_ended = child.wait().unwrap().code().is_none();
        count.add(has_ended, stage.violations(&format!("a kill after {moment:?}")));
    }
    count
}
