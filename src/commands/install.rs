//! `gvmr install`: several versions at once; with none named, what this directory asks for.

use super::progress::Shown;
use super::target::{self, Method, Target};
use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::install::{self, InstallOutcome, Installer};
use crate::process::in_order;
use crate::request::Request;
use crate::sources::Source;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::home::system_go::SystemGo;
use gvmr_core::select::resolution::{self, Selection};
use gvmr_core::sys::environment::Process;
use serde::Serialize;

/// Installs that run at the same time. Each keeps two processors and about 20 MiB busy.
const AT_ONCE: usize = 2;

#[derive(Serialize)]
struct Line {
    version: String,
    goroot: String,
    installed_now: bool,
    receipt: Option<crate::store::Receipt>,
}

/// Runs the command.
pub(super) fn run(arguments: &cli::InstallArgs, context: &Context) -> Result<(), Error> {
    context.may_change()?;
    let way = Method::of(arguments);
    let targets = if arguments.versions.is_empty() {
        vec![Target::Request(asked_for_here(context)?)]
    } else {
        arguments.versions.iter().map(|text| Target::parse(text, way)).collect::<Result<_, _>>()?
    };
    let outcomes = install_all(&targets, way, context);
    // Of several the one that was named first, whichever arrived first.
    if let Some(Ok(first)) = outcomes.iter().find(|outcome| outcome.is_ok()) {
        context.suggest_default(first.toolchain())?;
    }
    // Now that everything new is in place; before, it would only have slowed that down.
    if let Err(error) = context.store()?.sweep() {
        context.terminal.warn(format_args!("cannot remove what interrupted installs left: {error}"));
    }
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
    // The last one is said by whoever ends the process.
    let last = errors.pop();
    for error in errors {
        context.terminal.say(error);
    }
    match last {
        None => Ok(()),
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
    }
}

/// Installs one version with its progress shown; used by `use` and by the shim's question too.
pub(super) fn install_one(request: &Request, context: &Context) -> Result<InstallOutcome, Error> {
    let target = Target::Request(request.clone());
    let access = install::open(context)?;
    let outcome = install_target(&target, Method::default(), &access.installer()?, context)?;
    context.suggest_default(outcome.toolchain())?;
    Ok(outcome)
}

/// Installs several versions with their progress shown; where one cannot be, the others still are.
pub(super) fn install_several(requests: &[Request], context: &Context) -> Result<(), Error> {
    let targets: Vec<_> = requests.iter().cloned().map(Target::Request).collect();
    let outcomes = install_all(&targets, Method::default(), context);
    let (installed, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    if let Some(Ok(first)) = installed.first() {
        context.suggest_default(first.toolchain())?;
    }
    failed.into_iter().find_map(Result::err).map_or(Ok(()), Err)
}

/// What the directory asks for.
fn asked_for_here(context: &Context) -> Result<Request, Error> {
    let answer = context.resolve().map_err(Error::from).map_err(|error| match error.kind {
        // Here nobody looks for a program: what is missing is an argument.
        ErrorKind::NotFound => Error { kind: ErrorKind::Usage, ..error },
        _ => error,
    })?;
    match answer.choice {
        Selection::Missing { wanted: selector } => {
            context.remember_project(answer.reason.file.as_deref())?;
            context.terminal.note(format_args!("{selector}, because {}", answer.reason));
            Ok(Request::Selector(selector))
        }
        Selection::Installed { version, .. } => {
            context.remember_project(
                answer.reason.file.as_deref().filter(|_| answer.reason.source != resolution::Source::Default),
            )?;
            context.terminal.note(format_args!("{version}, because {}", answer.reason));
            Ok(Request::Selector(Selector::exact(&version)))
        }
        Selection::System(SystemGo { program: path, .. }) => Err(Error::said(
            ErrorKind::Usage,
            format!("nothing here asks for a Go version, and {} is outside gvmr", path.display()),
        )
        .hint("name one: gvmr install latest")),
    }
}

fn install_all(requests: &[Target], way: Method, context: &Context) -> Vec<Result<InstallOutcome, Error>> {
    let install = || {
        let access = install::open(context)?;
        let installer = access.installer()?;
        Ok(in_order(requests, AT_ONCE, |request| install_target(request, way, &installer, context)))
    };
    install().unwrap_or_else(|error: Error| vec![Err(error)])
}

/// Installs one target with its progress shown.
fn install_target(
    target: &Target,
    way: Method,
    installer: &Installer<'_>,
    context: &Context,
) -> Result<InstallOutcome, Error> {
    let shown = Shown::begin(&target.to_string(), context);
    let version = match target {
        Target::Request(request) => install::choose(request, installer, &shown).map_err(Error::from),
        Target::File(name, path) => target::fits(name, path, installer).map(|()| name.version.clone()),
    };
    let result = version.and_then(|version| {
        shown.bar.set_prefix(version.toolchain_name());
        let outcome = context.with_cleanup(|| match target {
            _ if way.from_source => installer.build(&version, &Process, &shown),
            Target::Request(_) => installer.install(&version, way.wishes, &shown),
            Target::File(name, path) => {
                let source = [Source::Directory(installer.sources.file(name, path))];
                installer.install_from(&source, &version, way.wishes, &shown)
            }
        });
        outcome.map_err(Error::from)
    });
    shown.bar.finish_and_clear();
    result
}

fn line(outcome: &InstallOutcome, context: &Context, json: bool) -> Result<Line, Error> {
    let toolchain = outcome.toolchain();
    let installed_now = matches!(outcome, InstallOutcome::Installed(_));
    let name = toolchain.version.toolchain_name();
    if installed_now {
        if let Some(receipt) = &toolchain.receipt {
            context.terminal.note(format_args!("{name}: {}", receipt.summary()));
        }
    } else {
        context.terminal.note(format_args!("{name} is installed already"));
    }
    if !json {
        context
            .terminal
            .data(format_args!("{name}\t{}", toolchain.goroot.display()))
            .map_err(Error::stdout)?;
    }
    Ok(Line {
        version: toolchain.version.to_string(),
        goroot: toolchain.goroot.display().to_string(),
        installed_now,
        receipt: toolchain.receipt.clone(),
    })
}

/// The exact version a request means, for commands that write it down.
pub(super) fn choose(request: &Request, context: &Context) -> Result<Version, Error> {
    let access = install::open(context)?;
    let shown = Shown::begin(&request.to_string(), context);
    let version = install::choose(request, &access.installer()?, &shown).map_err(Error::from);
    shown.bar.finish_and_clear();
    version
}
