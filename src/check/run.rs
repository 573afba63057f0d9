//! A whole run: dimensions in the order of the file, the probes of one at the same time, and the first dimension that does
//! not hold ends it.
//!
//! Takes what asks a probe; knows no kind of it.

use super::attempts::Attempted;
use super::file::{Dimension, ProbeDefinition};
use super::judgement::{Judgement, ProbeState};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, PoisonError};

const NOT_SELECTED: &str = "not selected";
const SKIPPED: &str = "left out with --skip";

/// What of the file is asked.
#[derive(Clone, Debug, Default)]
pub struct RunSelection {
    /// Dimensions and probes to run alone; all where there is none.
    pub only: BTreeSet<String>,
    /// Dimensions and probes to leave out.
    pub skipped: BTreeSet<String>,
    /// Whether dimensions after one that does not hold run too.
    pub keeps_going: bool,
    /// How many probes run at once; at least 1.
    pub jobs: usize,
}

/// What came of a probe, and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeOutcome {
    /// The probe's id.
    pub id: String,
    /// How it ended.
    pub attempted: Attempted,
    /// In seconds; 0 where it was not asked.
    pub seconds: f64,
    /// Whether it was left out because the caller said so.
    pub is_deselected: bool,
}

/// A name on the command line that is neither a dimension nor a probe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no dimension or probe {}", gvmr_core::sys::printable::typed(.name))]
pub struct UnknownName {
    /// As it was given.
    pub name: String,
    /// The one that was probably meant.
    pub nearest: Option<String>,
    /// Those that the file has, in its order.
    pub known: Vec<String>,
}

impl ProbeOutcome {
    /// Whether the run may go on after it. What should have run and did not holds nothing.
    fn holds(&self) -> bool {
        let state = self.attempted.judgement.state;
        state.holds() && (state != ProbeState::NotRun || self.is_deselected)
    }
}

impl RunSelection {
    /// Fails with the first name that the file does not have.
    pub fn check(&self, dimensions: &[Dimension]) -> Result<(), UnknownName> {
        let mut known = Vec::new();
        for dimension in dimensions {
            known.push(dimension.name.clone());
            known.extend(dimension.probes.iter().map(|probe| probe.id.clone()));
        }
        match self.only.iter().chain(&self.skipped).find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let nearest = crate::toml_file::nearest(name, known.iter().map(String::as_str));
                Err(UnknownName { name: name.clone(), nearest: nearest.map(str::to_owned), known })
            }
        }
    }

    /// Why a probe is not asked, before anything is.
    pub fn leaves_out(&self, dimension: &Dimension, probe: &ProbeDefinition) -> Option<&'static str> {
        let names = |set: &BTreeSet<String>| set.contains(&dimension.name) || set.contains(&probe.id);
        if names(&self.skipped) {
            Some(SKIPPED)
        } else if !self.only.is_empty() && !names(&self.only) {
            Some(NOT_SELECTED)
        } else {
            None
        }
    }
}

/// What a run calls, from several threads.
pub struct ProbeAsker<'a> {
    /// Asks a probe: what came of it, and how many seconds it took.
    pub ask: &'a (dyn Fn(&ProbeDefinition) -> (Attempted, f64) + Sync),
    /// Why nothing more is begun.
    pub stopped: &'a (dyn Fn() -> Option<&'static str> + Sync),
    /// Is given each outcome as it comes.
    pub tell: &'a (dyn Fn(&ProbeOutcome) + Sync),
}

/// Asks all that is selected; gives each probe's outcome in the order of the file.
pub fn run(dimensions: &[Dimension], selection: &RunSelection, asking: &ProbeAsker<'_>) -> Vec<ProbeOutcome> {
    let mut outcomes: Vec<ProbeOutcome> = Vec::new();
    let mut broken: Option<&str> = None;
    for dimension in dimensions {
        let known = outcomes.iter().map(|outcome| (outcome.id.clone(), Met::by(outcome))).collect();
        let board = Board { known: Mutex::new(known), changed: Condvar::new() };
        let broken_by =
            || broken.filter(|_| !selection.keeps_going).map(|name| format!("{name} did not hold"));
        // What ends the run comes before what it broke.
        let reason = (asking.stopped)().map(str::to_owned).or_else(broken_by);
        let found = whole(dimension, selection, &board, reason.as_deref(), asking);
        let holds = found.iter().all(ProbeOutcome::holds);
        if !holds && broken.is_none() {
            broken = Some(&dimension.name);
        }
        outcomes.extend(found);
    }
    outcomes
}

/// Whether a probe that has ended lets those run that need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// It passed.
    Yes,
    /// It did not run, since it was not named.
    NotSelected,
    /// It did not run, since it was skipped.
    Skipped,
    /// It did not pass.
    No,
}

impl Met {
    fn by(outcome: &ProbeOutcome) -> Self {
        let judgement = &outcome.attempted.judgement;
        match judgement.state {
            ProbeState::Pass => Self::Yes,
            _ if !outcome.is_deselected => Self::No,
            _ if judgement.message == NOT_SELECTED => Self::NotSelected,
            _ => Self::Skipped,
        }
    }

    /// Why what needs `need` is not asked. The caller did not choose that, and the run does not pass.
    fn blocks(self, need: &str) -> Option<String> {
        match self {
            Self::Yes => None,
            Self::NotSelected => Some(format!("needs {need}, which was not selected; name it too")),
            Self::Skipped => Some(format!("needs {need}, which was skipped; skip both or neither")),
            Self::No => Some(format!("needs {need}, which did not pass")),
        }
    }
}

/// How the probes ended that have.
struct Board {
    known: Mutex<BTreeMap<String, Met>>,
    changed: Condvar,
}

/// One dimension.
fn whole(
    dimension: &Dimension,
    selection: &RunSelection,
    board: &Board,
    reason: Option<&str>,
    asking: &ProbeAsker<'_>,
) -> Vec<ProbeOutcome> {
    let mut outcomes: Vec<ProbeOutcome> = Vec::new();
    let mut waiting = Vec::new();
    for probe in &dimension.probes {
        match (selection.leaves_out(dimension, probe), reason) {
            (Some(why), _) => outcomes.push(not_run(probe, why.to_owned(), true)),
            (None, Some(why)) => outcomes.push(not_run(probe, why.to_owned(), false)),
            (None, None) => waiting.push(probe),
        }
    }
    for outcome in &outcomes {
        board.set(outcome);
        (asking.tell)(outcome);
    }
    let waiting = Mutex::new(waiting);
    let found = Mutex::new(Vec::new());
    let workers = selection.jobs.clamp(1, dimension.probes.len().max(1));
    let work = || {
        while let Some((probe, blocker)) = board.next(&waiting) {
            let why = (asking.stopped)().map(str::to_owned).or(blocker);
            let outcome = if let Some(why) = why {
                not_run(probe, why, false)
            } else {
                let (attempted, seconds) = (asking.ask)(probe);
                ProbeOutcome { id: probe.id.clone(), attempted, seconds, is_deselected: false }
            };
            (asking.tell)(&outcome);
            board.set(&outcome);
            found.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            // Where no thread can start, fewer probes run at once: this one asks all.
            let thread = std::thread::Builder::new().name("check".to_owned());
            if thread.spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    outcomes.extend(found.into_inner().unwrap_or_else(PoisonError::into_inner));
    let place = |id: &str| dimension.probes.iter().position(|probe| probe.id == id);
    outcomes.sort_by_key(|outcome| place(&outcome.id));
    outcomes
}

impl Board {
    fn set(&self, outcome: &ProbeOutcome) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(outcome.id.clone(), Met::by(outcome));
        self.changed.notify_all();
    }

    /// The next probe whose needs have ended, and what keeps it from being asked. Waits while all that are left need
    /// others that run.
    fn next<'p>(
        &self,
        waiting: &Mutex<Vec<&'p ProbeDefinition>>,
    ) -> Option<(&'p ProbeDefinition, Option<String>)> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.is_empty() {
                return None;
            }
            let is_ready = |probe: &&ProbeDefinition| probe.needs.iter().all(|need| known.contains_key(need));
            if let Some(index) = waiting.iter().position(is_ready) {
                let probe = waiting.remove(index);
                let blocks = |need: &String| known.get(need).and_then(|met| met.blocks(need));
                let blocker = probe.needs.iter().find_map(blocks);
                return Some((probe, blocker));
            }
            drop(waiting);
            known = self.changed.wait(known).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn not_run(probe: &ProbeDefinition, why: String, is_deselected: bool) -> ProbeOutcome {
    let attempted = Attempted { judgement: Judgement::not_run(why), attempts: 0, held: 0 };
    ProbeOutcome { id: probe.id.clone(), attempted, seconds: 0.0, is_deselected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::file::parsed;
    use std::sync::Barrier;

    const FILE: &str = r#"
[first.a]
disk = "/"
needs = ["first.b"]
[first.b]
disk = "/"
[second.c]
disk = "/"
needs = ["first.a"]
[third.d]
disk = "/"
"#;

    /// Each probe and how it ended; those named fail.
    fn outcomes(text: &str, failing: &[&str], selection: &RunSelection) -> String {
        let file = parsed(text);
        let ask = |probe: &ProbeDefinition| {
            let state =
                if failing.contains(&probe.name.as_str()) { ProbeState::Fail } else { ProbeState::Pass };
            let judgement = Judgement { state, ..Judgement::not_run(String::new()) };
            (Attempted { judgement, attempts: 1, held: 1 }, 0.5)
        };
        let told = Mutex::new(0);
        let tell = |_: &ProbeOutcome| *told.lock().unwrap() += 1;
        let outcomes =
            run(&file.dimensions, selection, &ProbeAsker { ask: &ask, stopped: &|| None, tell: &tell });
        assert_eq!(*told.lock().unwrap(), outcomes.len(), "each outcome is reported once");
        let shown = outcomes.iter().map(|outcome| {
            let judgement = &outcome.attempted.judgement;
            let why = if judgement.message.is_empty() {
                String::new()
            } else {
                format!(" ({})", judgement.message)
            };
            format!("{} {:?}{why}", outcome.id, judgement.state)
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_first_dimension_that_does_not_hold_ends_the_run() {
        let selection = RunSelection { jobs: 4, ..RunSelection::default() };
        assert_eq!(
            outcomes(FILE, &[], &selection),
            "first.a Pass, first.b Pass, second.c Pass, third.d Pass"
        );
        assert_eq!(
            outcomes(FILE, &["b"], &selection),
            "first.a NotRun (needs first.b, which did not pass), first.b Fail, \
             second.c NotRun (first did not hold), third.d NotRun (first did not hold)"
        );
        let goes_on = RunSelection { keeps_going: true, ..selection };
        assert_eq!(
            outcomes(FILE, &["b"], &goes_on),
            "first.a NotRun (needs first.b, which did not pass), first.b Fail, \
             second.c NotRun (needs first.a, which did not pass), third.d Pass"
        );
    }

    #[test]
    fn what_needs_a_probe_that_was_left_out_is_not_run() {
        let only = RunSelection { only: names(&["second", "third.d"]), jobs: 1, ..RunSelection::default() };
        assert_eq!(
            outcomes(FILE, &[], &only),
            "first.a NotRun (not selected), first.b NotRun (not selected), \
             second.c NotRun (needs first.a, which was not selected; name it too), \
             third.d NotRun (second did not hold)"
        );
        let skipping = RunSelection { skipped: names(&["first.b"]), jobs: 1, ..RunSelection::default() };
        assert_eq!(
            outcomes(FILE, &[], &skipping),
            "first.a NotRun (needs first.b, which was skipped; skip both or neither), \
             first.b NotRun (left out with --skip), \
             second.c NotRun (first did not hold), third.d NotRun (first did not hold)"
        );
        let both = RunSelection { skipped: names(&["first.b", "first.a", "second"]), ..skipping };
        assert_eq!(
            outcomes(FILE, &[], &both),
            "first.a NotRun (left out with --skip), first.b NotRun (left out with --skip), \
             second.c NotRun (left out with --skip), third.d Pass"
        );
    }

    #[test]
    fn as_many_run_at_once_as_jobs_says() {
        let text = "[a.b]\ndisk = \"/\"\n[a.c]\ndisk = \"/\"\n[a.d]\ndisk = \"/\"\n";
        let file = parsed(text);
        // All three wait for each other: fewer at once would never end.
        let barrier = Barrier::new(3);
        let ask = |_: &ProbeDefinition| {
            barrier.wait();
            (Attempted { judgement: Judgement::not_run(String::new()), attempts: 1, held: 0 }, 0.0)
        };
        let selection = RunSelection { jobs: 3, ..RunSelection::default() };
        let asker = ProbeAsker { ask: &ask, stopped: &|| None, tell: &|_| () };
        assert_eq!(run(&file.dimensions, &selection, &asker).len(), 3);
        let asker = ProbeAsker { stopped: &|| Some("interrupted"), ..asker };
        let file = parsed(&format!("{text}[b.e]\ndisk = \"/\"\n"));
        let stopped = run(&file.dimensions, &selection, &asker);
        assert_eq!(stopped.len(), 4);
        assert!(stopped.iter().all(|outcome| outcome.attempted.judgement.message == "interrupted"));
    }

    #[test]
    fn a_name_that_the_file_lacks_is_an_error() {
        let file = parsed(FILE);
        let selection = RunSelection { only: names(&["secnod"]), ..RunSelection::default() };
        let error = selection.check(&file.dimensions).unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("second"));
        let selection = RunSelection { only: names(&["second.c"]), skipped: names(&["third"]), ..selection };
        assert_eq!(selection.check(&file.dimensions), Ok(()));
    }
}
