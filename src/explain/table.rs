//! What the next go here sees of each variable: gathered as the shim gathers it, with the toolchain's own defaults.
//!
//! Takes the home and the user's compiled rules, gives a row for each variable. Runs `go env` of the toolchain, changes
//! nothing.

use super::{Explained, Explainer, OTHERS, ValueSource, all, not_installed, notices, ruled};
use crate::go_env;
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::env::env_context::ResolvedEnv;
use gvmr_core::env::go_env_file::OF_SOME_VERSIONS;
use gvmr_core::env::notice::Notice;
use gvmr_core::env::variable::Variable;
use gvmr_core::exec::called_shim::CalledShim;
use gvmr_core::exec::child_environment::{ChildEnvironment, Edits};
use gvmr_core::exec::invocation::Invocation;
use gvmr_core::exec::launch::Launch;
use gvmr_core::gover::selector::NotAVersion;
use gvmr_core::home::paths::Home;
use gvmr_core::select::error::ResolveError;
use gvmr_core::select::resolution::{Resolution, Selection, Source, place};
use gvmr_core::select::resolve::VARIABLE;
use gvmr_core::sys::environment::Block;
use gvmr_core::sys::printable;
use gvmr_core::sys::process::Word;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

/// Variables that count for other processors and programs too, whether or not a go knows them.
const PASSED_ON: [&str; 10] = [
    "GODEBUG",
    "GO386",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "GOWASM",
];

/// All that is shown.
pub struct VariableTable {
    /// The variables that were asked for.
    pub rows: Vec<VariableRow>,
    /// What there is to tell besides.
    pub notices: Vec<Remark>,
    /// The directory that this is about.
    pub directory: PathBuf,
    /// Where the version comes from, where that is known.
    pub reason: Option<String>,
    /// Which Go runs there, or why none.
    pub answer: Result<Resolution, String>,
    /// Where what asks for a version cannot be understood: the file with its line, or the variable.
    pub fault: Option<FaultPlace>,
    /// The variable that this go fails on, and its own words.
    pub refused: Option<(&'static Variable, String)>,
    /// The environment that the go gets, each entry as `NAME=value`.
    pub environment: Vec<CString>,
}

/// What asks for a version in words that are none.
pub enum FaultPlace {
    /// A file, and the line in it.
    File(PathBuf, Option<usize>),
    /// `GVMR_VERSION`, or `GOWORK`.
    Variable(&'static str),
}

impl FaultPlace {
    fn of(error: &ResolveError) -> Option<Self> {
        match error {
            ResolveError::Variable(_) => Some(Self::Variable(VARIABLE)),
            ResolveError::RelativeGowork { .. } => Some(Self::Variable("GOWORK")),
            error => error.place().map(|(file, line)| Self::File(file.to_owned(), line)),
        }
    }
}

/// One variable.
pub struct VariableRow {
    /// Who decides it, and what that shadows.
    pub explained: Explained,
    /// What the toolchain's own go says; `None` where it was not asked or gave no answer.
    pub said: Option<OsString>,
}

/// Something to tell.
pub struct Remark {
    /// A word for scripts.
    pub kind: &'static str,
    /// The words.
    pub message: String,
}

/// Gathers it for these variables in the current directory.
pub fn gather(
    home: &Home,
    rules: Option<CompiledRules>,
    variables: &[&'static Variable],
) -> Result<VariableTable, NotAVersion> {
    let block = Block::of_process();
    let place = CalledShim::in_home(home, "go".as_ref());
    let words: [&CStr; 1] = [c"go"];
    let call = Invocation::parse(&place, &words, &block)?;
    let mut env_context = call.env_context(rules);
    let directory = env_context.directory.clone();
    let mut remarks = Vec::new();
    let answer = call.answer(&env_context);
    let fault = answer.as_ref().err().and_then(FaultPlace::of);
    let answer = answer.map_err(|problem| problem.to_string());
    remarks.extend(answer.as_ref().err().map(|problem| Remark::new("version", problem.clone())));
    let rules = ruled(&env_context);
    let resolved = match &answer {
        Ok(answer) => call.resolve_env(&mut env_context, answer),
        Err(_) => env_context.resolve_env(home, &block, None, None),
    };
    let chosen = answer.as_ref().ok();
    let launch = chosen.and_then(|answer| launch(answer, &call));
    let launch = launch.map(|launch| launch.in_environment(&resolved));
    let edits = Edits { changes: &resolved.changes, ..Edits::default() };
    let child = match &launch {
        Some(launch) => launch.environment(&block),
        None => ChildEnvironment::of(block.entries(), &edits),
    };
    let entries = child.entries();
    let goroot = chosen.and_then(|answer| answer.choice.goroot());
    let program = launch.as_ref().map(Launch::path);
    let words: Vec<&CStr> = entries.iter().map(|entry| entry.as_c_str()).collect();
    let environment = words.iter().map(|entry| CString::from(*entry)).collect();
    let go = program.as_deref().zip(goroot).map(|(program, _)| (program, words.as_slice()));
    remarks.extend(resolved.notices.iter().filter_map(|notice| of_notice(notice, &directory, &block)));
    let mut said = ask(launch.as_ref().zip(goroot), &entries, variables, &mut remarks);
    remarks.extend(chosen.and_then(|answer| lacking(answer, &resolved)));
    let child = Block::from(entries);
    let ground =
        Explainer { rules: &rules, home, resolved: &resolved, environment: &block, child: &child, goroot };
    let version = chosen.and_then(|answer| answer.choice.version());
    let refused = go.and_then(|(program, environment)| refused(program, environment));
    if let Some(((variable, complaint), version)) = refused.as_ref().zip(version) {
        let place = place_of(&ground, variable);
        remarks.push(Remark::new("go-env", notices::refused(&place, variable.name, version, complaint)));
    }
    let rows = variables.iter().map(|variable| VariableRow {
        explained: ground.explain(variable),
        said: said.remove(variable.name).map(OsString::from),
    });
    let rows = rows.collect();
    let reason = chosen.filter(|answer| answer.reason.source != Source::Unset);
    let reason = reason.map(|answer| answer.reason.place());
    Ok(VariableTable { rows, notices: remarks, directory, reason, answer, fault, refused, environment })
}

/// The go that the shim would run.
pub fn launch<'a>(answer: &'a Resolution, call: &Invocation<'_>) -> Option<Launch<'a>> {
    match &answer.choice {
        Selection::Installed { version, goroot } => {
            let local = call.keeps_local(answer);
            Some(Launch::toolchain(goroot, version, "go".as_ref(), local, call.place.proc_is_mounted))
        }
        Selection::System(outside) => Launch::outside(outside, call.block).ok(),
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
    let said = go_env::ask(&launch.path(), &entries, &names).map(|mut said| {
        // An older go reports nothing of what it still passes on to the programs that read it.
        let is_passed_on = |name: &str| {
            let passed = |entry: &&CStr| {
                let value = entry.to_bytes().strip_prefix(name.as_bytes());
                value.is_some_and(|value| value.len() > 1 && value.starts_with(b"="))
            };
            PASSED_ON.contains(&name) && entries.iter().any(passed)
        };
        said.retain(|name, value| !value.is_empty() || !is_passed_on(name));
        said
    });
    said.unwrap_or_else(|error| {
        let go = printable::path(goroot.join("bin/go"));
        remarks.push(Remark::new("defaults", format!("{go} env {error}; Go's defaults are unknown")));
        BTreeMap::new()
    })
}

/// The variable that this go fails on, whoever sets it, and what go says.
fn refused(program: &Path, environment: &[&CStr]) -> Option<(&'static Variable, String)> {
    let complaint = go_env::complaint(program, environment)?;
    let is_meant =
        |variable: &&Variable| OF_SOME_VERSIONS.contains(&variable.name) && complaint.contains(variable.name);
    Some((all().find(is_meant)?, complaint))
}

/// Where the variable is set, in words.
fn place_of(ground: &Explainer<'_>, variable: &'static Variable) -> String {
    match ground.explain(variable).place {
        ValueSource::UserFile { file, line } => place("", Some(&file), Some(line)),
        ValueSource::Rule(rule) => rule.place(),
        other => other.words(variable, None),
    }
}

/// What keeps the table from being whole.
fn lacking(answer: &Resolution, resolved: &ResolvedEnv) -> Option<Remark> {
    if let Selection::Missing { wanted } = &answer.choice {
        return Some(Remark::new("version", not_installed(wanted, &answer.reason)));
    }
    let message = "go also gets stored credentials for this proxy or version, which are not shown";
    resolved.needs_credentials.then(|| Remark::new("credentials", message.to_owned()))
}

fn of_notice(notice: &Notice, directory: &Path, block: &Block<'_>) -> Option<Remark> {
    let kind = match notice {
        Notice::ProjectFile(_) => "project-file",
        Notice::Gopath(_) => "gopath",
        Notice::Goroot(_) => "goroot",
        Notice::Settings(_) => "go-env",
        Notice::Config { .. } => "config",
        Notice::Credentials { .. } => "credentials",
        Notice::Pin { .. } => "version",
    };
    Some(Remark::new(kind, notices::words(notice, directory, block, None)?))
}

impl VariableRow {
    /// What the toolchain says, or else what is written.
    pub fn value(&self) -> Option<&OsStr> {
        self.said.as_deref().or(self.explained.value.as_deref())
    }

    /// Whether it is set, as far as is known, or shadows something.
    pub fn says_something(&self) -> bool {
        self.value().is_some_and(|value| !value.is_empty())
            || !self.explained.shadowed.is_empty()
            || self.written_otherwise().is_some()
    }

    /// Whether nothing sets it and the go command has no default for it.
    pub fn is_unset(&self) -> bool {
        self.explained.place == ValueSource::Default && self.value().is_some_and(OsStr::is_empty)
    }

    /// What is written, where the toolchain reads that as something else.
    pub fn written_otherwise(&self) -> Option<&OsStr> {
        let written =
            self.explained.value.as_deref().filter(|_| self.explained.place != ValueSource::Toolchain)?;
        self.said.as_deref().filter(|said| *said != written).map(|_| written)
    }
}

impl Remark {
    fn new(kind: &'static str, message: String) -> Self {
        Self { kind, message }
    }
}
