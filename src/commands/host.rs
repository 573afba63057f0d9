//! `gvmr host`: what this host is, and which releases of Go run here.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::host::{Assessment, Fact, Host, HostReason, HostVerdict};
use crate::request;
use crate::terminal::{Cell, Row, Tone};
use crate::verify::{known_since, known_versions};
use gvmr_core::gover::version::Version;
use serde::Serialize;

#[derive(Serialize)]
struct Answer {
    platform: String,
    musl: bool,
    facts: Vec<Fact>,
    verdicts: Vec<Assessment>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::HostArgs, context: &Context) -> Result<(), Error> {
    let host = Host::look(context.settings.home.root());
    let mut known = known_versions(host.platform().arch());
    known.retain(|version| !version.is_prerelease());
    known.extend(context.installed_versions()?);
    report(arguments, &host, known, context)
}

/// Tells the facts, and the verdicts on the versions that were named or, without any, on the `known` ones.
fn report(
    arguments: &cli::HostArgs,
    host: &Host,
    mut known: Vec<Version>,
    context: &Context,
) -> Result<(), Error> {
    known.sort();
    known.dedup();
    let versions = match arguments.versions.as_slice() {
        [] => known.clone(),
        texts => texts.iter().map(|text| named(text, &known)).collect::<Result<_, _>>()?,
    };
    for version in versions.iter().filter(|version| !known.contains(version)) {
        let since = known_since();
        context
            .terminal
            .note(format_args!("go{version} is not a known release (built-in table ends at {since})"));
    }
    let verdicts: Vec<_> = versions.iter().map(|version| host.assess(version)).collect();
    let refused = verdicts.iter().find(|verdict| verdict.cannot_run()).cloned();
    let answer =
        Answer { platform: host.platform().to_string(), musl: host.is_musl(), facts: host.facts(), verdicts };
    if arguments.json {
        context.terminal.json(&answer).map_err(Error::stdout)?;
    } else {
        let rows = rows(&answer, !arguments.versions.is_empty());
        context.terminal.table(&rows).map_err(Error::stdout)?;
    }
    match refused.filter(|_| !arguments.versions.is_empty()) {
        None => Ok(()),
        Some(refused) => {
            let error = refusal(&refused, host.nearest(&refused.version, &known));
            Err(error.after(arguments.json))
        }
    }
}

/// The version that a word names: itself, or the newest known one of a prefix, a range or `latest`.
fn named(text: &str, known: &[Version]) -> Result<Version, Error> {
    let request = request::parse(text)?;
    if let Some(version) = request.newest(known) {
        return Ok(version.clone());
    }
    request
        .written_version()
        .cloned()
        .ok_or_else(|| Error::said(ErrorKind::UnknownVersion, format!("no known release matches {request}")))
}

fn refusal(refused: &Assessment, nearest: Option<&Version>) -> Error {
    let why = refused.reasons.first().map_or("", |reason| &reason.text);
    let error = Error::said(ErrorKind::Host, format!("Go {} cannot run here: {why}", refused.version));
    match nearest {
        Some(version) => error.hint(format!("run `gvmr install {version}`, the nearest that runs here")),
        None => error,
    }
}

fn rows(answer: &Answer, named: bool) -> Vec<Row> {
    let width = answer.facts.iter().map(|fact| fact.name.len()).max().unwrap_or(0);
    let fact = |fact: &Fact| {
        let source = format!("({})", fact.source);
        let piped = format!("{:width$}  {}  {source}", fact.name, fact.value);
        let words = format!("{}  {source}", fact.value);
        Row::new([fact.name.into(), Cell::sentence(words)], piped)
    };
    let mut rows: Vec<_> = answer.facts.iter().map(fact).collect();
    rows.push(Row::line("", Tone::Plain));
    // Versions that were named one by one are no ranges.
    let alike = |one: &Assessment, next: &Assessment| !named && one.reasons == next.reasons;
    for group in answer.verdicts.chunk_by(alike) {
        let [first, ..] = group else { continue };
        let versions = match group {
            [.., last] if group.len() > 1 => format!("{} to {}", first.version, last.version),
            _ => first.version.to_string(),
        };
        let (word, tone) = word(first.verdict);
        rows.push(Row::line(format!("Go {versions}: {word}"), tone));
        rows.extend(first.reasons.iter().map(|reason| Row::line(line(reason), Tone::Plain)));
    }
    rows
}

fn word(verdict: HostVerdict) -> (&'static str, Tone) {
    match verdict {
        HostVerdict::Runs => ("runs", Tone::Good),
        HostVerdict::RunsWithWarning => ("runs, with a warning", Tone::Warning),
        HostVerdict::CannotRun => ("cannot run", Tone::Bad),
    }
}

fn line(reason: &HostReason) -> String {
    let helps = if reason.build_helps { " (a build from source here would run)" } else { "" };
    format!("  {}: {}{helps}", reason.id, reason.text)
}
