//! One `[dimension.probe]`: its kind, its options, and the conditions on its figures.

use super::figure_values;
use super::go_project::is_question;
use super::go_target::GoQuestion;
use super::model::{FigureCondition, ProbeDefinition, ProbeTarget, ResourceScope};
use super::order::ProbeNeeds;
use super::reader::{FileReader, TableReader};
use super::secret_text::SecretText;
use super::synonyms::ours;
use crate::check::condition::{Comparison, Condition, FigureLimit, Operator};
use crate::check::definition::definition;
use crate::check::quantity::{Measure, Quantity};
use crate::toml_file::{entries, nearest, quoted};
use std::path::Path;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeString, DeTable};

const SECOND: Duration = Duration::from_secs(1);
/// How long an attempt may take that asks something of this machine or of a server.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a program may run.
const PROGRAM_TIMEOUT: Duration = Duration::from_secs(300);
/// Over how long the use of processors is measured.
const CPU_PERIOD: Duration = Duration::from_secs(5);

/// What the whole file says that a probe needs.
pub(super) struct ProbeDefaults<'a> {
    /// The directory of the file; relative paths are below it.
    pub(super) directory: &'a Path,
    /// The server of `prometheus` probes.
    pub(super) prometheus: Option<&'a SecretText>,
    /// Whether these are the probes that gvmr brings along, not those of a person's file.
    pub(super) is_built_in: bool,
}

/// A probe's table while it is read.
pub(super) struct ProbeReader<'r, 't, 'v, 'i> {
    pub(super) table: TableReader<'r, 't, 'v, 'i>,
    pub(super) figures: Vec<FigureCondition>,
    pub(super) defaults: &'r ProbeDefaults<'r>,
}

type TargetReader = fn(&mut ProbeReader<'_, '_, '_, '_>) -> Option<ProbeTarget>;

/// The kinds by their keys.
const KINDS: [(&str, TargetReader); 11] = [
    ("http", |reader| reader.http()),
    ("tcp", |reader| reader.tcp()),
    ("tls", |reader| reader.tls()),
    ("command", |reader| reader.command()),
    ("file", |reader| reader.file()),
    ("disk", |reader| reader.disk()),
    ("memory", |reader| reader.memory()),
    ("cpu", |reader| reader.cpu()),
    ("prometheus", |reader| reader.prometheus()),
    ("secrets", |reader| reader.secrets()),
    ("go", |reader| reader.go()),
];

/// The probe that a table is.
pub(super) fn read(
    file: &mut FileReader<'_>,
    defaults: &ProbeDefaults<'_>,
    dimension: &str,
    name: &Spanned<DeString<'_>>,
    table: &DeTable<'_>,
) -> Option<ProbeDefinition> {
    let id = format!("{dimension}.{}", name.get_ref());
    file.needs.push(ProbeNeeds { id: id.clone(), needs: Vec::new(), span: name.span() });
    let kinds: Vec<_> = KINDS.iter().filter(|(key, _)| table.contains_key(*key)).collect();
    let names = KINDS.map(|(key, _)| key).join(", ");
    let read_target = match kinds.as_slice() {
        [(_, read_target)] => *read_target,
        [] => {
            let advice = kind_advice(&id, table).unwrap_or_else(|| format!("add one key of {names}"));
            file.mistakes.add(&name.span(), format!("{id} has no kind; {advice}"));
            return None;
        }
        [(first, _), (second, _), ..] => {
            let message = format!("{id} has two kinds, {first} and {second}; make two probes of it");
            file.mistakes.add(&name.span(), message);
            return None;
        }
    };
    let line = file.mistakes.line(name.span().start);
    let table = TableReader::of(file, table, &id);
    let mut reader = ProbeReader { table, figures: Vec::new(), defaults };
    let target = read_target(&mut reader);
    if let Some(target) = &target {
        reader.check_values(target);
    }
    let options = reader.options(target.as_ref());
    let ProbeReader { table, mut figures, .. } = reader;
    let definition = definition(&table.finish());
    let target = target?;
    let defaults = default_figures(&target, &figures, line);
    figures.extend(defaults);
    figures.sort_by_key(|figure| figure.line);
    Some(ProbeDefinition {
        id,
        name: name.get_ref().to_string(),
        line,
        target,
        figures,
        timeout: options.timeout,
        every: options.every,
        within: options.within,
        hold_for: options.hold_for,
        needs: options.needs,
        advisory: options.advisory,
        why: options.why,
        definition,
    })
}

/// Which kind a probe without one was probably meant to have.
fn kind_advice(id: &str, table: &DeTable<'_>) -> Option<String> {
    if is_question(id) {
        return Some(format!("add go = \"{id}\""));
    }
    let kinds = KINDS.map(|(key, _)| key);
    let meant = |key: &str| ours(key, &kinds).or_else(|| nearest(key, kinds));
    entries(table).into_iter().find_map(|(key, _)| {
        let key = key.get_ref().as_ref();
        meant(key).map(|kind| format!("did you mean {kind} by {}?", quoted(key)))
    })
}

/// The options of every probe.
struct ProbeOptions {
    timeout: Duration,
    every: Duration,
    within: Option<Duration>,
    hold_for: Option<Duration>,
    needs: Vec<String>,
    advisory: bool,
    why: Option<String>,
}

impl ProbeReader<'_, '_, '_, '_> {
    fn check_values(&mut self, target: &ProbeTarget) {
        for asked in &self.figures {
            if let Some(fault) = figure_values::fault(target, &asked.figure, asked.measure, &asked.condition)
            {
                let span = self.table.span(&asked.figure);
                self.table.mistake(&span, format!("{}: {fault}", asked.figure));
            }
        }
    }

    fn options(&mut self, target: Option<&ProbeTarget>) -> ProbeOptions {
        let runs_programs = matches!(target, Some(ProbeTarget::Command(_) | ProbeTarget::Go(_)));
        let default = if runs_programs { PROGRAM_TIMEOUT } else { TIMEOUT };
        let timeout = self.table.duration("timeout").unwrap_or(default);
        // How long an answer is waited for decides what a figure can be, and a break is found only while it is looked for.
        let (every, hold_for) = (self.table.duration("every"), self.table.duration("for"));
        let within = self.table.duration("within");
        let every_or = every.unwrap_or(SECOND);
        if every.is_some() && within.is_none() && hold_for.is_none() {
            let span = self.table.span("every");
            self.table.mistake(&span, "every needs for or within, which ask more than once");
        }
        if let Some(hold_for) = hold_for {
            self.table.measures("for", &format!("{hold_for:?} every {every_or:?}"));
            if every_or > hold_for {
                let span = self.table.span(if every.is_some() { "every" } else { "for" });
                self.table.mistake(&span, "every is longer than for; it would be asked but once");
            }
            if within.is_some_and(|within| hold_for >= within) {
                let span = self.table.span("for");
                self.table.mistake(&span, "for must be shorter than within, the time in which it has to fit");
            }
        }
        let why = self.table.limit("why").and_then(|value| self.table.text_of(value));
        let advisory = self.table.limit("advisory").and_then(|value| self.table.flag_of(value));
        // A release that was fine yesterday blocks no rollout today, unless the file says so.
        let is_advice =
            matches!(target, Some(ProbeTarget::Go(target)) if target.question == GoQuestion::Supported);
        ProbeOptions {
            timeout,
            every: every_or,
            within,
            hold_for,
            needs: self.needs(),
            advisory: advisory.unwrap_or(is_advice),
            why,
        }
    }

    fn needs(&mut self) -> Vec<String> {
        let Some(value) = self.table.limit("needs") else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.table.mistake(&value.span(), "needs is a list: [\"dimension.probe\"]");
            return Vec::new();
        };
        let needs: Vec<_> = list.iter().filter_map(|one| self.table.text_of(one)).collect();
        if let Some(known) = self.table.file.needs.last_mut() {
            known.needs.clone_from(&needs);
            known.span = value.span();
        }
        needs
    }

    fn disk(&mut self) -> Option<ProbeTarget> {
        self.figure("used", Measure::Percent);
        self.figure("free", Measure::Size);
        self.figure("inodes", Measure::Percent);
        self.table.path("disk", self.defaults.directory).map(ProbeTarget::Disk)
    }

    fn memory(&mut self) -> Option<ProbeTarget> {
        self.figure("used", Measure::Percent);
        self.figure("free", Measure::Size);
        self.figure("swap", Measure::Percent);
        self.scope("memory").map(ProbeTarget::Memory)
    }

    fn cpu(&mut self) -> Option<ProbeTarget> {
        self.figure("used", Measure::Percent);
        self.figure("load", Measure::Number);
        self.figure("pressure", Measure::Percent);
        let over = self.table.duration("over").unwrap_or(CPU_PERIOD);
        self.table.measures("over", &format!("{over:?}"));
        self.scope("cpu").map(|scope| ProbeTarget::Cpu(scope, over))
    }

    fn scope(&mut self, key: &'static str) -> Option<ResourceScope> {
        self.table.one_of(key, &[("host", ResourceScope::Host), ("cgroup", ResourceScope::Cgroup)])
    }
}

/// What is asked of a target where its table asks nothing.
fn default_figures(target: &ProbeTarget, figures: &[FigureCondition], line: usize) -> Vec<FigureCondition> {
    let percent = Measure::Percent;
    let none = |figure| (figure, Measure::Number, Operator::Equal, 0.0);
    let defaults = match target {
        ProbeTarget::Http(_) => vec![("ok", percent, Operator::Equal, 100.0)],
        ProbeTarget::Disk(_) => vec![("used", percent, Operator::Less, 80.0)],
        ProbeTarget::Memory(_) | ProbeTarget::Cpu(..) => vec![("used", percent, Operator::Less, 90.0)],
        ProbeTarget::Secrets(_) => vec![none("found")],
        ProbeTarget::Go(target) => match target.question {
            GoQuestion::Build => vec![none("errors")],
            GoQuestion::Vet => vec![none("findings")],
            GoQuestion::Format => vec![none("files")],
            GoQuestion::Tests(_) => {
                vec![none("failed"), ("tests", Measure::Number, Operator::AtLeast, 1.0)]
            }
            GoQuestion::Vulnerabilities(_) => vec![none("called")],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    // Answers of servers and results of tests must be as asked, whatever else is.
    let stays = matches!(target, ProbeTarget::Http(_) | ProbeTarget::Go(_));
    let is_asked = |figure: &str| {
        if stays { figures.iter().any(|asked| asked.figure == figure) } else { !figures.is_empty() }
    };
    let missing = defaults.into_iter().filter(|(figure, ..)| !is_asked(figure));
    let condition = |(figure, measure, operator, value): (&str, Measure, Operator, f64)| {
        let unit = if measure == Measure::Percent { "%" } else { "" };
        let limit = FigureLimit::Fixed(Quantity { value, measure });
        let text = format!("{operator} {value}{unit}");
        let condition = Condition { comparisons: vec![Comparison { operator, limit, text }] };
        FigureCondition { figure: figure.to_owned(), measure, condition, line }
    };
    missing.map(condition).collect()
}
