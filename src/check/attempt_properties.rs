//! Properties of attempts: any pattern of what holds, against the rules of `within`, `for` and `every`.

use super::attempts::{AttemptSurroundings, AttemptTime, Clock, attempt};
use super::file::{ProbeDefinition, parsed};
use super::judgement::{Baselines, ProbeState};
use super::measurement::{Measurement, NotMeasured};
use super::quantity::{Measure, Quantity};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(60);

/// A clock on which time passes where a test says so.
#[derive(Default)]
struct StoppedClock(Mutex<Duration>);

impl StoppedClock {
    fn time(&self) -> MutexGuard<'_, Duration> {
        self.0.lock().unwrap()
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Duration {
        *self.time()
    }

    fn sleep_until(&self, moment: Duration) -> bool {
        let mut time = self.time();
        *time = moment.max(*time);
        true
    }
}

/// One attempt as it was made.
#[derive(Clone, Copy, Debug)]
struct MadeAttempt {
    start: Duration,
    end: Duration,
    good: bool,
}

/// What happens at each attempt: how long it takes, and whether it holds, does not, or cannot be measured.
#[derive(Clone, Copy, Debug)]
struct PlannedAttempt {
    cost: Duration,
    outcome: usize,
}

fn run(probe: &ProbeDefinition, plan: &[PlannedAttempt]) -> (ProbeState, Vec<MadeAttempt>, Duration) {
    let clock = StoppedClock::default();
    let made = Mutex::new(Vec::new());
    let baselines = Baselines { find: &|_, _| Err(String::new()), accepts: false };
    let measure = |AttemptTime { timeout, end }: AttemptTime| {
        let (start, planned) = (clock.now(), plan[made.lock().unwrap().len() % plan.len()]);
        *clock.time() += planned.cost.min(timeout);
        // What ends with the time of `within` comes too late.
        let good = planned.outcome > 1 && planned.cost <= timeout && clock.now() < end;
        made.lock().unwrap().push(MadeAttempt { start, end: clock.now(), good });
        if planned.outcome == 0 || planned.cost > timeout {
            return Err(NotMeasured::Failed("no answer".to_owned()));
        }
        let ok = Quantity { value: if good { 100.0 } else { 0.0 }, measure: Measure::Percent };
        Ok(Measurement { figures: BTreeMap::from([("ok".to_owned(), ok)]), ..Measurement::default() })
    };
    let surroundings = AttemptSurroundings {
        clock: &clock,
        deadline: DEADLINE,
        baselines: &baselines,
        measure: &measure,
        tell: &|_, _| (),
    };
    let attempted = attempt(probe, &surroundings);
    let made = made.into_inner().unwrap();
    assert_eq!(attempted.attempts, made.len());
    assert_eq!(attempted.held, good_at_the_end(&made).len());
    (attempted.judgement.state, made, clock.now())
}

/// The attempts that held without a break up to the last one.
fn good_at_the_end(made: &[MadeAttempt]) -> &[MadeAttempt] {
    &made[made.iter().rposition(|one| !one.good).map_or(0, |last| last + 1)..]
}

/// Whether so many attempts are enough: without `for` one that holds, else a time of them.
fn is_enough(made: &[MadeAttempt], hold_for: Option<Duration>) -> bool {
    let good = good_at_the_end(made);
    match (good.first(), good.last()) {
        (Some(first), Some(last)) => hold_for.is_none_or(|asked| last.start >= first.start + asked),
        _ => false,
    }
}

fn seconds(probe: Option<u64>, key: &str) -> String {
    probe.map_or(String::new(), |seconds| format!("{key} = \"{seconds}s\"\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_pattern_ends_as_the_rules_say(
        hold_for in proptest::option::of(1_u64..20),
        longer in proptest::option::of(1_u64..30),
        every in 1_u64..8,
        plan in proptest::collection::vec(
            (0_u64..4000, 0_usize..6).prop_map(|(cost, outcome)| PlannedAttempt {
                cost: Duration::from_millis(cost),
                outcome,
            }),
            1..40,
        ),
    ) {
        let within = longer.map(|longer| hold_for.unwrap_or(0) + longer);
        let every = every.min(hold_for.unwrap_or(every));
        let asks_again = hold_for.is_some() || within.is_some();
        let every_line = if asks_again { seconds(Some(every), "every") } else { String::new() };
        let lines = format!("{}{}{every_line}", seconds(hold_for, "for"), seconds(within, "within"));
        let file = parsed(&format!("[a.b]\nhttp = \"http://a\"\n{lines}"));
        let probe = &file.dimensions[0].probes[0];
        let (state, made, over) = run(probe, &plan);
        let [hold_for, within] = [hold_for, within].map(|time| time.map(Duration::from_secs));
        let every = Duration::from_secs(every);

        // It passes where enough held, and at once.
        prop_assert_eq!(state == ProbeState::Pass, is_enough(&made, hold_for), "{} {:?}", lines, made);
        for count in 1..made.len() {
            prop_assert!(!is_enough(&made[..count], hold_for), "{} {:?}", lines, made);
        }
        // Attempts follow each other, after `every` or at once, and never wait longer.
        for pair in made.windows(2) {
            let due = (pair[0].start + every).max(pair[0].end);
            prop_assert!(pair[1].start >= pair[0].end && pair[1].start <= due, "{} {:?}", lines, made);
            // Before it is due only the one that ends `for`, and the last one that ends within `within`.
            let ends_for = pair[0].good && hold_for.is_some();
            let ends_within = within.is_some_and(|within| due >= within);
            prop_assert!(pair[1].start == due || ends_for || ends_within, "{} {:?}", lines, made);
        }
        // Without `within` the first that does not hold is the last.
        let first_bad = made.iter().position(|one| !one.good);
        if within.is_none() {
            prop_assert!(first_bad.is_none_or(|bad| bad + 1 == made.len()), "{} {:?}", lines, made);
        }
        // None begins at the end of `within`, nor at the deadline, and none goes on after it; what does not pass has
        // used up one of them.
        let last = made[made.len() - 1];
        let end = within.map_or(DEADLINE, |within| within.min(DEADLINE));
        prop_assert!(last.start < end && last.end <= end, "{} {:?}", lines, made);
        if state != ProbeState::Pass {
            let due = (last.start + every).max(last.end);
            let is_over = within.is_some_and(|within| {
                let next = good_at_the_end(&made).first().map_or(due, |first| {
                    (first.start + hold_for.unwrap_or_default()).min(last.start + every).max(last.end)
                });
                next >= within
            });
            let ends = within.is_none() && !last.good;
            prop_assert!(is_over || ends || over >= DEADLINE, "{} {:?}", lines, made);
        }
    }
}
