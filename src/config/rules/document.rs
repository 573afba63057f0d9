//! A whole file: which keys it may have at the top, and what becomes of each.
//!
//! Walks the tables by hand, to name every key that is not allowed, wherever it stands.

use super::expand::Places;
use super::{assignments, conditions, directories};
use crate::net::without_credentials_in_text;
use crate::toml_file::Mistake;
use crate::toml_file::Mistakes;
use crate::toml_file::{document, entries, tables, type_of};
use crate::toml_file::{nearest, shown};
use gvmr_core::env::compiled_rules::{
    Assignment, CompiledRules, Conditions, RECORD_LIMIT, RulesPin, Section, When,
};
use gvmr_core::env::variable;
use gvmr_core::gover::selector::RequestedGo;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const ENV: &str = "env";
const DIRECTORY: &str = "directory";
const NETWORK: &str = "network";
const PIN: &str = "go";
const PATH: &str = "path";

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A project's `gvmr.toml`.
    Project,
    /// The user's `config.toml`, which has other keys too.
    User,
}

/// The record of a file, or its mistakes.
pub(super) fn compile(
    owner: Owner,
    file: &Path,
    bytes: &[u8],
    user_home: Option<&Path>,
) -> Result<CompiledRules, Vec<Mistake>> {
    let (text, table) = document(bytes, without_credentials_in_text)?;
    let project = file.parent().filter(|_| owner == Owner::Project);
    let places = Places { home: user_home.filter(|home| home.is_absolute()), project };
    let mut walk = Walk { owner, places, mistakes: Mistakes::of(text), pin: None, sections: Vec::new() };
    walk.whereabouts(file, user_home);
    walk.top(table.get_ref());
    let Walk { mut mistakes, pin, sections, .. } = walk;
    let home = user_home.map(Path::to_owned);
    let record =
        CompiledRules { source: file.to_owned(), owner: None, home, pin, sections, body: bytes.to_vec() };
    if record.write().len() as u64 > RECORD_LIMIT {
        let limit = RECORD_LIMIT / 1024;
        mistakes.add(
            &(0..0),
            format!("the rules exceed {limit} KiB once ${{HOME}} and ${{PROJECT}} are expanded"),
        );
    }
    mistakes.finish().map_or(Ok(record), Err)
}

struct Walk<'a> {
    owner: Owner,
    places: Places<'a>,
    mistakes: Mistakes<'a>,
    pin: Option<RulesPin>,
    sections: Vec<Section>,
}

impl Walk<'_> {
    /// A record is read line by line: no path in it may contain a newline.
    fn whereabouts(&mut self, file: &Path, user_home: Option<&Path>) {
        let newline = |path: &Path| path.as_os_str().as_bytes().contains(&b'\n');
        if newline(file) || !file.is_absolute() {
            self.mistakes.add(&(0..0), "the path of this file contains a newline or is not absolute");
        }
        if user_home.is_some_and(newline) {
            self.mistakes.add(&(0..0), "HOME contains a newline");
        }
    }

    fn top(&mut self, file: &DeTable<'_>) {
        // The sections of each table in the order of the file, whatever lies between them.
        let mut sections = Vec::new();
        for (key, value) in entries(file) {
            match (key.get_ref().as_ref(), self.owner) {
                (ENV, _) => {
                    let assignments = assignments::read(value, self.places, &mut self.mistakes);
                    self.sections.extend(section(None, When::Always, assignments));
                }
                (NETWORK, _) => sections.extend(self.networks(value)),
                (DIRECTORY, Owner::User) => sections.extend(self.directories(value)),
                (PIN, Owner::Project) => self.pin = self.pin(key.span().start, value),
                (_, Owner::User) => {} // the settings', which know their own keys
                (key_name, Owner::Project) => {
                    let message = not_a_projects(key_name);
                    self.mistakes.add(&key.span(), message);
                }
            }
        }
        sections.sort_by_key(|(offset, _)| *offset);
        self.sections.extend(sections.into_iter().map(|(_, section)| section));
    }

    fn pin(&mut self, offset: usize, value: &Spanned<DeValue<'_>>) -> Option<RulesPin> {
        let line = self.mistakes.line(offset);
        let pin = match value.get_ref() {
            DeValue::String(written) => RequestedGo::parse(written)
                .map(|wanted| RulesPin { line, written: written.clone().into_owned(), wanted })
                .map_err(|_| {
                    // Without the value: it may be a secret in the wrong place.
                    "not a Go version; use \"1.23\", \"1.23.4\", \"latest\" or \">=1.21 <1.24\"".to_owned()
                }),
            DeValue::Float(_) | DeValue::Integer(_) => {
                Err("a version without quotes is a number, where 1.20 equals 1.2; write it in quotes"
                    .to_owned())
            }
            other => Err(format!(
                "the version must be a string in quotes, such as \"1.23\", got {}",
                type_of(other)
            )),
        };
        self.mistakes.check(&value.span(), pin)
    }

    fn networks(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(usize, Section)> {
        let mut found = Vec::new();
        for (offset, table) in tables(value, NETWORK, &mut self.mistakes) {
            let (mut conditions, mut assignments, mut has_condition) =
                (Conditions::default(), Vec::new(), false);
            for (key, value) in entries(table) {
                let name = key.get_ref().as_ref();
                if conditions::KEYS.contains(&name) {
                    has_condition = true;
                    conditions::read(name, value, &mut conditions, &mut self.mistakes);
                } else if name == ENV {
                    assignments = assignments::read(value, self.places, &mut self.mistakes);
                } else {
                    self.mistakes.add(&key.span(), not_in(NETWORK, &conditions::KEYS, name));
                }
            }
            if !has_condition {
                let message = "[[network]] has no condition; it needs gateway, subnet or interface";
                self.mistakes.add(&(offset..offset), message);
            }
            let line = self.mistakes.line(offset);
            let section = section(Some(line), When::Network(conditions), assignments);
            found.extend(section.map(|section| (offset, section)));
        }
        found
    }

    fn directories(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(usize, Section)> {
        let mut found = Vec::new();
        let mut seen: Vec<(usize, PathBuf)> = Vec::new();
        for (offset, table) in tables(value, DIRECTORY, &mut self.mistakes) {
            let line = self.mistakes.line(offset);
            let (mut path, mut assignments, mut has_path) = (PathBuf::new(), Vec::new(), false);
            for (key, value) in entries(table) {
                match key.get_ref().as_ref() {
                    PATH => {
                        has_path = true;
                        path = self.path(value, &seen);
                    }
                    ENV => assignments = assignments::read(value, self.places, &mut self.mistakes),
                    name => self.mistakes.add(&key.span(), not_in(DIRECTORY, &[PATH], name)),
                }
            }
            if !has_path {
                let message = "[[directory]] needs a path";
                self.mistakes.add(&(offset..offset), message);
            }
            seen.push((line, path.clone()));
            let section = section(Some(line), When::Directory(path), assignments);
            found.extend(section.map(|section| (offset, section)));
        }
        found
    }

    /// A rule's directory, which no rule before it has.
    fn path(&mut self, value: &Spanned<DeValue<'_>>, seen: &[(usize, PathBuf)]) -> PathBuf {
        let written = value.get_ref().as_str();
        let written = written
            .ok_or_else(|| format!("path must be a string in quotes, got {}", type_of(value.get_ref())));
        let path = written.and_then(|written| directories::path(written, self.places));
        let path = path.and_then(|path| match seen.iter().find(|(_, other)| *other == path) {
            Some((line, _)) => Err(format!("line {line} already has a rule for this directory")),
            None => Ok(path),
        });
        self.mistakes.check(&value.span(), path).unwrap_or_default()
    }
}

/// `None` where nothing is set: it would change nothing. Without a header line it has the line of its first assignment.
fn section(line: Option<usize>, when: When, assignments: Vec<Assignment>) -> Option<Section> {
    let line = line.or(assignments.first().map(|first| first.line));
    (!assignments.is_empty()).then_some(Section { line: line.unwrap_or(1), when, assignments })
}

/// What is wrong with a key in a `[[rule]]`.
fn not_in(rule: &str, conditions: &[&str], key: &str) -> String {
    let shown = shown(key);
    if variable::find(key.as_bytes()).is_some() {
        return format!("{shown} is a variable; in [[{rule}]] write env.{key} or env.override.{key}");
    }
    if key == "override" {
        return format!("in [[{rule}]] write env.override");
    }
    let allowed = conditions.iter().copied().chain([ENV]);
    if let Some(meant) = nearest(key, allowed.clone()) {
        return format!("{shown} is not allowed in [[{rule}]]; did you mean {meant}?");
    }
    let allowed: Vec<_> = allowed.collect();
    format!("{shown} is not allowed in [[{rule}]]; allowed: {} and env.override", allowed.join(", "))
}

/// What is wrong with a key at the top of a project file.
fn not_a_projects(key: &str) -> String {
    let shown = shown(key);
    if key == DIRECTORY {
        return "[[directory]] belongs in your own config.toml; a project's rules apply in its own directory"
            .to_owned();
    }
    if matches!(
        key,
        "auto-install" | "lock-timeout" | "sources" | "index" | "mirrors" | "musl-index" | "musl-mirrors"
    ) {
        return format!("{shown} belongs in your own config.toml");
    }
    if variable::find(key.as_bytes()).is_some() {
        return format!("{shown} is a variable; it belongs below [env] or [env.override]");
    }
    if key == "override" {
        return "write [env.override]".to_owned();
    }
    if conditions::KEYS.contains(&key) {
        return format!("{shown} belongs below [[network]]");
    }
    match nearest(key, [PIN, ENV, NETWORK]) {
        Some(meant) => format!("{shown} is not allowed in a project file; did you mean {meant}?"),
        None => format!("{shown} is not allowed in a project file; allowed: go, env and network"),
    }
}
