//! One run, from the plan to the document that is kept.

use super::clock::RunClock;
use super::error::GateError;
use super::kept::{archive, keep};
use super::notify::{self, NoticeSurroundings};
use super::place::place;
use super::plan::CheckPlan;
use super::secrets;
use crate::archive::{Archive, KeptRuns, RunBaselines};
use crate::calendar;
use crate::check::file::{Notification, NotificationFormat, ProbeDefinition, ProbeTarget};
use crate::check::{
    AttemptSurroundings, AttemptTime, Attempted, Baselines, Clock as _, ProbeAsker, ProbeOutcome,
    ProbeRecord, RunDocument, RunSelection, RunVerdict, SCHEMA, SecretMask, StateCounts, attempt,
};
use crate::context::Context;
use crate::hexadecimal;
use crate::install::with_credentials;
use crate::net::{NetSettings, Netrc};
use crate::probe::{self, ConnectionLimit, ProbeSurroundings};
use crate::process::{self, Given, Go};
use crate::report::{self, ReportFormat};
use crate::terminal::Bar;
use gvmr_core::gover::version::Version;
use gvmr_core::select::resolution::Selection;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How a plan is run.
#[derive(Clone, Debug, Default)]
pub struct GateOptions {
    /// What of it runs.
    pub selection: RunSelection,
    /// The series, where the command line names one.
    pub series: Option<String>,
    /// Whether this run becomes the baseline.
    pub accepts: bool,
    /// Whether it is kept.
    pub keeps: bool,
    /// Whether those are told who want to know.
    pub notifies: bool,
}

/// A run that took place.
#[derive(Debug)]
pub struct GateRun {
    /// All of it.
    pub document: RunDocument,
    /// What the user has to know of how it went.
    pub warnings: Vec<String>,
    /// What is good to know, and is left out where only the last line is wanted.
    pub notes: Vec<String>,
}

/// Runs a plan; fails where the options name what it does not have, before anything runs.
pub fn run(plan: &CheckPlan, options: &GateOptions, context: &Context) -> Result<GateRun, GateError> {
    options.selection.check(&plan.file.dimensions)?;
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let started = SystemTime::now();
    let archive = archive((&plan.path, plan.has_file), &plan.file, options.series.as_deref(), context);
    let kept = archive.runs(started).unwrap_or_else(|error| {
        warnings
            .push(format!("cannot read the kept runs in {}: {error}", printable::path(archive.directory())));
        KeptRuns::default()
    });
    warnings.extend(kept.ignored.iter().map(|ignored| format!("ignoring {ignored}")));
    if let Some(owner) = plan.foreign_owner {
        notes.push(format!("{} belongs to user {owner}", printable::path(&plan.path)));
    }
    if rustix::process::geteuid().is_root() && has_programs(plan, &options.selection) {
        notes.push("the commands of this check run as root".to_owned());
    }
    // Which Go runs, and by which rules, is asked for the directory of what is checked.
    let directory = plan.directory();
    std::env::set_current_dir(directory)
        .map_err(|source| GateError::Directory { path: directory.to_owned(), source })?;
    let interrupted = || context.interrupted();
    // An interrupted run is kept, too.
    Ok(context.with_cleanup(|| {
        let asker = Asker::of(plan, options, &archive, &kept, started, context, &interrupted);
        let outcomes = asker.ask_all();
        let seconds = asker.clock.now().as_secs_f64();
        let mut document = asker.document(outcomes, seconds);
        if options.keeps {
            keep(&mut document, &archive, plan, &mut warnings);
        }
        if options.notifies {
            // One that was interrupted says nothing of the service.
            let mut verdicts = kept.runs.iter().map(|run| run.verdict);
            let last = verdicts.find(|verdict| *verdict != RunVerdict::Interrupted);
            let body = |one: &Notification| match one.format {
                NotificationFormat::Slack => report::slack(&document, &one.links),
                NotificationFormat::Json => report::report(ReportFormat::Json, &document),
            };
            let surroundings = NoticeSurroundings {
                environment: &Process,
                net: &asker.net,
                clock: &asker.clock,
                interrupted: &interrupted,
            };
            let told = notify::all(&document, last, &plan.file.notifications, &surroundings, &body);
            warnings.extend(
                told.iter().filter(|one| !one.ok).map(|one| format!("not notified: {}", one.message)),
            );
            document.notified = told;
        }
        GateRun { document, warnings, notes }
    }))
}

/// Whether the file, or the project, says what programs run.
fn has_programs(plan: &CheckPlan, selection: &RunSelection) -> bool {
    let runs = |probe: &ProbeDefinition| matches!(probe.target, ProbeTarget::Command(_) | ProbeTarget::Go(_));
    plan.file.dimensions.iter().any(|dimension| {
        dimension.probes.iter().any(|probe| runs(probe) && selection.leaves_out(dimension, probe).is_none())
    })
}

/// What all probes of a run share.
struct Asker<'a> {
    plan: &'a CheckPlan,
    options: &'a GateOptions,
    archive: &'a Archive,
    baselines: RunBaselines<'a>,
    context: &'a Context,
    clock: RunClock<'a>,
    started: SystemTime,
    net: NetSettings,
    /// The directory of the Go that runs here, if one is installed.
    goroot: Option<PathBuf>,
    go: Option<String>,
    connections: ConnectionLimit,
    secrets: SecretMask,
    interrupted: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Asker<'a> {
    fn of(
        plan: &'a CheckPlan,
        options: &'a GateOptions,
        archive: &'a Archive,
        kept: &'a KeptRuns,
        started: SystemTime,
        context: &'a Context,
        interrupted: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let selection = context.resolve().ok().map(|answer| answer.choice);
        let goroot = match &selection {
            Some(Selection::Installed { goroot, .. }) => Some(goroot.clone()),
            _ => None,
        };
        let go = selection.as_ref().and_then(Selection::version).map(Version::toolchain_name);
        // Only what `gvmr auth` keeps is sent, and only where a probe asks for it.
        let settings = NetSettings { netrc: Netrc::parse(b""), ..NetSettings::from_environment(&Process) };
        let series = (archive.key(), &options.selection.skipped);
        let can_be_accepted = options.keeps && options.selection.only.is_empty();
        Self {
            plan,
            options,
            archive,
            baselines: RunBaselines::of(&kept.runs, series, plan.file.baseline_runs, can_be_accepted),
            context,
            clock: RunClock::start(interrupted),
            started,
            net: with_credentials(settings, context),
            goroot,
            go,
            connections: ConnectionLimit::default(),
            secrets: secrets::mask(&plan.file, &Process),
            interrupted,
        }
    }

    fn ask_all(&self) -> Vec<ProbeOutcome> {
        let selection = self.options.selection.clone();
        // Without a file, the first look is a whole one.
        let keeps_going = selection.keeps_going || !self.plan.has_file;
        let selection = RunSelection { jobs: self.plan.file.jobs, keeps_going, ..selection };
        let bars = Mutex::new(BTreeMap::<String, Bar>::new());
        let deadline = self.plan.file.deadline;
        let ask = |probe: &ProbeDefinition| {
            let bar = self.context.terminal.bar(&probe.id);
            bars.lock().unwrap_or_else(PoisonError::into_inner).insert(probe.id.clone(), bar);
            let start = self.clock.now();
            let attempted = self.ask(probe, deadline, &|attempted, elapsed| {
                if let Some(bar) = bars.lock().unwrap_or_else(PoisonError::into_inner).get(&probe.id) {
                    bar.phase(progress(probe, attempted, elapsed));
                }
            });
            (attempted, self.clock.now().saturating_sub(start).as_secs_f64())
        };
        let stopped = || match () {
            () if (self.interrupted)() => Some("interrupted"),
            () if self.clock.now() >= deadline => Some("deadline"),
            () => None,
        };
        let tell = |outcome: &ProbeOutcome| {
            if let Some(bar) = bars.lock().unwrap_or_else(PoisonError::into_inner).remove(&outcome.id) {
                bar.finish();
            }
        };
        let asker = ProbeAsker { ask: &ask, stopped: &stopped, tell: &tell };
        crate::check::run(&self.plan.file.dimensions, &selection, &asker)
    }

    fn ask(
        &self,
        probe: &ProbeDefinition,
        deadline: Duration,
        tell: &dyn Fn(&Attempted, Duration),
    ) -> Attempted {
        let command = |words: &[OsString]| self.command(words);
        let find = |probe: &ProbeDefinition, figure: &str| self.baselines.figure(probe, figure);
        let baselines = Baselines { find: &find, accepts: self.options.accepts };
        let measure = |time: AttemptTime| {
            let surroundings = ProbeSurroundings {
                directory: self.plan.directory(),
                command: &command,
                context: self.context,
                environment: &Process,
                net: &self.net,
                now_seconds: calendar::seconds_since_epoch(SystemTime::now()),
                interrupted: self.interrupted,
                end: self.clock.instant(time.end),
                connections: &self.connections,
                secrets: &self.secrets,
            };
            probe::measure(probe, time.timeout, &surroundings)
        };
        let surroundings = AttemptSurroundings {
            clock: &self.clock,
            deadline,
            baselines: &baselines,
            measure: &measure,
            tell,
        };
        attempt(probe, &surroundings)
    }

    /// A command with the environment that `go` has here; it ends with this process.
    fn command(&self, words: &[OsString]) -> io::Result<Command> {
        let mut command = process::kept(words)?;
        let home = &self.context.settings.home;
        let go = self.goroot.as_ref().map(|goroot| Go { home, goroot, exact: None, never_switched: false });
        process::prepare(&mut command, go, &Given::default(), &Process).map_err(io::Error::other)?;
        Ok(command)
    }

    fn document(&self, outcomes: Vec<ProbeOutcome>, seconds: f64) -> RunDocument {
        let definitions = self.plan.file.probes();
        let probes: Vec<ProbeRecord> =
            definitions.zip(outcomes).map(|(probe, outcome)| ProbeRecord::of(probe, outcome)).collect();
        let names = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect();
        let file = self.plan.has_file.then(|| self.plan.path.display().to_string());
        let verdict = if (self.interrupted)() { RunVerdict::Interrupted } else { RunVerdict::of(&probes) };
        let started = calendar::rfc3339(self.started);
        let document = RunDocument {
            schema: SCHEMA,
            id: identifier(self.started),
            name: self.plan.file.name.clone(),
            key: self.archive.key().to_owned(),
            owner: self.plan.foreign_owner,
            verdict,
            seconds,
            place: place(self.plan.directory(), self.go.clone()),
            counts: StateCounts::of(&probes),
            probes,
            baseline: self.baselines.last(),
            file,
            file_digest: self.plan.digest.clone(),
            started,
            accepted: self.options.accepts,
            keep_going: self.options.selection.keeps_going,
            skipped: names(&self.options.selection.skipped),
            selected: names(&self.options.selection.only),
            shortened: None,
            archived: None,
            notified: Vec::new(),
        };
        document.without_secrets(&self.secrets)
    }
}

/// `41 s of 120 s, 41 held`
fn progress(probe: &ProbeDefinition, attempted: &Attempted, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    match (probe.hold_for, probe.within) {
        (Some(hold_for), _) => {
            format!(
                "{seconds} s of {} s, {} of {} held",
                hold_for.as_secs(),
                attempted.held,
                attempted.attempts
            )
        }
        (None, Some(within)) => {
            format!("attempt {}, {seconds} s of {} s", attempted.attempts, within.as_secs())
        }
        (None, None) => String::new(),
    }
}

/// `20261130T081554.123456Z-1a2b3c4d`: runs of one second keep their order.
fn identifier(started: SystemTime) -> String {
    let seconds: String =
        calendar::rfc3339(started).chars().filter(|one| !matches!(one, '-' | ':' | 'Z')).collect();
    let micros = started.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.subsec_micros());
    let mut bytes = [0; 4];
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    format!("{seconds}.{micros:06}Z-{}", hexadecimal::digits(&bytes))
}
