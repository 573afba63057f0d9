//! `[check]` and what is below it.

use super::http::{headers, web_address};
use super::model::{
    ArchiveOptions, CheckVariable, Notification, NotificationEvent, NotificationFormat, VariableOrigin,
};
use super::reader::{FileReader, TableReader};
use super::secret_text::SecretText;
use super::substitution::{BUILT_IN, is_name};
use crate::toml_file::{entries, quoted, tables, type_of};
use gvmr_core::sys::environment::Environment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const DEADLINE: Duration = Duration::from_secs(15 * 60);
const MAX_JOBS: usize = 64;
const DEFAULT_JOBS: usize = 8;
const MAX_BASELINE_RUNS: usize = 20;
const MAX_KEPT: usize = 10_000;
const DEFAULT_KEPT: usize = 50;
/// The most bytes of a series' name.
const MAX_SERIES: usize = 200;
/// The series of a file that names none.
const DEFAULT_SERIES: &str = "default";
/// The names that stand for the times of a run in a notification's links.
const TIMES: [&str; 2] = ["START_MS", "END_MS"];

/// `[check]`
pub(super) struct CheckSettings {
    pub(super) name: String,
    pub(super) deadline: Duration,
    pub(super) jobs: usize,
    pub(super) series: String,
    pub(super) baseline_runs: usize,
    pub(super) prometheus: Option<SecretText>,
    /// Whether the built-in probes of a Go project come first.
    pub(super) has_go_project: bool,
    pub(super) archive: ArchiveOptions,
    pub(super) notifications: Vec<Notification>,
}

/// The variables that the file declares: `--var` comes before the environment, and that before the file.
pub(super) fn variables(
    file: &mut FileReader<'_>,
    check: Option<&DeTable<'_>>,
    given: &BTreeMap<String, String>,
    environment: &dyn Environment,
) {
    let declared = check.and_then(|check| check.get("vars"));
    let Some(value) = declared else { return };
    let Some(table) = value.get_ref().as_table() else {
        let got = type_of(value.get_ref());
        file.mistakes
            .add(&value.span(), format!("vars is a table of variables with their defaults, not {got}"));
        return;
    };
    let mut variables = Vec::new();
    for (key, value) in entries(table) {
        let name = key.get_ref().to_string();
        if !is_name(&name) || BUILT_IN.contains(&name.as_str()) {
            let message = format!(
                "{} cannot be declared; names are letters, digits and _, and not {}",
                quoted(&name),
                BUILT_IN.join(", ")
            );
            file.mistakes.add(&key.span(), message);
            continue;
        }
        let Some(written) = value.get_ref().as_str() else {
            let got = type_of(value.get_ref());
            file.mistakes
                .add(&value.span(), format!("a variable's default is a string in quotes, not {got}"));
            continue;
        };
        // The default must be right where another value is used, too.
        let default = file.words.text(written);
        let Some(default) = file.mistakes.check(&value.span(), default) else { continue };
        let (value, origin) = match (given.get(&name), environment.text(&name)) {
            (Some(value), _) => (value.clone(), VariableOrigin::Flag),
            (None, Some(value)) => (value, VariableOrigin::Environment),
            (None, None) => (default, VariableOrigin::Default(file.mistakes.line(key.span().start))),
        };
        variables.push(CheckVariable { name, value, origin });
    }
    file.words.variables = variables;
}

/// The settings, once the variables are known.
pub(super) fn read(
    file: &mut FileReader<'_>,
    check: Option<&DeTable<'_>>,
    directory: &Path,
) -> CheckSettings {
    let title = directory.file_name().map(|name| name.to_string_lossy().into_owned());
    let empty = DeTable::new();
    let mut table = TableReader::of(file, check.unwrap_or(&empty), "check");
    table.limit("vars");
    let settings = CheckSettings {
        name: table.filled_text("name").or(title).unwrap_or_default(),
        deadline: table.duration("deadline").unwrap_or(DEADLINE),
        jobs: table.whole("jobs", 1..=MAX_JOBS).unwrap_or(DEFAULT_JOBS),
        series: series(&mut table),
        baseline_runs: table.whole("baseline-runs", 1..=MAX_BASELINE_RUNS).unwrap_or(1),
        prometheus: prometheus(&mut table),
        has_go_project: table.flag("go").unwrap_or(false),
        archive: ArchiveOptions { keep: DEFAULT_KEPT, directory: None },
        notifications: Vec::new(),
    };
    let archive = table.limit("archive");
    let notify = table.limit("notify");
    table.finish();
    let archive = archive.map(|value| archive_options(file, value, directory));
    CheckSettings {
        archive: archive.unwrap_or(settings.archive),
        notifications: notify.map(|value| notifications(file, value)).unwrap_or_default(),
        ..settings
    }
}

fn prometheus(table: &mut TableReader<'_, '_, '_, '_>) -> Option<SecretText> {
    let (text, span) = table.secret_text("prometheus")?;
    let address = web_address(&text);
    table.file.mistakes.check(&span, address.map(|()| text))
}

fn series(table: &mut TableReader<'_, '_, '_, '_>) -> String {
    let span = table.span("key");
    let key = table.text("key").unwrap_or_else(|| DEFAULT_SERIES.to_owned());
    let checked = series_key(&key);
    table.file.mistakes.check(&span, checked).unwrap_or(key)
}

/// The name of a series of runs, wherever it is given. Without one, all series would be one.
pub fn series_key(key: &str) -> Result<String, String> {
    match key {
        _ if key.trim().is_empty() => Err("key is empty; it is the name of a series of runs".to_owned()),
        _ if key.len() > MAX_SERIES => Err(format!("key is a name of at most {MAX_SERIES} bytes")),
        _ if key.chars().any(char::is_control) => Err("key contains a control character".to_owned()),
        _ => Ok(key.to_owned()),
    }
}

fn archive_options(
    file: &mut FileReader<'_>,
    value: &Spanned<DeValue<'_>>,
    directory: &Path,
) -> ArchiveOptions {
    let Some(table) = value.get_ref().as_table() else {
        file.mistakes.add(&value.span(), "archive is a table: { keep = 50 }");
        return ArchiveOptions { keep: DEFAULT_KEPT, directory: None };
    };
    let mut table = TableReader::of(file, table, "check.archive");
    let keep = table.whole("keep", 1..=MAX_KEPT).unwrap_or(DEFAULT_KEPT);
    let directory: Option<PathBuf> = table.path("directory", directory);
    table.finish();
    ArchiveOptions { keep, directory }
}

fn notifications(file: &mut FileReader<'_>, value: &Spanned<DeValue<'_>>) -> Vec<Notification> {
    let found = tables(value, "check.notify", &mut file.mistakes);
    found.into_iter().filter_map(|(offset, table)| notification(file, offset, table)).collect()
}

fn notification(file: &mut FileReader<'_>, offset: usize, table: &DeTable<'_>) -> Option<Notification> {
    let line = file.mistakes.line(offset);
    let mut table = TableReader::of(file, table, "check.notify");
    let url = table.secret_text("url").and_then(|(text, span)| {
        let address = web_address(&text);
        table.file.mistakes.check(&span, address.map(|()| text))
    });
    if !table.has("url") {
        table.mistake(&(offset..offset), "a notification needs a url");
    }
    let formats = [("json", NotificationFormat::Json), ("slack", NotificationFormat::Slack)];
    let events = [
        ("failure", NotificationEvent::Failure),
        ("change", NotificationEvent::Change),
        ("always", NotificationEvent::Always),
    ];
    let format = table.one_of("format", &formats).unwrap_or(NotificationFormat::Json);
    let on = table.one_of("on", &events).unwrap_or(NotificationEvent::Failure);
    let headers = match table.limit("headers").map(|value| (value, value.get_ref().as_table())) {
        Some((_, Some(values))) => headers(&mut table, values),
        Some((value, None)) => {
            table.mistake(&value.span(), "headers is a table: { Accept = \"text/plain\" }");
            Vec::new()
        }
        None => Vec::new(),
    };
    let links = links(&mut table);
    table.finish();
    Some(Notification { url: url?, format, on, headers, links, line })
}

fn links(table: &mut TableReader<'_, '_, '_, '_>) -> Vec<(String, String)> {
    let Some(value) = table.limit("links") else { return Vec::new() };
    let Some(found) = value.get_ref().as_table() else {
        table.mistake(&value.span(), "links is a table of names and addresses");
        return Vec::new();
    };
    let mut links = Vec::new();
    for (key, value) in entries(found) {
        let text = match value.get_ref().as_str() {
            Some(written) => table.file.words.text_but(written, &TIMES),
            None => Err(format!("a link is a string in quotes, not {}", type_of(value.get_ref()))),
        };
        if let Some(text) = table.file.mistakes.check(&value.span(), text) {
            links.push((key.get_ref().to_string(), text));
        }
    }
    links
}
