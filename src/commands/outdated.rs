//! `gvmr outdated`: the installed minor versions that have a newer patch release.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::install::{self, SupportState};
use crate::provision::{self, PatchStatus, Patches};
use crate::terminal::{Cell, Row, Tone};
use gvmr_core::home::shared_home;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Answer {
    /// The newest release of all.
    latest: String,
    outdated: Vec<Line>,
    /// What is installed and no longer supported, with or without a newer patch.
    end_of_life: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    installed: String,
    newest: String,
    support: SupportState,
    /// What asks for the installed one: the default or a pin.
    asked_for_by: Option<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::OutdatedArgs, context: &Context) -> Result<(), Error> {
    let toolchains = context.toolchains()?;
    let installed = context.installed_versions()?;
    let mut patches = provision::patches(&installed, context)?;
    let asked_for = context.asked_for(&toolchains).unwrap_or_else(|error| {
        context.terminal.warn(Error::from(error).message);
        BTreeMap::default()
    });
    let failure = (!patches.failures.is_empty()).then(|| patches.failures.remove(0));
    let outdated = patches.known.iter().filter(|status| status.is_outdated()).map(|status| Line {
        installed: status.installed.to_string(),
        newest: status.newest.to_string(),
        support: patches.support(&status.installed),
        asked_for_by: asked_for.get(&status.installed).cloned(),
    });
    let ended = patches.known.iter().filter(|status| is_over(status, &patches));
    let answer = Answer {
        latest: patches.latest.to_string(),
        outdated: outdated.collect(),
        end_of_life: ended.map(|status| status.installed.to_string()).collect(),
    };
    if arguments.json {
        context.terminal.json(&answer).map_err(Error::stdout)?;
    } else {
        let rows: Vec<_> = answer.outdated.iter().map(row).collect();
        context.terminal.table(&rows).map_err(Error::stdout)?;
        report(&answer, &patches, context);
    }
    for failure in &patches.failures {
        context.terminal.error(&failure.message, failure.hint.as_deref());
    }
    let found = arguments.exit_code && !answer.outdated.is_empty();
    let found =
        found.then(|| Error::said(ErrorKind::Finding, "newer patch releases are out").hint(upgrade(context)));
    match failure.or(found) {
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn is_over(status: &PatchStatus, patches: &Patches) -> bool {
    patches.support(&status.installed) == SupportState::EndOfLife
}

fn upgrade(context: &Context) -> String {
    format!("run `{} upgrade`", shared_home::program(&context.settings.home))
}

fn report(answer: &Answer, patches: &Patches, context: &Context) {
    let terminal = &context.terminal;
    match answer.outdated.as_slice() {
        [] if patches.known.is_empty() => terminal.note(provision::NOTHING_INSTALLED),
        [] => terminal.note(provision::UP_TO_DATE),
        _ => terminal.note(format_args!("{} to install these patch releases", upgrade(context))),
    }
    if let (false, Some(oldest)) = (answer.end_of_life.is_empty(), install::oldest_supported(&patches.proved))
    {
        let ended = answer.end_of_life.join(", ");
        terminal.note(format_args!(
            "end of life, without security fixes: {ended}; Go supports {oldest} and later"
        ));
    }
}

fn row(line: &Line) -> Row {
    let Line { installed, newest, support, asked_for_by } = line;
    let by = asked_for_by.as_deref().unwrap_or_default();
    let piped = format!("{installed}\t{newest}\t{}\t{by}", support.words());
    let tone = if *support == SupportState::Supported { Tone::Plain } else { Tone::Dim };
    let cells = [
        installed.as_str().into(),
        Cell::new(format!("-> {newest}"), Tone::Good),
        Cell::new(support.words(), tone),
        Cell::wrapped(by, Tone::Dim),
    ];
    Row::new(cells, piped.trim_end())
}
