//! `gvmr install`: several versions at once; without one, the version that this directory needs.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::explain;
use crate::install::{InstallOptions, InstallOutcome};
use crate::provision::{self, Method, Target};
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::home::system_go::SystemGo;
use gvmr_core::select::resolution::{Origin, Rule, Selection, Source};
use gvmr_core::sys::printable;
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    version: String,
    goroot: String,
    installed_now: bool,
    receipt: Option<crate::store::Receipt>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::InstallArgs, context: &Context) -> Result<(), Error> {
    let refused = context.may_change().err();
    let wishes = InstallOptions { force: arguments.force, allow_unlogged: arguments.allow_unlogged };
    let method = Method { from_source: arguments.from_source, wishes };
    let targets = if arguments.versions.is_empty() {
        vec![Target::Request(asked_for_here(context)?)]
    } else {
        arguments.versions.iter().map(|text| Target::parse(text, method)).collect::<Result<_, _>>()?
    };
    let outcomes = match refused {
        Some(error) => provision::present(&targets, method, context).ok_or(error)?,
        None => provision::install_all(&targets, method, context),
    };
    let is_changed = outcomes.iter().any(|outcome| matches!(outcome, Ok(InstallOutcome::Installed(_))));
    let is_first = provision::suggest_default(&targets, &outcomes, context);
    let is_first = if is_changed { is_first? } else { is_first.unwrap_or_default() };
    // Last, since it would slow the installs down.
    if let Err(error) = context.store().and_then(|store| store.sweep())
        && is_changed
    {
        context.terminal.warn(format_args!("cannot remove the remains of interrupted installs: {error}"));
    }
    let first_succeeded = outcomes.iter().any(Result::is_ok);
    let mut results = Vec::new();
    let mut errors = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(outcome) => results.push(serde_json::json!(line(&outcome, context, arguments.json)?)),
            Err(error) => {
                results.push(error.as_json());
                errors.push(error);
            }
        }
    }
    if arguments.json {
        context.terminal.json(&results).map_err(Error::stdout)?;
    }
    if first_succeeded && !arguments.json && !(is_first && context.note_first_steps()) {
        context.note_other_go(false);
    }
    // `main` prints the last one.
    let last = errors.pop();
    for error in errors {
        context.terminal.error(&error.message, error.hint.as_deref());
    }
    match last {
        None => Ok(()),
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
    }
}

/// The version that this directory needs.
fn asked_for_here(context: &Context) -> Result<Selector, Error> {
    context.note_ignored_project_files();
    let answer = context.resolve().map_err(Error::from).map_err(|error| match error.kind {
        // Not a missing program here, but a missing argument.
        ErrorKind::NotFound => Error { kind: ErrorKind::Usage, ..error },
        _ => error,
    })?;
    let wanted = match &answer.choice {
        Selection::Missing { wanted } => Some(wanted.clone()),
        _ => answer.unmet,
    };
    if let Some(selector) = wanted {
        context.remember_project(answer.reason.file.as_deref())?;
        context.terminal.note(format_args!("{selector}, because {}", answer.reason));
        if let Some(note) = explain::newer_patch(&selector, &answer.reason) {
            context.terminal.note(note);
        }
        return Ok(selector);
    }
    match answer.choice {
        Selection::Missing { .. } => Err(Error::said(ErrorKind::Usage, "nothing selects a Go version here")),
        Selection::Installed { version, .. } => {
            context.remember_project(
                answer.reason.file.as_deref().filter(|_| answer.reason.source != Source::Default),
            )?;
            let newest = newest(&answer.reason, version.clone(), context);
            context.terminal.note(if newest == version {
                format!("{version}, because {}", answer.reason)
            } else {
                format!("{newest}, the newest that {} allows; {version} is installed", answer.reason.place())
            });
            Ok(Selector::exact(&newest))
        }
        Selection::System(SystemGo { program: path, .. }) => Err(Error::said(
            ErrorKind::Usage,
            format!("nothing selects a Go version here, and gvmr does not manage {}", printable::path(&path)),
        )
        .hint("name a version, such as in `gvmr install latest`")),
    }
}

/// The newest release that a pin such as `latest` or `1.24` means; where no source can say, the one that is installed.
fn newest(reason: &Origin, installed: Version, context: &Context) -> Version {
    let moves = matches!(reason.rule, Rule::Prefix | Rule::Newest);
    let Some(selector) = moves.then(|| Selector::parse(&reason.written).ok()).flatten() else {
        return installed;
    };
    provision::choose(&selector, context).unwrap_or_else(|error| {
        context
            .terminal
            .warn(format_args!("cannot check for a newer release of {selector}: {}", error.message));
        installed
    })
}

fn line(outcome: &InstallOutcome, context: &Context, json: bool) -> Result<Line, Error> {
    let toolchain = outcome.toolchain();
    let installed_now = matches!(outcome, InstallOutcome::Installed(_));
    let name = toolchain.version.toolchain_name();
    if !installed_now {
        context.terminal.note(format_args!("{name} is already installed"));
    }
    if !json {
        context
            .terminal
            .data(format_args!("{name}\t{}", printable::path(&toolchain.goroot)))
            .map_err(Error::stdout)?;
    }
    Ok(Line {
        version: toolchain.version.to_string(),
        goroot: toolchain.goroot.display().to_string(),
        installed_now,
        receipt: toolchain.receipt.clone(),
    })
}
