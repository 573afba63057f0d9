//! One probe, asked once, until it holds, or as long as it must hold.
//!
//! Takes a clock and what measures; a clock of a test's own makes hours of attempts in no time.

use super::condition::Operator;
use super::file::ProbeDefinition;
use super::judgement::{Baselines, Judgement, ProbeState};
use super::measurement::{Measurement, NotMeasured, shown_time};
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

/// How long an attempt may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptTime {
    /// One answer: the probe's timeout, or what is left.
    pub timeout: Duration,
    /// When all of it is over, by the run's clock.
    pub end: Duration,
}

/// What attempts need of the run.
pub struct AttemptSurroundings<'a> {
    /// The run's time.
    pub clock: &'a dyn Clock,
    /// When the run ends.
    pub deadline: Duration,
    /// What figures are compared with.
    pub baselines: &'a Baselines<'a>,
    /// Measures once.
    pub measure: &'a dyn Fn(AttemptTime) -> Result<Measurement, NotMeasured>,
    /// Is given what there is after each attempt but the last, and how long it took until then.
    pub tell: &'a dyn Fn(&Attempted, Duration),
}

/// The attempts of one probe so far.
struct Attempts<'a> {
    probe: &'a ProbeDefinition,
    surroundings: &'a AttemptSurroundings<'a>,
    start: Duration,
    /// When this attempt was due. The next ones follow from there: late starts do not add up.
    due: Duration,
    /// How long the longest attempt took.
    longest: Duration,
    /// What the last attempt gave that did not hold.
    last: Option<Judgement>,
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
    let mut attempts = Attempts {
        probe,
        surroundings,
        start,
        due: start,
        longest: Duration::ZERO,
        last: None,
        count: 0,
        held: 0,
        since: None,
        worst: None,
    };
    loop {
        match attempts.once() {
            Next::End(judgement) => return attempts.so_far(judgement),
            Next::At(moment, judgement) => {
                (surroundings.tell)(&attempts.so_far(judgement), clock.now().saturating_sub(start));
                attempts.due = moment;
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
        let clock = self.surroundings.clock;
        let began = clock.now();
        let deadline = self.surroundings.deadline;
        if began >= deadline {
            return Next::End(stopped(self.probe, "deadline"));
        }
        let end = self.end().map_or(deadline, |end| end.min(deadline));
        let left = end.saturating_sub(began);
        if left.is_zero() {
            return Next::End(self.cut());
        }
        let measured =
            (self.surroundings.measure)(AttemptTime { timeout: self.probe.timeout.min(left), end });
        self.count += 1;
        let now = clock.now();
        self.longest = self.longest.max(now.saturating_sub(began));
        if measured == Err(NotMeasured::Interrupted) {
            return Next::End(stopped(self.probe, "interrupted"));
        }
        // It had less time than it may take, whatever it found.
        if now >= deadline {
            return Next::End(stopped(self.probe, "deadline"));
        }
        if now >= end {
            self.held = 0;
            return Next::End(self.cut());
        }
        let measurement = measured.as_ref().ok().cloned();
        let judgement = Judgement::of(self.probe, measured, self.surroundings.baselines);
        match measurement {
            Some(measurement) if judgement.state == ProbeState::Pass => {
                self.held(began, &measurement, judgement)
            }
            _ => self.broke(judgement),
        }
    }

    /// Of an attempt that the end of `within` cuts nothing is known: what was known before counts.
    fn cut(&mut self) -> Judgement {
        match self.last.take() {
            Some(judgement) => self.with_count(judgement),
            None => {
                let within = shown_time(self.probe.within.unwrap_or_default());
                stopped(self.probe, &format!("not finished when the {within} of within were over"))
            }
        }
    }

    fn broke(&mut self, judgement: Judgement) -> Next {
        (self.held, self.since, self.worst) = (0, None, None);
        match self.again().filter(|_| judgement.state != ProbeState::NotApplicable) {
            Some(moment) => {
                self.last = Some(judgement.clone());
                Next::At(moment, judgement)
            }
            None => Next::End(self.with_count(judgement)),
        }
    }

    /// When the next attempt begins after one that does not hold; `None` where it would have no time left.
    fn again(&self) -> Option<Duration> {
        let (end, now) = (self.end()?, self.surroundings.clock.now());
        let next = (self.due + self.probe.every).max(now);
        if next < end {
            return Some(next);
        }
        if self.probe.hold_for.is_some() {
            return None;
        }
        // The last one is early enough to end in time, as far as those before tell.
        let room = (self.longest * 2).max(self.probe.every / 10);
        end.checked_sub(room).filter(|last| *last > now)
    }

    fn held(&mut self, began: Duration, measured: &Measurement, judgement: Judgement) -> Next {
        self.held += 1;
        self.last = None;
        if self.since.is_none() {
            self.due = if self.count == 1 { self.start } else { began };
        }
        let since = *self.since.get_or_insert(self.due);
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
        let next = (self.due + self.probe.every).min(since + duration).max(self.surroundings.clock.now());
        if self.end().is_some_and(|end| next >= end) {
            let (had, asked) = (shown_time(so_long), shown_time(duration));
            let why = format!("held for {had} of {asked} when the time of within was over");
            return Next::End(judgement.refused(self.probe, why));
        }
        Next::At(next, judgement)
    }

    /// The last attempt's judgement, and how often it was tried.
    fn with_count(&self, mut judgement: Judgement) -> Judgement {
        if self.count > 1 {
            let time = shown_time(self.surroundings.clock.now().saturating_sub(self.start));
            judgement.message = format!("{} (attempt {}, after {time})", judgement.message, self.count);
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
}
