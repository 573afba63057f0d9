//! What the next go here sees of each variable: gathered as the shim gathers it, with the toolchain's own defaults.

use crate::config;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::explain::notices;
use crate::explain::{self, Explained, Explainer, OTHERS};
use crate::go_env;
use gvmr_core::env::env_context::ResolvedEnv;
use gvmr_core::env::notice::Notice;
use gvmr_core::env::variable::Variable;
use gvmr_core::exec::called_shim::CalledShim;
use gvmr_core::exec::child_environment::{ChildEnvironment, Edits};
use gvmr_core::exec::invocation::Invocation;
use gvmr_core::exec::launch::Launch;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::select::resolution::{Resolution, Selection, Source};
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
pub(super) fn gather(context: &Context, variables: &[&'static Variable]) -> Result<Table, Error> {
    let home = &context.settings.home;
    let block = Block::of_process();
    let place = CalledShim::in_home(home, "go".as_ref());
    let words: [&CStr; 1] = [c"go"];
    let call =
        Invocation::parse(&place, &words, &block).map_err(|error| Error::new(ErrorKind::Usage, &error))?;
    let mut env_context = call.env_context(config::rules(UserDirs::of(home, &Process).as_ref(), &Process)?);
    let directory = env_context.directory.clone();
    let mut remarks = Vec::new();
    let answer = call.answer(&env_context);
    let answer = answer.map_err(|problem| remarks.push(Remark::new("version", problem.to_string()))).ok();
    let rules = explain::ruled(&env_context);
    let resolved = match &answer {
        Some(answer) => call.resolve_env(&mut env_context, &answer.choice),
        None => env_context.resolve_env(home, &block, None, None),
    };
    remarks.extend(resolved.notices.iter().map(|notice| of_notice(notice, &directory, &block)));
    let launch = answer.as_ref().and_then(|answer| launch(answer, place.proc_is_mounted, &block));
    let launch = launch.map(|launch| launch.changing(&resolved.changes));
    let edits = Edits { changes: &resolved.changes, ..Edits::default() };
    let child = match &launch {
        Some(launch) => launch.environment(&block),
        None => ChildEnvironment::of(block.entries(), &edits),
    };
    let entries = child.entries();
    let goroot = answer.as_ref().and_then(|answer| answer.choice.goroot());
    let mut said = ask(launch.as_ref().zip(goroot), &entries, variables, &mut remarks);
    remarks.extend(answer.as_ref().and_then(|answer| lacking(answer, &resolved, context)));
    let child = Block::from(entries);
    let ground =
        Explainer { rules: &rules, home, resolved: &resolved, environment: &block, child: &child, goroot };
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
fn launch<'a>(answer: &'a Resolution, proc_is_mounted: bool, block: &Block<'_>) -> Option<Launch<'a>> {
    match &answer.choice {
        Selection::Installed { version, goroot } => {
            Some(Launch::toolchain(goroot, version, "go".as_ref(), answer.exact, proc_is_mounted))
        }
        Selection::System(outside) => Launch::outside(outside, block).ok(),
        Selection::Missing { .. } => None,
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
            .push(Remark::new("defaults", format!("{go} env {error}; Go's defaults are unknown")));
        BTreeMap::new()
    })
}

/// What keeps the table from being whole.
fn lacking(answer: &Resolution, resolved: &ResolvedEnv, context: &Context) -> Option<Remark> {
    if let Selection::Missing { wanted } = &answer.choice {
        return Some(Remark::new("version", context.missing(wanted, &answer.reason).to_string()));
    }
    let message = "go also gets stored credentials for this proxy or version, which are not shown";
    resolved.needs_credentials.then(|| Remark::new("credentials", message.to_owned()))
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
