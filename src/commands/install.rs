//! `gvmr install`: several versions at once; with none named, what this directory asks for.

use super::progress::Shown;
use super::session::Session;
use super::target::{self, Target, Way};
use crate::cli;
use crate::error::{Error, Kind};
use crate::install::{self, Installer, Outcome};
use crate::process::in_order;
use crate::request::Request;
use crate::sources::Source;
use crate::store::Programs;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;
use gvmr_core::home::system_go::Outside;
use gvmr_core::select::resolution::{self, Choice};
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
pub(super) fn run(arguments: &cli::Install, session: &Session) -> Result<(), Error> {
    session.may_change()?;
    let way = Way::of(arguments);
    let targets = if arguments.versions.is_empty() {
        vec![Target::Request(asked_for_here(session)?)]
    } else {
        arguments.versions.iter().map(|text| Target::parse(text, way, session)).collect::<Result<_, _>>()?
    };
    let outcomes = install_all(&targets, way, session);
    // Of several the one that was named first, whichever arrived first.
    if let Some(Ok(first)) = outcomes.iter().find(|outcome| outcome.is_ok()) {
        session.suggest_default(first.toolchain())?;
    }
    // Now that everything new is in place; before, it would only have slowed that down.
    if let Err(error) = session.store()?.sweep() {
        session.terminal.warn(format_args!("cannot remove what interrupted installs left: {error}"));
    }
    let mut results = Vec::new();
    let mut errors = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(outcome) => results.push(serde_json::json!(line(&outcome, session, arguments.json)?)),
            Err(error) => {
                results.push(error.as_json());
                errors.push(error);
            }
        }
    }
    if arguments.json {
        session.terminal.json(&results).map_err(Session::stdout)?;
    }
    // The last one is said by whoever ends the process.
    let last = errors.pop();
    for error in errors {
        session.terminal.say(error);
    }
    match last {
        None => Ok(()),
        Some(error) if arguments.json => Err(error.after_data()),
        Some(error) => Err(error),
    }
}

/// Installs one version with its progress shown; used by `use` and by the shim's question too.
pub(super) fn install_one(request: &Request, session: &Session) -> Result<Outcome, Error> {
    let target = Target::Request(request.clone());
    let outcome =
        session.with_installer(|installer| install_target(&target, Way::default(), installer, session))?;
    session.suggest_default(outcome.toolchain())?;
    Ok(outcome)
}

/// Installs several versions with their progress shown; where one cannot be, the others still are.
pub(super) fn install_several(requests: &[Request], session: &Session) -> Result<(), Error> {
    let targets: Vec<_> = requests.iter().cloned().map(Target::Request).collect();
    let outcomes = install_all(&targets, Way::default(), session);
    let (installed, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    if let Some(Ok(first)) = installed.first() {
        session.suggest_default(first.toolchain())?;
    }
    failed.into_iter().find_map(Result::err).map_or(Ok(()), Err)
}

/// What the directory asks for.
fn asked_for_here(session: &Session) -> Result<Request, Error> {
    let answer = session.resolve().map_err(|error| match error.kind {
        // Here nobody looks for a program: what is missing is an argument.
        Kind::NotFound => Error { kind: Kind::Usage, ..error },
        _ => error,
    })?;
    match answer.choice {
        Choice::Missing { wanted: selector } => {
            session.remember_project(answer.reason.file.as_deref())?;
            session.terminal.note(format_args!("{selector}, because {}", answer.reason));
            Ok(Request::Selector(selector))
        }
        Choice::Installed { version, .. } => {
            session.remember_project(
                answer.reason.file.as_deref().filter(|_| answer.reason.source != resolution::Source::Default),
            )?;
            session.terminal.note(format_args!("{version}, because {}", answer.reason));
            Ok(Request::Selector(Selector::exact(&version)))
        }
        Choice::Outside(Outside { program: path, .. }) => Err(Error::said(
            Kind::Usage,
            format!("nothing here asks for a Go version, and {} is outside gvmr", path.display()),
        )
        .hint("name one: gvmr install latest")),
    }
}

fn install_all(requests: &[Target], way: Way, session: &Session) -> Vec<Result<Outcome, Error>> {
    let outcomes = session.with_installer(|installer| {
        Ok(in_order(requests, AT_ONCE, |request| install_target(request, way, installer, session)))
    });
    outcomes.unwrap_or_else(|error| vec![Err(error)])
}

/// Installs one target, once it is known that it can be made reachable.
fn install_target(
    target: &Target,
    way: Way,
    installer: &Installer<'_>,
    session: &Session,
) -> Result<Outcome, Error> {
    let shown = Shown::begin(&target.to_string(), session);
    let programs = Programs::beside_this_one()?;
    let version = match target {
        Target::Request(request) => install::choose(request, installer, &shown).map_err(Error::from),
        Target::File(name, path) => target::fits(name, path, installer).map(|()| name.version.clone()),
    };
    let result = version.and_then(|version| {
        shown.bar.set_prefix(version.toolchain_name());
        // What is committed is made reachable too, whoever interrupts in between.
        session.tidily(|| {
            let outcome = match target {
                _ if way.from_source => installer.build(&version, &Process, &shown),
                Target::Request(_) => installer.install(&version, way.wishes, &shown),
                Target::File(name, path) => {
                    let source = [Source::Directory(installer.sources.file(name, path))];
                    installer.install_from(&source, &version, way.wishes, &shown)
                }
            }?;
            installer.store.publish(&programs)?;
            Ok(outcome)
        })
    });
    shown.bar.finish_and_clear();
    result
}

fn line(outcome: &Outcome, session: &Session, json: bool) -> Result<Line, Error> {
    let toolchain = outcome.toolchain();
    let installed_now = matches!(outcome, Outcome::Installed(_));
    let name = toolchain.version.toolchain_name();
    if installed_now {
        if let Some(receipt) = &toolchain.receipt {
            session.terminal.note(format_args!("{name}: {}", receipt.summary()));
        }
    } else {
        session.terminal.note(format_args!("{name} is installed already"));
    }
    if !json {
        session
            .terminal
            .data(format_args!("{name}\t{}", toolchain.goroot.display()))
            .map_err(Session::stdout)?;
    }
    Ok(Line {
        version: toolchain.version.to_string(),
        goroot: toolchain.goroot.display().to_string(),
        installed_now,
        receipt: toolchain.receipt.clone(),
    })
}

/// The exact version a request means, for commands that write it down.
pub(super) fn choose(request: &Request, session: &Session) -> Result<Version, Error> {
    session.with_installer(|installer| {
        let shown = Shown::begin(&request.to_string(), session);
        let version = install::choose(request, installer, &shown).map_err(Error::from);
        shown.bar.finish_and_clear();
        version
    })
}
