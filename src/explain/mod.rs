//! Where each variable of the next go comes from, and what it shadows. For the command line; the shim has no time for it.
//!
//! Takes what the shim's own code resolved, gives it back with its reasons: [`EnvContext::applied`] says which rules apply,
//! [`ResolvedEnv`] what they change, and every value that go gets is read from the very environment that it gets. Reads the
//! go command's two files of settings, changes nothing.

mod another_pin;
mod as_json;
mod current;
pub mod notices;
mod passed_over;
mod source;
pub mod table;
mod why;
mod words;

pub use another_pin::another_pin;
pub use current::{CurrentGo, newer_patch, not_installed, place_seen_from};
pub use passed_over::{PassedOver, passed_over};
pub use source::{RuleOrigin, RuleValue, ValueSource};
pub use why::ShadowReason;

use gvmr_core::env::compiled_rules::{CompiledRules, Conditions, When};
use gvmr_core::env::env_context::{EnvContext, ResolvedEnv};
use gvmr_core::env::gopath;
use gvmr_core::env::rules::{Applied, Change, KeepList};
use gvmr_core::env::variable::{VARIABLES, Variable, VariableKind};
use gvmr_core::gover::goenv::{self, Written};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::environment::Environment;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What no rule may set and the shim may change, or go reads from the process alone.
pub static OTHERS: [Variable; 4] = [other("GOTOOLCHAIN"), other("GOROOT"), other("GOENV"), other("NETRC")];

const fn other(name: &'static str) -> Variable {
    Variable { name, kind: VariableKind::Text, twin: None }
}

/// All variables that can be explained, in the order in which they are shown.
pub fn all() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().chain(&OTHERS)
}

/// A value and what sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueCandidate {
    /// What sets it.
    pub place: ValueSource,
    /// The value; an empty one of a rule removes the variable.
    pub value: OsString,
}

/// What the next go sees of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Which.
    pub variable: &'static Variable,
    /// What sets it.
    pub place: ValueSource,
    /// What is written there; empty where the variable is unset. `None` where only the toolchain knows its default.
    pub value: Option<OsString>,
    /// Whether nothing may change what the process has.
    pub kept: bool,
    /// What else would set it, strongest first, and why that does not count.
    pub shadowed: Vec<(ValueCandidate, ShadowReason)>,
    /// Rules that do not count in this directory or network.
    pub elsewhere: Vec<RuleValue>,
}

/// All that explaining needs.
pub struct Explainer<'a> {
    /// The rules, from [`ruled`].
    pub rules: &'a [RuleValue],
    /// gvmr's home.
    pub home: &'a Home,
    /// The resolved environment.
    pub resolved: &'a ResolvedEnv,
    /// The process's environment.
    pub environment: &'a dyn Environment,
    /// The environment that go gets.
    pub child: &'a dyn Environment,
    /// The toolchain's directory, where there is one.
    pub goroot: Option<&'a Path>,
}

/// Every assignment of the project's file and of the user's, those that count first, strongest first.
pub fn ruled(env_context: &EnvContext) -> Vec<RuleValue> {
    let project = env_context.project.trusted.as_ref();
    let config = env_context.config.record();
    let applied = env_context.applied();
    let is_project = |record: &CompiledRules| project.is_some_and(|project| std::ptr::eq(project, record));
    let rule = |one: &Applied<'_>, counts| RuleValue {
        variable: one.assignment.variable,
        value: one.assignment.value.clone(),
        rule: RuleOrigin {
            file: one.record.source.clone(),
            line: one.assignment.line,
            project: is_project(one.record),
            when: one.section.when.clone(),
            overrides: one.assignment.overrides,
        },
        counts,
    };
    let mut all: Vec<RuleValue> = applied.iter().map(|one| rule(one, true)).collect();
    for record in [project, config].into_iter().flatten() {
        for section in &record.sections {
            if applied.iter().any(|one| std::ptr::eq(one.section, section)) {
                continue;
            }
            let assignments = section.assignments.iter();
            all.extend(assignments.map(|assignment| rule(&Applied { assignment, section, record }, false)));
        }
    }
    all
}

impl Explainer<'_> {
    /// What the next go sees of `variable`, and why.
    pub fn explain(&self, variable: &'static Variable) -> Explained {
        let change = self.resolved.changes.iter().find(|change| change.name == variable.name);
        let kept = KeepList::of(self.environment).holds(variable);
        let mut candidates = self.candidates(variable, change);
        let (place, value) = match candidates.iter().position(|one| self.decides(one, change)) {
            Some(at) => {
                let winner = candidates.remove(at);
                let value = match winner.place {
                    ValueSource::UserFile { .. } | ValueSource::ToolchainFile { .. } => winner.value,
                    _ => self.in_child(variable).unwrap_or_default(),
                };
                (winner.place, Some(value))
            }
            None => self.default(variable),
        };
        let removed_by = change.filter(|change| change.value.is_none()).and_then(|_| {
            candidates.iter().find_map(|one| one.rule().filter(|rule| rule.overrides).cloned())
        });
        let shadowed = candidates.into_iter().map(|one| {
            let why = match (&one.place, &removed_by) {
                (ValueSource::Rule(_), _) if kept => ShadowReason::Kept,
                (ValueSource::Rule(rule), Some(removing)) if rule == removing => ShadowReason::Removes,
                (ValueSource::Rule(_) | ValueSource::Process(_), Some(removing)) => ShadowReason::Removed(removing.place()),
                (ValueSource::Process("GOROOT"), None) => ShadowReason::OtherToolchain,
                (ValueSource::UserFile { .. }, None) if variable.name == "GOROOT" => ShadowReason::OtherToolchain,
                (ValueSource::Process(_), None) if matches!(&place, ValueSource::Rule(rule) if !rule.overrides) => {
                    ShadowReason::Unfit(gopath::fault(&one.value, self.home, self.goroot))
                }
                _ => ShadowReason::Beaten(why::beaten(&place, &one.place)),
            };
            (one, why)
        });
        let shadowed = shadowed.collect();
        let elsewhere = self.rules.iter().filter(|one| one.variable == variable && !one.counts).cloned();
        let kept = kept && matches!(place, ValueSource::Process(_));
        Explained { variable, place, value, kept, shadowed, elsewhere: elsewhere.collect() }
    }

    /// All that would set it, strongest first.
    fn candidates(&self, variable: &'static Variable, change: Option<&Change>) -> Vec<ValueCandidate> {
        let rules = |overrides| {
            let of_kind = move |one: &&RuleValue| {
                one.variable == variable && one.counts && one.rule.overrides == overrides
            };
            let rules = self.rules.iter().filter(of_kind);
            rules.map(|one| ValueCandidate {
                place: ValueSource::Rule(one.rule.clone()),
                value: one.value.clone(),
            })
        };
        let names = [Some(variable.name), variable.twin].into_iter().flatten();
        let process = names.filter_map(|name| {
            Some(ValueCandidate { place: ValueSource::Process(name), value: self.environment.get(name)? })
        });
        let mut all: Vec<ValueCandidate> = rules(true).chain(process).chain(rules(false)).collect();
        if let Some(value) = self.of_toolchain(variable) {
            all.push(ValueCandidate { place: ValueSource::Toolchain, value });
        }
        // What no rule sets comes from stored credentials.
        if let Some(value) = change.and_then(|change| change.value.as_ref())
            && !all.iter().any(|one| one.rule().is_some() && one.value == *value)
        {
            all.push(ValueCandidate { place: ValueSource::Credentials, value: value.clone() });
        }
        all.extend(self.of_files(variable));
        all
    }

    /// What the choice of the toolchain says: the shim puts it into the environment, or go finds it by itself.
    fn of_toolchain(&self, variable: &Variable) -> Option<OsString> {
        let own = self.environment.get(variable.name);
        match variable.name {
            "GOTOOLCHAIN" | "GOROOT" => {
                self.child.get(variable.name).filter(|value| own.as_ref() != Some(value))
            }
            _ => None,
        }
    }

    /// The lines of the go command's own files.
    fn of_files(&self, variable: &Variable) -> Vec<ValueCandidate> {
        if matches!(variable.name, "GOENV" | "NETRC") || variable.twin.is_some() {
            return Vec::new(); // go reads these from the process alone
        }
        let user = goenv::file(self.environment).and_then(|file| goenv::line(&file, variable.name));
        let goroot = self.goroot.filter(|_| user.is_none() && variable.name != "GOROOT");
        let toolchain = goroot.and_then(|goroot| goenv::line(&goroot.join("go.env"), variable.name));
        let user = user.map(|Written { file, line, value }| ValueCandidate {
            place: ValueSource::UserFile { file, line },
            value,
        });
        let toolchain = toolchain.map(|Written { file, line, value }| ValueCandidate {
            place: ValueSource::ToolchainFile { file, line },
            value,
        });
        // An empty value is Go's own default, but hides the toolchain's.
        [user, toolchain].into_iter().flatten().filter(|one| !one.value.is_empty()).collect()
    }

    /// Whether it is this one that counts, where no stronger one does.
    fn decides(&self, one: &ValueCandidate, change: Option<&Change>) -> bool {
        match &one.place {
            ValueSource::Rule(_) | ValueSource::Credentials => {
                change.is_some_and(|change| change.value.as_ref() == Some(&one.value))
            }
            ValueSource::Process(name) => {
                change.is_none() && self.child.get(name).is_some_and(|value| value == one.value)
            }
            _ => change.is_none_or(|change| change.value.is_none()),
        }
    }

    /// What go gets, in either spelling.
    fn in_child(&self, variable: &Variable) -> Option<OsString> {
        self.child.get(variable.name).or_else(|| self.child.get(variable.twin?))
    }

    fn default(&self, variable: &Variable) -> (ValueSource, Option<OsString>) {
        let path = |path: PathBuf| Some(path.into_os_string());
        match variable.name {
            "GOROOT" => match self.goroot {
                Some(goroot) => (ValueSource::Toolchain, path(goroot.to_owned())),
                None => (ValueSource::Default, None),
            },
            "GOENV" => {
                (ValueSource::Default, goenv::file(self.environment).map_or_else(|| Some("off".into()), path))
            }
            // Without a go.env the go command does not switch; which one there is, is known with the toolchain.
            "GOTOOLCHAIN" if self.goroot.is_none() => (ValueSource::Default, None),
            "GOTOOLCHAIN" | "NETRC" => (ValueSource::Default, Some(OsString::new())),
            _ if variable.twin.is_some() => (ValueSource::Default, Some(OsString::new())),
            _ => (ValueSource::Default, None),
        }
    }
}

impl ValueCandidate {
    fn rule(&self) -> Option<&RuleOrigin> {
        match &self.place {
            ValueSource::Rule(rule) => Some(rule),
            _ => None,
        }
    }
}

impl RuleOrigin {
    /// `/p/gvmr.toml:3`
    pub fn place(&self) -> String {
        gvmr_core::select::resolution::place("", Some(&self.file), Some(self.line))
    }

    /// The network that it counts in.
    pub fn network(&self) -> Option<&Conditions> {
        match &self.when {
            When::Network(conditions) => Some(conditions),
            When::Always | When::Directory(_) => None,
        }
    }
}
