//! What the next go here sees of each variable: gathered as the shim gathers it, with the toolchain's own defaults.

use crate::commands::current;
use crate::commands::prepare::{self, notices};
use crate::commands::session::Session;
use crate::config;
use crate::error::{Error, Kind};
use crate::explain::{self, Explained, Ground, OTHERS};
use crate::go_env;
use gvmr_core::env::env_context::Settled;
use gvmr_core::env::notice::Notice;
use gvmr_core::env::variable::Variable;
use gvmr_core::exec::call::Call;
use gvmr_core::exec::child_environment::{ChildEnvironment, Edits};
use gvmr_core::exec::launch::Launch;
use gvmr_core::home::user_dirs::Own;
use gvmr_core::select::resolution::{Answer, Choice, Source};
use gvmr_core::sys::environment::{Block, Process};
use gvmr_core::sys::printable;
use gvmr_core::sys::process::Word;
use std::collections::BTreeMap;
use std::ffi::{CStr, OsString};
use std::path::{Path, PathBuf};

/// All that is shown.
pub(super) struct Table {
    /// The variables that were asked for.
    pub rows: Vec<Row>,
    /// What there is to tell besides.
    pub notices: Vec<Remark>,
    /// The directory that this is about.
    pub directory: PathBuf,
    /// Where the version comes from, where that is known.
    pub reason: Option<String>,
}

/// One variable.
pub(super) struct Row {
    /// Who decides it, and what that shadows.
    pub explained: Explained,
    /// What the toolchain's own go says; `None` where it was not asked or gave no answer.
    pub said: Option<OsString>,
}

/// Something to tell.
pub(super) struct Remark {
    /// A word for scripts.
    pub kind: &'static str,
    /// The words.
    pub message: String,
}

/// Gathers it for these variables in the current directory.
pub(super) fn gather(session: &Session, variables: &[&'static Variable]) -> Result<Table, Error> {
    let home = &session.settings.home;
    let block = Block::of_process();
    let place = prepare::place(home, "go".as_ref());
    let words: [&CStr; 1] = [c"go"];
    let call = Call::parse(&place, &words, &block).map_err(|error| Error::new(Kind::Usage, &error))?;
    let mut situation = call.situation(config::rules(Own::of(home, &Process).as_ref(), &Process)?);
    let directory = situation.directory.clone();
    let mut remarks = Vec::new();
    let answer = call.answer(&situation);
    let answer = answer.map_err(|problem| remarks.push(Remark::new("version", problem.to_string()))).ok();
    let rules = explain::ruled(&situation);
    let settled = match &answer {
        Some(answer) => call.settle(&mut situation, &answer.choice),
        None => situation.settle(home, &block, None, None),
    };
    remarks.extend(settled.notices.iter().map(|notice| of_notice(notice, &directory, &block)));
    let launch = answer.as_ref().and_then(|answer| launch(answer, place.proc_is_mounted, &block));
    let launch = launch.map(|launch| launch.changing(&settled.changes));
    let edits = Edits { changes: &settled.changes, ..Edits::default() };
    let child = match &launch {
        Some(launch) => launch.environment(&block),
        None => ChildEnvironment::of(block.entries(), &edits),
    };
    let entries = child.entries();
    let goroot = answer.as_ref().and_then(|answer| answer.choice.goroot());
    let mut said = ask(launch.as_ref().zip(goroot), &entries, variables, &mut remarks);
    remarks.extend(answer.as_ref().and_then(|answer| lacking(answer, &settled, session)));
    let child = Block::from(entries);
    let ground =
        Ground { rules: &rules, home, settled: &settled, environment: &block, child: &child, goroot };
    let rows = variables.iter().map(|variable| Row {
        explained: ground.explain(variable),
        said: said.remove(variable.name).map(OsString::from),
    });
    let rows = rows.collect();
    let reason = answer.as_ref().filter(|answer| answer.reason.source != Source::Nobody);
    let reason = reason.map(|answer| answer.reason.place());
    Ok(Table { rows, notices: remarks, directory, reason })
}

/// What the shim would run.
fn launch<'a>(answer: &'a Answer, proc_is_mounted: bool, block: &Block<'_>) -> Option<Launch<'a>> {
    match &answer.choice {
        Choice::Installed { version, goroot } => {
            Some(Launch::toolchain(goroot, version, "go".as_ref(), answer.exact, proc_is_mounted))
        }
        Choice::Outside(outside) => Launch::outside(outside, block).ok(),
        Choice::Missing { .. } => None,
    }
}

/// What the toolchain itself says; a wrapper, which might run anything, is not asked.
fn ask(
    toolchain: Option<(&Launch<'_>, &Path)>,
    entries: &[Word<'_>],
    variables: &[&'static Variable],
    remarks: &mut Vec<Remark>,
) -> BTreeMap<String, String> {
    let names = variables.iter().filter(|one| one.twin.is_none()).map(|one| one.name);
    // Of the others it is asked for its GOROOT alone, which it names by its real path.
    let is_asked = |name: &&str| *name == "GOROOT" || !OTHERS.iter().any(|other| other.name == *name);
    let names: Vec<&str> = names.filter(is_asked).collect();
    let Some((launch, goroot)) = toolchain else { return BTreeMap::new() };
    let entries: Vec<&CStr> = entries.iter().map(|entry| entry.as_c_str()).collect();
    go_env::ask(&launch.path(), &entries, &names).unwrap_or_else(|error| {
        let go = printable::path(&goroot.join("bin/go"));
        let error = crate::install::with_causes(&error);
        remarks
            .push(Remark::new("defaults", format!("{go} env {error}, so that Go's defaults are not known")));
        BTreeMap::new()
    })
}

/// What keeps the table from being whole.
fn lacking(answer: &Answer, settled: &Settled, session: &Session) -> Option<Remark> {
    if matches!(answer.choice, Choice::Missing { .. }) {
        return Some(Remark::new("version", current::missing(answer, session).message));
    }
    let message = "gvmr gives go credentials that it keeps for this proxy or version; they are not shown";
    settled.needs_credentials.then(|| Remark::new("credentials", message.to_owned()))
}

fn of_notice(notice: &Notice, directory: &Path, block: &Block<'_>) -> Remark {
    let kind = match notice {
        Notice::ProjectFile(_) => "project-file",
        Notice::Gopath(_) => "gopath",
        Notice::Config { .. } => "config",
    };
    Remark::new(kind, notices::words(notice, directory, block))
}

impl Remark {
    fn new(kind: &'static str, message: String) -> Self {
        Self { kind, message }
    }
}
