//! Attempts on a clock that a test sets.

use super::*;
use crate::check::file::parsed;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A clock on which time passes only where somebody waits.
struct FakeClock(Mutex<Duration>);

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, moment: Duration) -> bool {
        *self.0.lock().unwrap() = moment;
        true
    }
}

fn probe(lines: &str) -> ProbeDefinition {
    let file = parsed(&format!("[a.b]\nhttp = \"http://a\"\n{lines}"));
    file.dimensions[0].probes[0].clone()
}

/// What becomes of a probe whose attempts take `cost` seconds each and hold where `good` says so, by the second in
/// which they start: its state, the attempts, those that held last, and when it was over.
fn run(lines: &str, cost: f64, good: impl Fn(f64) -> bool) -> (ProbeState, usize, usize, f64) {
    let clock = FakeClock(Mutex::new(Duration::ZERO));
    let baselines = Baselines { find: &|_, _| Err("none".to_owned()), accepts: false };
    let starts = RefCell::new(Vec::new());
    let measure = |time: AttemptTime| {
        let start = clock.now();
        starts.borrow_mut().push(start.as_secs_f64());
        clock.sleep_until((start + Duration::from_secs_f64(cost)).min(start + time.timeout));
        if cost > time.timeout.as_secs_f64() {
            return Err(NotMeasured::OutOfTime);
        }
        let ok = if good(start.as_secs_f64()) { 100.0 } else { 0.0 };
        let ok = Quantity { value: ok, measure: Measure::Percent };
        Ok(Measurement { figures: BTreeMap::from([("ok".to_owned(), ok)]), ..Measurement::default() })
    };
    let surroundings = AttemptSurroundings {
        clock: &clock,
        deadline: Duration::from_secs(900),
        baselines: &baselines,
        measure: &measure,
        tell: &|_, _| (),
    };
    let found = attempt(&probe(lines), &surroundings);
    assert!(starts.borrow().iter().all(|start| *start < 900.0));
    (found.judgement.state, found.attempts, found.held, clock.now().as_secs_f64())
}

#[test]
fn once_unless_the_probe_says_how_long() {
    assert_eq!(run("", 0.5, |_| true), (ProbeState::Pass, 1, 1, 0.5));
    assert_eq!(run("", 0.5, |_| false), (ProbeState::Fail, 1, 0, 0.5));
    assert_eq!(run("advisory = true", 0.5, |_| false), (ProbeState::Warn, 1, 0, 0.5));
}

#[test]
fn within_waits_for_a_service_that_starts() {
    assert_eq!(run("within = \"30s\"", 0.1, |now| now >= 4.0), (ProbeState::Pass, 5, 1, 4.1));
    // The last attempt begins early enough to end in time.
    assert_eq!(run("within = \"3s\"", 0.1, |_| false), (ProbeState::Fail, 4, 0, 2.9));
    assert_eq!(run("within = \"3s\"", 0.1, |now| now > 2.1), (ProbeState::Pass, 4, 1, 2.9));
    assert_eq!(run("within = \"30s\"\nevery = \"10s\"", 0.1, |_| false), (ProbeState::Fail, 4, 0, 29.1));
    // An attempt that takes longer than the time between two is followed at once.
    assert_eq!(run("within = \"13s\"", 4.0, |now| now >= 8.0), (ProbeState::Pass, 3, 1, 12.0));
}

#[test]
fn what_would_hold_after_within_does_not_count() {
    assert_eq!(run("within = \"1s\"", 3.0, |_| true), (ProbeState::Error, 1, 0, 1.0));
    assert_eq!(run("within = \"1s\"", 1.0, |_| true), (ProbeState::Error, 1, 0, 1.0));
    assert_eq!(run("within = \"1s\"", 0.9, |_| true), (ProbeState::Pass, 1, 1, 0.9));
    // What the last whole attempt gave is what is known.
    assert_eq!(run("within = \"10s\"", 4.0, |now| now >= 8.0), (ProbeState::Fail, 3, 0, 10.0));
}

/// A clock on which each look and each wait takes a little longer, as on a machine.
struct LateClock(FakeClock);

impl Clock for LateClock {
    fn now(&self) -> Duration {
        *self.0.0.lock().unwrap() += Duration::from_micros(50);
        self.0.now()
    }

    fn sleep_until(&self, moment: Duration) -> bool {
        self.0.sleep_until(moment + Duration::from_micros(80))
    }
}

#[test]
fn late_starts_do_not_add_up() {
    for (lines, attempts, state) in [
        ("within = \"300s\"\nok = \"== 0%\"", 301, ProbeState::Fail),
        ("for = \"300s\"", 301, ProbeState::Pass),
    ] {
        let clock = LateClock(FakeClock(Mutex::new(Duration::ZERO)));
        let baselines = Baselines { find: &|_, _| Err(String::new()), accepts: false };
        let ok = Quantity { value: 100.0, measure: Measure::Percent };
        let measured =
            Measurement { figures: BTreeMap::from([("ok".to_owned(), ok)]), ..Measurement::default() };
        let surroundings = AttemptSurroundings {
            clock: &clock,
            deadline: Duration::from_secs(900),
            baselines: &baselines,
            measure: &|_| Ok(measured.clone()),
            tell: &|_, _| (),
        };
        let found = attempt(&probe(lines), &surroundings);
        assert_eq!((found.judgement.state, found.attempts), (state, attempts), "{lines}");
    }
}

#[test]
fn for_ends_with_the_first_that_does_not_hold() {
    assert_eq!(run("for = \"120s\"", 0.1, |_| true), (ProbeState::Pass, 121, 121, 120.1));
    assert_eq!(run("for = \"120s\"", 0.1, |now| now < 7.0), (ProbeState::Fail, 8, 0, 7.1));
    // The last one starts at the end, whatever the time between two is.
    assert_eq!(run("for = \"10s\"\nevery = \"4s\"", 0.1, |_| true), (ProbeState::Pass, 4, 4, 10.1));
    assert_eq!(run("for = \"10s\"\nevery = \"4s\"", 0.1, |now| now < 9.0), (ProbeState::Fail, 4, 0, 10.1));
    assert_eq!(run("for = \"10s\"", 7.0, |_| true), (ProbeState::Pass, 3, 3, 21.0));
}

#[test]
fn for_within_starts_again_until_the_time_is_over() {
    let lines = "for = \"5s\"\nwithin = \"20s\"";
    let with_break = |now: f64| !(3.0..4.0).contains(&now);
    assert_eq!(run(lines, 0.1, with_break), (ProbeState::Pass, 10, 6, 9.1));
    let every_fourth = |now: f64| now % 4.0 >= 1.0;
    let (state, attempts, _, over) = run(lines, 0.1, every_fourth);
    assert_eq!((state, attempts), (ProbeState::Fail, 20));
    assert!((19.0..19.2).contains(&over), "{over}");
    // What began to hold too late does not pass.
    let (state, _, held, over) = run(lines, 0.1, |now| now >= 18.0);
    assert_eq!((state, held), (ProbeState::Fail, 2));
    assert!((19.0..19.2).contains(&over), "{over}");
}

#[test]
fn the_deadline_of_the_run_ends_it_as_an_error() {
    assert_eq!(run("for = \"20m\"\nevery = \"60s\"", 0.1, |_| true).0, ProbeState::Error);
    // What waits for its next attempt ends there too.
    assert_eq!(run("for = \"5h\"\nevery = \"4h\"", 0.1, |_| true), (ProbeState::Error, 1, 1, 900.0));
}
