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
        if let Some(judgement) = self.last.take() {
            return self.with_count(judgement);
        }
        let within = shown_time(self.probe.within.unwrap_or_default());
        stopped(self.probe, &format!("not finished when the {within} of within were over"))
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
mod tests;
