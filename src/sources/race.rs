//! One thing asked of several, one after the other: the next is asked where the one before has failed, or where it has been
//! silent for a while, and the first answer wins.
//!
//! Takes what each is to do, gives the answers as they come. Never ends one that is still silent: it may outlive the race.

use crate::net::RequestState;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long a source may be silent before the next is asked too.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// What one runner does.
pub type Work<T> = Box<dyn FnOnce(Lane) -> T + Send>;

/// What a runner is told.
pub struct Lane {
    /// Whether others are left to ask.
    pub others_left: bool,
    /// Where it notes that it has begun to answer; abandoned at the end of the race.
    pub state: Arc<RequestState>,
}

/// A race under way.
pub struct Race<T> {
    /// How long each may be silent before the next begins.
    patience: Duration,
    waiting: VecDeque<(usize, Work<T>)>,
    running: BTreeSet<usize>,
    states: BTreeMap<usize, Arc<RequestState>>,
    /// The one that began last, and when, unless it has been silent for too long.
    newest: Option<(usize, Instant)>,
    sender: Sender<(usize, Option<T>)>,
    answers: Receiver<(usize, Option<T>)>,
}

/// What happened in a race.
#[derive(Debug, PartialEq, Eq)]
pub enum Lap<T> {
    /// The runner of this number has answered.
    Answer(usize, T),
    /// The runner of this number has been silent, and the next has begun.
    Silent(usize),
    /// The time given has passed.
    Late,
    /// Nobody is left.
    Over,
}

impl<T: Send + 'static> Race<T> {
    /// A race in which nobody has begun yet.
    pub fn new(patience: Duration, works: impl IntoIterator<Item = Work<T>>) -> Self {
        let (sender, answers) = channel();
        let waiting = works.into_iter().enumerate().collect();
        let (running, states) = (BTreeSet::new(), BTreeMap::new());
        Self { patience, waiting, running, states, newest: None, sender, answers }
    }

    /// What happens next, before `until` where that is given.
    pub fn next(&mut self, until: Option<Instant>) -> Lap<T> {
        loop {
            if self.newest.is_none() {
                self.begin();
            }
            if self.running.is_empty() {
                return Lap::Over;
            }
            let silent_at = self.newest.map(|(_, began)| began + self.patience);
            let silent_at = silent_at.filter(|_| !self.waiting.is_empty());
            match self.answer(silent_at.into_iter().chain(until).min()) {
                Ok((number, answer)) => {
                    self.running.remove(&number);
                    self.states.remove(&number); // its answer may be a body that is still waited for
                    self.newest = self.newest.filter(|(newest, _)| *newest != number);
                    if let Some(answer) = answer {
                        return Lap::Answer(number, answer);
                    }
                }
                Err(_) if until.is_some_and(|until| until <= Instant::now()) => return Lap::Late,
                Err(_) => {
                    if let Some((number, _)) = self.newest.take() {
                        return Lap::Silent(number);
                    }
                }
            }
        }
    }

    /// Those that have begun and not answered.
    pub fn running(&self) -> impl Iterator<Item = usize> {
        self.running.iter().copied()
    }

    /// Whether the runner of this number has begun to answer.
    pub fn has_answered(&self, number: usize) -> bool {
        self.states.get(&number).is_some_and(|state| state.has_answered())
    }

    fn begin(&mut self) {
        let Some((number, work)) = self.waiting.pop_front() else { return };
        let lane = Lane { others_left: !self.waiting.is_empty(), state: Arc::default() };
        self.states.insert(number, Arc::clone(&lane.state));
        self.running.insert(number);
        self.newest = Some((number, Instant::now()));
        let sender = self.sender.clone();
        // Not joined: one that hangs may outlive the race.
        std::thread::spawn(move || {
            let answer = catch_unwind(AssertUnwindSafe(|| work(lane))).ok();
            sender.send((number, answer))
        });
    }

    fn answer(&self, until: Option<Instant>) -> Result<(usize, Option<T>), RecvTimeoutError> {
        match until {
            Some(until) => self.answers.recv_timeout(until.saturating_duration_since(Instant::now())),
            None => self.answers.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }
}

impl<T> Drop for Race<T> {
    fn drop(&mut self) {
        self.states.values().for_each(|state| state.abandon());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work<T: 'static>(answer: impl FnOnce(bool) -> T + Send + 'static) -> Work<T> {
        Box::new(move |lane| answer(lane.others_left))
    }

    #[test]
    fn the_next_begins_after_an_answer_or_a_silence_and_late_answers_count() {
        let (release, held) = channel::<()>();
        let works = [
            work(move |others| held.recv().map_or(("none", others), |()| ("first", others))),
            work(|others| ("second", others)),
            work(|_| panic!("one that breaks is no answer")),
            work(|others| ("last", others)),
        ];
        let mut race = Race::new(Duration::from_millis(20), works);
        assert_eq!(race.next(None), Lap::Silent(0));
        let mut answers = Vec::new();
        while answers.len() < 2 {
            match race.next(None) {
                Lap::Answer(number, answer) => answers.push((number, answer)),
                Lap::Silent(_) => {} // a machine may be busy
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(answers, [(1, ("second", true)), (3, ("last", false))]);
        assert!(race.running().any(|number| number == 0));
        assert_eq!(race.next(Some(Instant::now())), Lap::Late);
        release.send(()).unwrap();
        assert_eq!(race.next(None), Lap::Answer(0, ("first", true)));
        assert_eq!(race.next(None), Lap::Over);
    }

    #[test]
    fn nobody_else_begins_while_the_first_is_not_silent() {
        let (began, begins) = channel();
        let second = began.clone();
        let works = [work(move |_| began.send(1).is_ok()), work(move |_| second.send(2).is_ok())];
        let mut race = Race::new(Duration::from_secs(600), works);
        assert_eq!(race.next(None), Lap::Answer(0, true));
        assert_eq!(begins.try_iter().collect::<Vec<_>>(), [1]);
    }
}
