//! One probe, asked once, until it holds, or as long as it must hold.
//!
//! Takes a clock and what measures; a clock of a test's own makes hours of attempts in no time.

use super::condition::Operator;
use super::file::ProbeDefinition;
use super::judgement::{Baselines, Judgement, ProbeState};
use super::measurement::{Measurement, NotMeasured};
use super::quantity::{Measure, Quantity};
use std::time::Duration;

/// The figure that says how long a probe held.
const HELD: &str = "held";

/// The time of a run.
pub trait Clock: Sync {
    /// Since some moment before the run; it never goes back.
    fn now(&self) -> Duration;

    /// Waits until then; `false` where the run ends before.
    fn sleep_until(&self, moment: Duration) -> bool;
}

/// What came of all attempts of a probe.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempted {
    /// How the probe ended.
    pub judgement: Judgement,
    /// How many attempts were made.
    pub attempts: usize,
    /// How many of them held in a row at the end.
    pub held: usize,
}

/// What attempts need of the run.
pub struct AttemptSurroundings<'a> {
    /// The run's time.
    pub clock: &'a dyn Clock,
    /// When the run ends.
    pub deadline: Duration,
    /// What figures are compared with.
    pub baselines: &'a Baselines<'a>,
    /// Measures once, in at most so long.
    pub measure: &'a dyn Fn(Duration) -> Result<Measurement, NotMeasured>,
    /// Is given what there is after each attempt but the last, and how long it took until then.
    pub tell: &'a dyn Fn(&Attempted, Duration),
}

/// The attempts of one probe so far.
struct Attempts<'a> {
    probe: &'a ProbeDefinition,
    surroundings: &'a AttemptSurroundings<'a>,
    start: Duration,
    count: usize,
    /// How many held in a row.
    held: usize,
    /// When the first of these began.
    since: Option<Duration>,
    /// The worst figures of these.
    worst: Option<Measurement>,
}

/// What follows an attempt.
enum Next {
    /// Another one, then.
    At(Duration, Judgement),
    /// Nothing.
    End(Judgement),
}

/// Asks as often as the probe says.
pub fn attempt(probe: &ProbeDefinition, surroundings: &AttemptSurroundings<'_>) -> Attempted {
    let (clock, start) = (surroundings.clock, surroundings.clock.now());
    let mut attempts = Attempts { probe, surroundings, start, count: 0, held: 0, since: None, worst: None };
    loop {
        match attempts.once() {
            Next::End(judgement) => return attempts.so_far(judgement),
            Next::At(moment, judgement) => {
                (surroundings.tell)(&attempts.so_far(judgement), clock.now().saturating_sub(start));
                if !clock.sleep_until(moment.min(surroundings.deadline)) {
                    return attempts.so_far(stopped(probe, "interrupted"));
                }
            }
        }
    }
}

impl Attempts<'_> {
    fn so_far(&self, judgement: Judgement) -> Attempted {
        Attempted { judgement, attempts: self.count, held: self.held }
    }

    /// When the time of `within` is over.
    fn end(&self) -> Option<Duration> {
        self.probe.within.map(|within| self.start + within)
    }

    fn once(&mut self) -> Next {
        let began = self.surroundings.clock.now();
        let left = self.surroundings.deadline.saturating_sub(began);
        if left.is_zero() {
            return Next::End(stopped(self.probe, "deadline"));
        }
        let measured = (self.surroundings.measure)(self.probe.timeout.min(left));
        self.count += 1;
        let measurement = match &measured {
            Err(NotMeasured::Interrupted) => return Next::End(stopped(self.probe, "interrupted")),
            // It had less time than it may take.
            Err(NotMeasured::Failed(_)) if self.surroundings.clock.now() >= self.surroundings.deadline => {
                return Next::End(stopped(self.probe, "deadline"));
            }
            Err(_) => None,
            Ok(measurement) => Some(measurement.clone()),
        };
        let judgement = Judgement::of(self.probe, measured, self.surroundings.baselines);
        match measurement {
            Some(measurement) if judgement.state == ProbeState::Pass => {
                self.held(began, &measurement, judgement)
            }
            _ => self.broke(began, judgement),
        }
    }

    fn broke(&mut self, began: Duration, judgement: Judgement) -> Next {
        (self.held, self.since, self.worst) = (0, None, None);
        let again = (began + self.probe.every).max(self.surroundings.clock.now());
        let is_over = self.end().is_none_or(|end| again > end);
        if is_over || judgement.state == ProbeState::NotApplicable {
            return Next::End(self.with_count(judgement));
        }
        Next::At(again, judgement)
    }

    fn held(&mut self, began: Duration, measured: &Measurement, judgement: Judgement) -> Next {
        self.held += 1;
        let since = *self.since.get_or_insert(began);
        let mut worst = self
            .worst
            .take()
            .map_or_else(|| measured.clone(), |before| worst_of(self.probe, &before, measured));
        let Some(duration) = self.probe.hold_for else { return Next::End(judgement) };
        let so_long = began.saturating_sub(since);
        if so_long >= duration {
            let quantity = Quantity { value: so_long.as_secs_f64(), measure: Measure::Duration };
            worst.figures.insert(HELD.to_owned(), quantity);
            return Next::End(Judgement::of(self.probe, Ok(worst), self.surroundings.baselines));
        }
        self.worst = Some(worst);
        // The last attempt starts where the time is over, and not before.
        let next = (began + self.probe.every).min(since + duration).max(self.surroundings.clock.now());
        if self.end().is_some_and(|end| next > end) {
            let (had, asked) = (so_long.as_secs_f64(), duration.as_secs_f64());
            let why = format!("held for {had} s of {asked} s when the time of within was over");
            return Next::End(judgement.refused(self.probe, why));
        }
        Next::At(next, judgement)
    }

    /// The last attempt's judgement, and how often it was tried.
    fn with_count(&self, mut judgement: Judgement) -> Judgement {
        if self.count > 1 {
            let seconds = self.surroundings.clock.now().saturating_sub(self.start).as_secs_f64();
            judgement.message =
                format!("{} (attempt {}, after {seconds:.1} s)", judgement.message, self.count);
        }
        judgement
    }
}

/// What is not finished is not known, whatever it was until then.
fn stopped(probe: &ProbeDefinition, why: &str) -> Judgement {
    let none = Baselines { find: &|_, _| Err(String::new()), accepts: false };
    Judgement::of(probe, Err(NotMeasured::Failed(why.to_owned())), &none)
}

/// Of each figure the one that is nearer to its limit.
fn worst_of(probe: &ProbeDefinition, before: &Measurement, now: &Measurement) -> Measurement {
    let mut worst = now.clone();
    for condition in &probe.figures {
        let (Some(old), Some(new)) =
            (before.figures.get(&condition.figure), now.figures.get(&condition.figure))
        else {
            continue;
        };
        let is_upper = |operator| matches!(operator, Operator::Less | Operator::AtMost);
        let upper = condition.condition.comparisons.first().is_none_or(|first| is_upper(first.operator));
        let is_worse = if upper { old.value > new.value } else { old.value < new.value };
        if is_worse {
            worst.figures.insert(condition.figure.clone(), *old);
        }
    }
    worst
}

#[cfg(test)]
mod tests {
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
        let measure = |_| {
            let start = clock.now();
            starts.borrow_mut().push(start.as_secs_f64());
            clock.sleep_until(start + Duration::from_secs_f64(cost));
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
        assert_eq!(run("within = \"3s\"", 0.1, |_| false), (ProbeState::Fail, 4, 0, 3.1));
        assert_eq!(run("within = \"30s\"\nevery = \"10s\"", 0.1, |_| false), (ProbeState::Fail, 4, 0, 30.1));
        // An attempt that takes longer than the time between two is followed at once.
        assert_eq!(run("within = \"10s\"", 4.0, |now| now >= 8.0), (ProbeState::Pass, 3, 1, 12.0));
    }

    #[test]
    fn for_ends_with_the_first_that_does_not_hold() {
        assert_eq!(run("for = \"120s\"", 0.1, |_| true), (ProbeState::Pass, 121, 121, 120.1));
        assert_eq!(run("for = \"120s\"", 0.1, |now| now < 7.0), (ProbeState::Fail, 8, 0, 7.1));
        // The last one starts at the end, whatever the time between two is.
        assert_eq!(run("for = \"10s\"\nevery = \"4s\"", 0.1, |_| true), (ProbeState::Pass, 4, 4, 10.1));
        assert_eq!(
            run("for = \"10s\"\nevery = \"4s\"", 0.1, |now| now < 9.0),
            (ProbeState::Fail, 4, 0, 10.1)
        );
        assert_eq!(run("for = \"10s\"", 7.0, |_| true), (ProbeState::Pass, 3, 3, 21.0));
    }

    #[test]
    fn for_within_starts_again_until_the_time_is_over() {
        let lines = "for = \"5s\"\nwithin = \"20s\"";
        let with_break = |now: f64| !(3.0..4.0).contains(&now);
        assert_eq!(run(lines, 0.1, with_break), (ProbeState::Pass, 10, 6, 9.1));
        let every_fourth = |now: f64| now % 4.0 >= 1.0;
        let (state, attempts, _, over) = run(lines, 0.1, every_fourth);
        assert_eq!((state, attempts), (ProbeState::Fail, 21));
        assert!((20.0..20.2).contains(&over), "{over}");
        // What began to hold too late does not pass.
        let (state, _, held, over) = run(lines, 0.1, |now| now >= 18.0);
        assert_eq!((state, held), (ProbeState::Fail, 3));
        assert!((20.0..20.2).contains(&over), "{over}");
    }

    #[test]
    fn the_deadline_of_the_run_ends_it_as_an_error() {
        assert_eq!(run("for = \"20m\"\nevery = \"60s\"", 0.1, |_| true).0, ProbeState::Error);
        // What waits for its next attempt ends there too.
        assert_eq!(run("for = \"5h\"\nevery = \"4h\"", 0.1, |_| true), (ProbeState::Error, 1, 1, 900.0));
    }
}
