//! `gvmr ls-remote`: the versions that the sources list.

use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::host::Assessment;
use crate::install::{self, Released, SupportState};
use crate::provision;
use crate::request;
use crate::sources::KnownFrom;
use crate::store::Toolchain;
use crate::terminal::{Cell, Row, Tone};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Line<'a> {
    version: &'a str,
    installed: bool,
    prerelease: bool,
    /// Whether the official build runs on this host.
    runs: bool,
    /// Where it is known from; empty where it is only installed.
    known_from: Vec<KnownFrom>,
    /// Whether Go still fixes it.
    support: Option<SupportState>,
    /// Whether its minor version has no newer release.
    newest: bool,
    /// The day of its release, where its own files say that.
    date: Option<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::LsRemoteArgs, context: &Context) -> Result<(), Error> {
    let filter = arguments.filter.as_deref().map(request::parse).transpose()?;
    let present: BTreeMap<Version, Toolchain> =
        context.toolchains()?.into_iter().map(|toolchain| (toolchain.version.clone(), toolchain)).collect();
    let access = install::open_to_read(context)?;
    let installer = access.installer()?;
    let Released { versions: mut released, known_from, notes, failure } =
        install::released(&installer, filter.as_ref())?;
    let proved = install::newest_proved(&installer, &released, present.values());
    released.extend(present.keys().cloned());
    released.sort();
    released.dedup();
    let assess = |version: &Version| installer.host.assess(version);
    let cannot = released.iter().map(assess).filter(Assessment::cannot_run);
    let cannot: BTreeMap<Version, Assessment> =
        cannot.map(|assessment| (assessment.version.clone(), assessment)).collect();
    let newest = filter.as_ref().and_then(|filter| filter.newest(&released));
    let leads = install::newest_of_minors(&released);
    let wanted = |version: &&Version| {
        let asked = match &filter {
            None => arguments.prereleases || !version.is_prerelease(),
            Some(Selector::Latest | Selector::OldStable) => newest == Some(*version),
            Some(filter) => filter.newest([*version]).is_some(),
        };
        asked && (arguments.prereleases || !version.is_prerelease() || newest == Some(*version))
    };
    let mut lines: Vec<_> = released
        .iter()
        .filter(wanted)
        .map(|version| Line {
            version: version.as_str(),
            installed: present.contains_key(version),
            prerelease: version.is_prerelease(),
            runs: !cannot.contains_key(version),
            known_from: known_from.get(version).into_iter().flatten().copied().collect(),
            support: proved.as_ref().and_then(|newest| SupportState::known(version, newest)),
            newest: leads.get(&version.language()) == Some(&version),
            date: present.get(version).and_then(Toolchain::release_date),
        })
        .collect();
    // Of what no list could be read for, nothing is known.
    if let Some(failure) = failure.filter(|_| lines.is_empty()) {
        return Err(Error::from(failure).about(arguments.filter.as_deref().unwrap_or("releases")));
    }
    for note in notes {
        context.terminal.note(note);
    }
    if arguments.json {
        return context.terminal.json(&lines).map_err(Error::stdout);
    }
    let count = lines.len();
    if filter.is_none() && !arguments.all && !arguments.prereleases {
        lines.retain(|line| line.newest);
    }
    if lines.is_empty() {
        context.terminal.note("no listed version matches");
    }
    let rows: Vec<_> = lines.iter().map(row).collect();
    context.terminal.table(&rows).map_err(Error::stdout)?;
    if let Some(assessment) = cannot.values().next_back() {
        for reason in assessment.decisive() {
            context.terminal.note(format_args!("up to {}: {}", assessment.version, reason.text));
        }
    }
    if lines.len() < count {
        context.terminal.note(format_args!(
            "these are the newest of each minor version; run `gvmr ls-remote --all` for all {count} releases"
        ));
    }
    context
        .terminal
        .note("sources may have more than they list; run `gvmr install VERSION` to try an exact version");
    Ok(())
}

/// `gvmr latest`: the newest release alone.
pub(super) fn latest(context: &Context) -> Result<(), Error> {
    let version = provision::choose(&Selector::Latest, context)?;
    context.terminal.data(version).map_err(Error::stdout)
}

fn row(line: &Line<'_>) -> Row {
    let (mark, tone) = match (line.installed, line.runs) {
        (true, _) => ("installed", Tone::Good),
        (false, true) => ("", Tone::Plain),
        (false, false) => ("cannot run here", Tone::Dim),
    };
    let support = line.support.map(SupportState::words).unwrap_or_default();
    let support_tone = if line.support == Some(SupportState::Supported) { Tone::Plain } else { Tone::Dim };
    let date = line.date.as_deref().unwrap_or_default();
    let piped = format!("{}\t{mark}\t{support}\t{date}", line.version);
    let cells = [
        line.version.into(),
        Cell::new(support, support_tone),
        Cell::new(date, Tone::Dim),
        Cell::new(mark, tone),
        Cell::new(from(&line.known_from), Tone::Dim),
    ];
    Row::new(cells, piped.trim_end())
}

/// `index, built-in table`
fn from(known_from: &[KnownFrom]) -> String {
    known_from.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
