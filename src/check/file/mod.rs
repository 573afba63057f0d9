//! `gvmr-check.toml`: bytes → what runs, in which order, and what must hold; or all mistakes with line and column.
//!
//! Reads no other file and runs nothing. Secrets stay names.

mod connections;
mod extraction;
mod figure_values;
mod go_project;
mod go_target;
mod http;
mod model;
mod order;
mod output;
mod probe;
mod programs_and_files;
mod prometheus;
mod reader;
mod secret_text;
mod settings;
mod substitution;
mod synonyms;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_files;

pub use extraction::{Extraction, ExtractionError, Finder, JsonPointer, Pick};
pub use go_project::GO_PROJECT;
pub use go_target::*;
pub use model::*;
pub use secret_text::{MissingSecret, RevealedText, SecretText};
pub use settings::series_key;
pub use substitution::BuiltInValue;

use crate::net::without_credentials_in_text;
use crate::toml_file::{
    Mistake, Mistakes, TomlFileError, document, entries, nearest, quoted, single, type_of,
};
use gvmr_core::sys::environment::Environment;
use order::ProbeNeeds;
use probe::ProbeDefaults;
use reader::FileReader;
use std::collections::BTreeMap;
use std::path::Path;
use substitution::Substitution;
use toml::de::DeTable;

/// The most bytes of a file.
pub const MAX_SIZE: usize = 1 << 20;
const MAX_DIMENSIONS: usize = 32;
const MAX_PROBES: usize = 500;
const MAX_NAME: usize = 64;
/// The one table that is no dimension.
const CHECK: &str = "check";

/// What the strings of a file may stand for.
pub struct FileSurroundings<'a> {
    /// The values of `PROJECT`, `HOST`, `BRANCH` and `REVISION`.
    pub built_in: &'a BuiltInValue<'a>,
    /// `--var NAME=VALUE`
    pub given: &'a BTreeMap<String, String>,
    /// The environment's variables.
    pub environment: &'a dyn Environment,
}

impl CheckFile {
    /// What `bytes` of `file` mean. `file` is absolute; relative paths in it are below its directory.
    pub fn parse(
        file: &Path,
        bytes: &[u8],
        surroundings: &FileSurroundings<'_>,
    ) -> Result<Self, TomlFileError> {
        let parsed = parse(file.parent().unwrap_or(file), bytes, surroundings);
        parsed.map_err(|mistakes| TomlFileError { file: file.to_owned(), mistakes })
    }

    /// The built-in probes of a Go project in `directory`, as without a file.
    pub fn of_go_project(directory: &Path, surroundings: &FileSurroundings<'_>) -> Self {
        let file = parse(directory, b"[check]\ngo = true\n", surroundings);
        file.unwrap_or_else(|mistakes| unreachable!("{mistakes:?}"))
    }

    /// All probes, in the order in which they run.
    pub fn probes(&self) -> impl Iterator<Item = &ProbeDefinition> {
        self.dimensions.iter().flat_map(|dimension| &dimension.probes)
    }
}

fn parse(
    directory: &Path,
    bytes: &[u8],
    surroundings: &FileSurroundings<'_>,
) -> Result<CheckFile, Vec<Mistake>> {
    if bytes.len() > MAX_SIZE {
        return Err(single("", 0, "the file is larger than 1 MiB"));
    }
    let (text, table) = document(bytes, without_credentials_in_text)?;
    let words = Substitution { built_in: surroundings.built_in, variables: Vec::new() };
    let mut file = FileReader { mistakes: Mistakes::of(text), words, needs: Vec::new() };
    let read = whole(&mut file, table.get_ref(), directory, surroundings);
    file.mistakes.finish().map_or(Ok(read), Err)
}

fn whole(
    file: &mut FileReader<'_>,
    table: &DeTable<'_>,
    directory: &Path,
    surroundings: &FileSurroundings<'_>,
) -> CheckFile {
    let mut check = None;
    if let Some(value) = table.get(CHECK) {
        check = value.get_ref().as_table();
        if check.is_none() {
            file.mistakes.add(&value.span(), "check is the table of settings: [check]");
        }
    }
    settings::variables(file, check, surroundings.given, surroundings.environment);
    let settings = settings::read(file, check, directory);
    let defaults = ProbeDefaults { directory, prometheus: settings.prometheus.as_ref(), is_built_in: false };
    let mut dimensions = Vec::new();
    for (key, value) in entries(table) {
        if key.get_ref() == CHECK {
            continue;
        }
        let name = key.get_ref().as_ref();
        let Some(table) = value.get_ref().as_table() else {
            let got = type_of(value.get_ref());
            file.mistakes.add(
                &key.span(),
                format!("only tables stand here: [check] and [dimension.probe], not {got}"),
            );
            continue;
        };
        check_name(file, &key.span(), name);
        dimensions.extend(dimension(file, &defaults, key, table));
    }
    if settings.has_go_project {
        dimensions = with_go_project(directory, file, dimensions);
    }
    let probes: usize = dimensions.iter().map(|dimension| dimension.probes.len()).sum();
    if dimensions.is_empty() && file.mistakes.is_empty() {
        file.mistakes.add(&(0..0), "no probe at all: add [dimension.probe] with what to ask");
    }
    if dimensions.len() > MAX_DIMENSIONS || probes > MAX_PROBES {
        let message = format!("more than {MAX_DIMENSIONS} dimensions or {MAX_PROBES} probes");
        file.mistakes.add(&(0..0), message);
    }
    order::check(&mut file.mistakes, &std::mem::take(&mut file.needs));
    CheckFile {
        name: settings.name,
        deadline: settings.deadline,
        jobs: settings.jobs,
        series: settings.series,
        baseline_runs: settings.baseline_runs,
        variables: std::mem::take(&mut file.words.variables),
        archive: settings.archive,
        notifications: settings.notifications,
        dimensions,
    }
}

/// The built-in probes of a Go project, and then the file's own. A probe of the file stands in for a built-in one of the same
/// name, and others join the built-in dimension that is called as theirs.
fn with_go_project(directory: &Path, file: &mut FileReader<'_>, mut own: Vec<Dimension>) -> Vec<Dimension> {
    let mut all = go_project::dimensions(directory);
    for dimension in &mut all {
        if let Some(place) = own.iter().position(|one| one.name == dimension.name) {
            let added = own.remove(place).probes;
            dimension.probes.retain(|probe| !added.iter().any(|one| one.id == probe.id));
            dimension.probes.extend(added);
        }
        for probe in &dimension.probes {
            if !file.needs.iter().any(|known| known.id == probe.id) {
                file.needs.push(ProbeNeeds { id: probe.id.clone(), needs: Vec::new(), span: 0..0 });
            }
        }
    }
    all.append(&mut own);
    let place = |needs: &ProbeNeeds| {
        let dimension = needs.id.split('.').next().unwrap_or_default();
        all.iter().position(|one| one.name == dimension).unwrap_or(all.len())
    };
    file.needs.sort_by_key(place);
    all
}

fn dimension(
    file: &mut FileReader<'_>,
    defaults: &ProbeDefaults<'_>,
    key: &toml::Spanned<toml::de::DeString<'_>>,
    table: &DeTable<'_>,
) -> Option<Dimension> {
    let name = key.get_ref().as_ref();
    let mut probes = Vec::new();
    let has_settings = table.values().any(|value| value.get_ref().as_table().is_none());
    if has_settings && nearest(name, [CHECK]).is_some() {
        file.mistakes.add(&key.span(), format!("unknown table {}; did you mean [{CHECK}]?", quoted(name)));
        return None;
    }
    if table.is_empty() {
        file.mistakes.add(&key.span(), format!("{name} has no probes; write [{name}.probe]"));
    }
    for (key, value) in entries(table) {
        let Some(table) = value.get_ref().as_table() else {
            let message = format!("a probe is a table with a name of two parts: [{name}.{}]", "probe");
            file.mistakes.add(&key.span(), message);
            continue;
        };
        check_name(file, &key.span(), key.get_ref());
        probes.extend(probe::read(file, defaults, name, key, table));
    }
    let line = probes.iter().map(|probe| probe.line).min()?;
    Some(Dimension { name: name.to_owned(), line, probes })
}

/// Names stand in reports and on command lines.
fn check_name(file: &mut FileReader<'_>, span: &std::ops::Range<usize>, name: &str) {
    let is_first = name.starts_with(|one: char| one.is_ascii_lowercase() || one.is_ascii_digit());
    let is_plain = name.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-');
    if !is_first || !is_plain || name.len() > MAX_NAME {
        file.mistakes.add(span, format!("a name has small letters, digits and -, at most {MAX_NAME}"));
    }
}

/// What a text means for a test, in a directory without anything.
#[cfg(test)]
pub(crate) fn parsed(text: &str) -> CheckFile {
    let given = BTreeMap::new();
    let surroundings = FileSurroundings { built_in: &|_| None, given: &given, environment: &vec![("", "")] };
    let parsed = CheckFile::parse(Path::new("/p/gvmr-check.toml"), text.as_bytes(), &surroundings);
    parsed.unwrap_or_else(|error| panic!("{text}\n{error}"))
}
