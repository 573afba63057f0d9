//! One run as it is kept, printed and sent: the same document everywhere. Fields are only ever added to it.

use super::file::ProbeDefinition;
use super::judgement::{JudgedComparison, JudgedFigure, ProbeState};
use super::measurement::CheckFinding;
use super::run::ProbeOutcome;
use super::secret_mask::SecretMask;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The number of this form of documents.
pub const SCHEMA: u32 = 1;

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDocument {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Unique: its UTC time and eight hexadecimal digits.
    pub id: String,
    /// The checklist's title.
    pub name: String,
    /// The series that it belongs to.
    pub key: String,
    /// The file, absolute; nothing where only built-in probes ran.
    pub file: Option<String>,
    /// What the file held, as a digest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file_digest: Option<String>,
    /// The file's owner, where it is neither the user who ran it nor root.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<u32>,
    /// Whether the rollout may go on.
    pub verdict: RunVerdict,
    /// When it began, in UTC.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// Where it ran.
    #[serde(rename = "where")]
    pub place: RunPlace,
    /// How many probes ended how.
    pub counts: StateCounts,
    /// In the order of the file.
    pub probes: Vec<ProbeRecord>,
    /// The run that figures were compared with.
    pub baseline: Option<BaselineRun>,
    /// Whether this run becomes the baseline, so that comparisons with one did not count.
    #[serde(default)]
    pub accepted: bool,
    /// Whether it went on after a dimension that did not hold.
    #[serde(default)]
    pub keep_going: bool,
    /// The names that were left out.
    #[serde(default)]
    pub skipped: Vec<String>,
    /// The names that ran alone; none where all did.
    #[serde(default)]
    pub selected: Vec<String>,
    /// What of it was shortened to fit into its file, and to what.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shortened: Option<String>,
    /// Where it is kept.
    pub archived: Option<String>,
    /// Who was told.
    pub notified: Vec<NotificationRecord>,
}

/// What a run says of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunVerdict {
    /// It may go on.
    Pass,
    /// It may not.
    Fail,
    /// Not all that was asked was measured, since a signal ended the run.
    Interrupted,
}

/// Where a run took place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunPlace {
    /// The machine's name.
    pub host: String,
    /// The user's name.
    pub user: String,
    /// The file's directory, where commands ran.
    pub directory: String,
    /// The top of the repository that the directory is in; nothing where it is in none.
    #[serde(default)]
    pub repository: Option<String>,
    /// The commit that is checked out.
    pub revision: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// Whether files differ from the commit.
    pub dirty: Option<bool>,
    /// The Go that runs there.
    pub go: Option<String>,
    /// gvmr's version.
    pub gvmr: String,
    /// The kernel's release.
    pub kernel: String,
}

/// How many probes ended how. What does not apply is in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCounts {
    /// All holds.
    pub pass: usize,
    /// Does not hold, and never blocks.
    pub warn: usize,
    /// Measured, and does not hold.
    pub fail: usize,
    /// Not measured.
    pub error: usize,
    /// Not asked.
    pub not_run: usize,
}

/// What came of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeRecord {
    /// `dimension.name`
    pub id: String,
    /// Its dimension.
    pub dimension: String,
    /// Its name.
    pub name: String,
    /// `http`
    pub kind: String,
    /// How it ended.
    pub state: ProbeState,
    /// The line in the file, counted from 1; nothing of a built-in one.
    pub line: Option<usize>,
    /// The line of the condition that does not hold, where a figure decides.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit_line: Option<usize>,
    /// How long it took.
    pub seconds: f64,
    /// How many attempts were made.
    pub attempts: usize,
    /// What does not hold, or why nothing is known.
    pub message: String,
    /// What to do then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// Figures and their limits.
    pub figures: Vec<JudgedFigure>,
    /// Places in files.
    pub findings: Vec<CheckFinding>,
    /// What is told besides.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// The last lines of output, where it does not hold.
    pub output: Option<String>,
    /// What was measured, as a digest: figures of equal ones can be compared.
    #[serde(default)]
    pub definition: String,
    /// Whether the caller left it out.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub deselected: bool,
}

/// The run that figures were compared with: the last of those that make the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineRun {
    /// Its id.
    pub id: String,
    /// When it began.
    pub started: String,
    /// The commit that was checked out.
    pub revision: Option<String>,
    /// The machine.
    pub host: String,
}

/// Who was told of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationRecord {
    /// Where to.
    pub host: String,
    /// Whether it arrived.
    pub ok: bool,
    /// How often it was sent.
    pub attempts: usize,
    /// What went wrong.
    pub message: String,
}

impl ProbeRecord {
    /// Of a probe and what came of it.
    pub fn of(probe: &ProbeDefinition, outcome: ProbeOutcome) -> Self {
        let ProbeOutcome { attempted, seconds, is_deselected, .. } = outcome;
        let judgement = attempted.judgement;
        let broken = judgement.figures.iter().find(|figure| breaks_a_limit(figure));
        let asked = broken.and_then(|broken| probe.figures.iter().find(|one| one.figure == broken.name));
        Self {
            id: probe.id.clone(),
            dimension: probe.id.split('.').next().unwrap_or_default().to_owned(),
            name: probe.name.clone(),
            kind: probe.target.kind().to_owned(),
            state: judgement.state,
            line: (probe.line > 0).then_some(probe.line),
            limit_line: asked.map(|asked| asked.line).filter(|line| *line > 0),
            seconds,
            attempts: attempted.attempts,
            message: judgement.message,
            why: probe.why.clone().filter(|_| {
                matches!(judgement.state, ProbeState::Fail | ProbeState::Error | ProbeState::Warn)
            }),
            figures: judgement.figures,
            findings: judgement.findings,
            remarks: judgement.remarks,
            output: judgement.output,
            definition: probe.definition.clone(),
            deselected: is_deselected,
        }
    }
}

impl ProbeRecord {
    /// The first figure that breaks a limit.
    pub fn broken_figure(&self) -> Option<&JudgedFigure> {
        self.figures.iter().find(|figure| breaks_a_limit(figure))
    }
}

/// Whether it was measured, and a limit that is known says no.
fn breaks_a_limit(figure: &JudgedFigure) -> bool {
    let is_broken = |one: &JudgedComparison| !one.holds && one.limit.is_some();
    !figure.holds && figure.conditions.iter().any(is_broken)
}

impl StateCounts {
    /// Of these probes.
    pub fn of(probes: &[ProbeRecord]) -> Self {
        let mut counts = Self::default();
        for probe in probes {
            match probe.state {
                ProbeState::Pass => counts.pass += 1,
                ProbeState::Warn => counts.warn += 1,
                ProbeState::Fail => counts.fail += 1,
                ProbeState::Error => counts.error += 1,
                ProbeState::NotRun => counts.not_run += 1,
                ProbeState::NotApplicable => {}
            }
        }
        counts
    }
}

impl RunVerdict {
    /// Of a run that was not interrupted: nothing fails, nothing is unknown, nothing was left out but by the caller, and
    /// something ran.
    pub fn of(probes: &[ProbeRecord]) -> Self {
        let counts = StateCounts::of(probes);
        let is_missing = |probe: &ProbeRecord| probe.state == ProbeState::NotRun && !probe.deselected;
        let holds = counts.fail == 0 && counts.error == 0 && !probes.iter().any(is_missing);
        if holds && counts.pass + counts.warn > 0 { Self::Pass } else { Self::Fail }
    }
}

impl RunDocument {
    /// Whether nothing was asked, since nothing applies here or all was left out.
    pub fn is_empty(&self) -> bool {
        let is_out = |probe: &ProbeRecord| {
            probe.state == ProbeState::NotApplicable || probe.state == ProbeState::NotRun && probe.deselected
        };
        self.verdict != RunVerdict::Interrupted && self.probes.iter().all(is_out)
    }

    /// Whether it passed, with all of the file but what `--skip` left out.
    pub fn has_passed(&self) -> bool {
        self.verdict == RunVerdict::Pass && self.selected.is_empty()
    }

    /// Whether figures of a run that leaves out `skipped` can be compared with its: it passed, and left out no more.
    pub fn is_baseline(&self, skipped: &BTreeSet<String>) -> bool {
        let is_skipped = |name: &String| {
            let dimension = name.split('.').next().unwrap_or_default();
            skipped.contains(name) || skipped.contains(dimension)
        };
        self.has_passed() && self.skipped.iter().all(is_skipped)
    }

    /// Hides secrets wherever they came up.
    #[must_use]
    pub fn without_secrets(self, secrets: &SecretMask) -> Self {
        let hide = |text: String| secrets.hide(&text);
        let probes = self.probes.into_iter().map(|probe| ProbeRecord {
            message: hide(probe.message),
            remarks: probe.remarks.into_iter().map(hide).collect(),
            findings: probe
                .findings
                .into_iter()
                .map(|finding| CheckFinding { message: hide(finding.message), ..finding })
                .collect(),
            output: probe.output.map(hide),
            ..probe
        });
        Self { probes: probes.collect(), ..self }
    }
}
