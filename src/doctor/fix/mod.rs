//! Mends what was found, after a question that others ask; takes mends back.
//!
//! Takes findings; records what is there, mends one cause after the other, and looks for each again. Changes only what a mend
//! names, writes nothing where a file is not what was found, and nothing before the record is on the disk. Never asks,
//! never prints.

mod error;
mod gvmr_home;
mod journal;
mod journaled_run;
mod perform;
mod state;
mod undo;

pub use error::FixError;
pub use journal::Journal;
pub use journaled_run::{JournaledEdit, JournaledRun, RunRecord};
pub use state::{Edited, FileState};
pub use undo::{UndoneRun, undo};

use super::diagnosis::Diagnosis;
use super::facts::Examination;
use super::finding::Finding;
use super::kind::Kind;
use super::mend::Mend;
use super::place::FindingPlace;
use crate::context::Context;
use gvmr_core::sys::environment::Process;
use serde::Serialize;
use serde::ser::SerializeMap as _;
use std::collections::BTreeSet;

/// How often what came to light by mends is mended too.
const MAX_PASSES: usize = 4;

/// A finding, and what its mend would change.
#[derive(Debug)]
pub struct PlannedMend<'f> {
    /// The finding.
    pub finding: &'f Finding,
    /// The change as a diff without credentials, or why it would be refused. Empty where an earlier mend is the same.
    pub diff: Result<String, String>,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MendOutcome {
    /// It is gone.
    Fixed,
    /// gvmr has no mend for it.
    ByHand,
    /// The mend was made, and it is still found.
    StillThere,
    /// The mend could not be made: why.
    Refused(String),
}

/// A run of mends.
#[derive(Debug)]
pub struct FixRun {
    /// Its number in the journal; `None` where nothing was changed.
    pub number: Option<u64>,
    /// The findings, and what became of each.
    pub outcomes: Vec<(Finding, MendOutcome)>,
    /// What is found after it.
    pub left: Diagnosis,
}

/// What `--fix` would change, in order.
pub fn plan<'f>(diagnosis: &'f Diagnosis, context: &Context) -> Vec<PlannedMend<'f>> {
    let number = journal::next_number(&Process);
    let mut planned: Vec<PlannedMend<'f>> = Vec::new();
    for finding in &diagnosis.findings {
        let Some(mend) = &finding.mend else { continue };
        let is_twice = planned.iter().any(|earlier| earlier.finding.mend.as_ref() == Some(mend));
        let diff = if is_twice { Ok(String::new()) } else { perform::diff(mend, number, context) };
        planned.push(PlannedMend { finding, diff });
    }
    planned
}

/// Mends what can be mended, and looks for `wanted` again. `examine` gives fresh facts.
pub fn run<'a>(
    diagnosis: Diagnosis,
    kinds: &'static [Kind],
    wanted: &BTreeSet<&'static str>,
    context: &Context,
    examine: &dyn Fn() -> Examination<'a>,
) -> Result<FixRun, FixError> {
    let journal = Journal::open(&Process)?;
    let mut record = journal.begin()?;
    let mut outcomes: Vec<(Finding, MendOutcome)> = Vec::new();
    for finding in diagnosis.findings {
        let outcome = if finding.mend.is_none() || context.interrupted() {
            MendOutcome::ByHand
        } else {
            mend(&finding, kinds, &mut record, context, examine)
        };
        outcomes.push((finding, outcome));
    }
    // What stood behind something that is mended now, such as a second line for the same variable.
    for _ in 0..MAX_PASSES {
        let again = Diagnosis::make(&examine(), kinds, wanted).findings.into_iter();
        let new: Vec<_> = again.filter(|finding| is_behind(finding, &outcomes)).collect();
        if new.is_empty() || context.interrupted() {
            break;
        }
        for finding in new {
            let outcome = mend(&finding, kinds, &mut record, context, examine);
            outcomes.push((finding, outcome));
        }
    }
    let recorded = &record.record;
    let is_unused = recorded.edits.is_empty() && recorded.logins.is_empty() && recorded.moved.is_empty();
    let number = record.number;
    if is_unused {
        record.delete()?;
    }
    let mut left = Diagnosis::make(&examine(), kinds, wanted);
    left.forgive(|finding| {
        outcomes
            .iter()
            .any(|(mended, outcome)| *outcome == MendOutcome::Fixed && is_of_process(finding, mended))
    });
    for finding in &mut left.findings {
        let same = outcomes.iter().find(|(known, _)| is_same(known, finding));
        if let Some((_, MendOutcome::Refused(why))) = same {
            *finding = finding.clone().left_by_hand(format!("by hand, since --fix could not: {why}"));
        }
    }
    Ok(FixRun { number: (!is_unused).then_some(number), outcomes, left })
}

fn mend<'a>(
    finding: &Finding,
    kinds: &'static [Kind],
    record: &mut JournaledRun,
    context: &Context,
    examine: &dyn Fn() -> Examination<'a>,
) -> MendOutcome {
    let again = || {
        let found = Diagnosis::make(&examine(), kinds, &BTreeSet::from([finding.id])).findings;
        found.into_iter().filter(|other| is_same(other, finding)).collect::<Vec<_>>()
    };
    // Of lines that look the same without their logins, some may be left to the user.
    let same_mend = |found: Vec<Finding>| {
        found.into_iter().max_by_key(|now| (now.mend == finding.mend, now.mend.is_some()))
    };
    // An earlier mend may have moved its lines, or have mended it too.
    let Some(now) = same_mend(again()) else { return MendOutcome::Fixed };
    let Some(mend) = &now.mend else { return MendOutcome::ByHand };
    if let Err(why) = perform::make(mend, finding.id, record, context) {
        return MendOutcome::Refused(why);
    }
    let is_left =
        |other: &Finding| !matches!(mend, Mend::MoveLogins { .. }) || other.mend.as_ref() == Some(mend);
    if again().iter().any(is_left) { MendOutcome::StillThere } else { MendOutcome::Fixed }
}

/// Whether a finding is one that was found before, perhaps on another line.
fn is_same(one: &Finding, other: &Finding) -> bool {
    let file = |finding: &Finding| match finding.places.first() {
        Some(FindingPlace::File { file, text_redacted, .. }) => Some((file.clone(), text_redacted.clone())),
        _ => None,
    };
    one.id == other.id && one.what == other.what && file(one) == file(other)
}

/// Whether a finding can be mended and came to light by a mend. Logins move only where that was in the plan.
fn is_behind(finding: &Finding, outcomes: &[(Finding, MendOutcome)]) -> bool {
    let is_mended = outcomes.iter().any(|(mended, outcome)| {
        *outcome == MendOutcome::Fixed
            && (mended.id == finding.id || !matches!(finding.mend, Some(Mend::MoveLogins { .. })))
    });
    let is_known =
        outcomes.iter().any(|(known, outcome)| *outcome != MendOutcome::Fixed && is_same(known, finding));
    finding.mend.is_some() && is_mended && !is_known
}

/// Whether only this process has what was mended in a file: it got its environment before.
fn is_of_process(left: &Finding, mended: &Finding) -> bool {
    let is_variable =
        |finding: &Finding| matches!(finding.places.first(), Some(FindingPlace::Variable { .. }));
    left.id == mended.id && is_variable(left) && !is_variable(mended)
}

impl MendOutcome {
    /// As scripts read it.
    fn word(&self) -> serde_json::Value {
        match self {
            Self::Fixed => true.into(),
            Self::ByHand | Self::StillThere => false.into(),
            Self::Refused(_) => "refused".into(),
        }
    }
}

impl FixRun {
    /// Whether a mend could not be made.
    pub fn is_refused(&self) -> bool {
        self.outcomes.iter().any(|(_, outcome)| matches!(outcome, MendOutcome::Refused(_)))
    }

    /// How many findings are gone.
    pub fn fixed(&self) -> usize {
        self.outcomes.iter().filter(|(_, outcome)| *outcome == MendOutcome::Fixed).count()
    }
}

/// A finding with what became of it.
struct Told<'r>(&'r Finding, &'r MendOutcome, Option<u64>);

impl Serialize for Told<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(finding, outcome, number) = self;
        let mut value = serde_json::to_value(finding).map_err(serde::ser::Error::custom)?;
        value["fixed"] = outcome.word();
        if let MendOutcome::Refused(why) = outcome {
            value["refused"] = why.as_str().into();
        }
        if let Some(number) = number.filter(|_| **outcome == MendOutcome::Fixed) {
            value["undo"] = number.into();
        }
        value.serialize(serializer)
    }
}

/// The shape of a diagnosis: what was found first with what became of it, then what is found only now.
impl Serialize for FixRun {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let told = self.outcomes.iter().map(|(finding, outcome)| Told(finding, outcome, self.number));
        let is_new = |finding: &&Finding| !self.outcomes.iter().any(|(before, _)| is_same(before, finding));
        let new = self.left.findings.iter().filter(is_new);
        let new = new.map(|finding| Told(finding, &MendOutcome::ByHand, None));
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("healthy", &self.left.healthy)?;
        map.serialize_entry("findings", &told.chain(new).collect::<Vec<_>>())?;
        let is_told = |id: &&str| {
            self.outcomes.iter().all(|(finding, _)| finding.id != *id)
                && self.left.findings.iter().all(|finding| finding.id != *id)
        };
        let checked: Vec<_> = self.left.checked.iter().copied().filter(is_told).collect();
        map.serialize_entry("checked", &checked)?;
        map.serialize_entry("skipped", &self.left.skipped)?;
        map.end()
    }
}
