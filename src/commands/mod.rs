//! One file per command: arguments → calls to rooms → lines. No logic lives here.

mod auth;
mod check;
mod completions;
mod current;
mod doctor;
mod each;
mod env;
mod exec;
mod host;
mod import;
mod install;
mod list;
mod ls_remote;
mod outdated;
mod pin;
mod prune;
mod self_refresh;
mod self_uninstall;
mod self_update;
mod sessions;
mod setup;
mod trust;
mod uninstall;
mod upgrade;
mod verify;
mod which;

use crate::cli::{Cli, Command, CurrentArgs, SelfCommand};
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::handover;
use crate::terminal::Terminal;
use std::path::Path;

/// A command's failure, and whether the command was asked for JSON, so that the failure is JSON too.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// Whether stdout gets it as JSON.
    pub json: bool,
}

/// Runs the command that was parsed.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let terminal = Terminal::with_color(cli.quiet, cli.color).verbose(cli.verbose);
    match cli.command {
        Command::Install(arguments) => {
            run_in(terminal, arguments.json, |context| install::run(&arguments, context))
        }
        Command::Uninstall(arguments) => {
            run_in(terminal, arguments.json, |context| uninstall::run(&arguments, context))
        }
        Command::Use(arguments) => run_in(terminal, false, |context| {
            pin(arguments.version.as_deref(), arguments.global, arguments.force, context)
        }),
        Command::Global(arguments) => run_in(terminal, false, |context| {
            pin(arguments.version.as_deref(), true, arguments.force, context)
        }),
        Command::List(arguments) => {
            run_in(terminal, arguments.json, |context| list::run(&arguments, context))
        }
        Command::LsRemote(arguments) => {
            run_in(terminal, arguments.json, |context| ls_remote::run(&arguments, context))
        }
        Command::Latest => run_in(terminal, false, ls_remote::latest),
        Command::Current(arguments) => {
            run_in(terminal, arguments.json, |context| current::run(&arguments, context))
        }
        Command::Which(arguments) => {
            run_in(terminal, arguments.json, |context| which::run(&arguments, context))
        }
        Command::Where(arguments) => {
            run_in(terminal, arguments.json, |context| which::run_where(&arguments, context))
        }
        Command::Exec(arguments) => run_in(terminal, false, |context| exec::run(&arguments, context)),
        Command::Each(arguments) => {
            run_in(terminal, arguments.json, |context| each::run(&arguments, context))
        }
        Command::Trust(arguments) => {
            run_in(terminal, arguments.json, |context| trust::run(&arguments, context))
        }
        Command::Auth(arguments) => {
            let (home, json) = (auth::home_of_caller(&arguments), arguments.json());
            run_for(home.as_deref(), terminal, json, |context| auth::run(&arguments, context))
        }
        Command::Host(arguments) => {
            run_in(terminal, arguments.json, |context| host::run(&arguments, context))
        }
        Command::Doctor(arguments) => {
            let said = Terminal::with_color(cli.quiet, cli.color).verbose(cli.verbose);
            let ended = doctor::run(&arguments, Context::open_to_look(terminal), &said);
            ended.map_err(|error| Failure { error, json: arguments.json })
        }
        Command::Check(arguments) => {
            run_in(terminal, arguments.json, |context| check::run(&arguments, context))
        }
        Command::Verify(arguments) => {
            run_in(terminal, arguments.json, |context| verify::run(&arguments, context))
        }
        Command::Prune(arguments) => {
            run_in(terminal, arguments.json, |context| prune::run(&arguments, context))
        }
        Command::Outdated(arguments) => {
            run_in(terminal, arguments.json, |context| outdated::run(&arguments, context))
        }
        Command::Upgrade(arguments) => {
            run_in(terminal, arguments.json, |context| upgrade::run(&arguments, context))
        }
        Command::Setup(arguments) => {
            run_in(terminal, arguments.json, |context| setup::run(&arguments, context))
        }
        Command::Env(arguments) => run_in(terminal, arguments.json, |context| env::run(&arguments, context)),
        Command::Import(arguments) => {
            run_in(terminal, arguments.json, |context| import::run(&arguments, context))
        }
        Command::Itself(arguments) => itself(arguments.command, terminal),
        Command::ShimMissing(arguments) => {
            let missing = |context: &Context| handover::missing(&arguments, context);
            run_for(Some(&arguments.home), terminal, false, missing).map_err(of_a_shim)
        }
        // These work where the user's settings are wrong too.
        Command::Completions(arguments) => plain(completions::run(&arguments, &terminal)),
        Command::ShimPrepare(arguments) => plain(handover::prepare(&arguments, &terminal)),
        Command::SessionSeen => plain(sessions::seen(&terminal)),
        Command::SessionStart(arguments) => plain(sessions::start(&arguments)),
        Command::SessionWatch(arguments) => plain(sessions::watch(&arguments)),
    }
}

/// `gvmr self`.
fn itself(command: SelfCommand, terminal: Terminal) -> Result<(), Failure> {
    let json = command.json();
    match command {
        SelfCommand::Update(arguments) => {
            run_in(terminal, json, |context| self_update::run(&arguments, context))
        }
        SelfCommand::Uninstall(arguments) => {
            run_in(terminal, json, |context| self_uninstall::run(&arguments, context))
        }
        SelfCommand::Refresh => plain(self_refresh::run(terminal)),
    }
}

/// Pins a version or, without one, prints what is pinned.
fn pin(version: Option<&str>, global: bool, force: bool, context: &Context) -> Result<(), Error> {
    match version {
        Some(version) => pin::run(version, global, force, context),
        None if global => pin::print_default(context),
        None => current::run(&CurrentArgs { why: true, json: false }, context),
    }
}

/// Runs a command that needs the settings.
fn run_in(
    terminal: Terminal,
    json: bool,
    command: impl FnOnce(&Context) -> Result<(), Error>,
) -> Result<(), Failure> {
    run_for(None, terminal, json, command)
}

/// The same; `home` is the home of the shim that calls, where one does.
fn run_for(
    home: Option<&Path>,
    terminal: Terminal,
    json: bool,
    command: impl FnOnce(&Context) -> Result<(), Error>,
) -> Result<(), Failure> {
    let context = Context::open(terminal, home).map_err(|error| Failure { error: error.into(), json })?;
    if home.is_none() {
        context.refresh_home();
    }
    command(&context).map_err(|error| {
        if context.interrupted() {
            let error = Error { kind: ErrorKind::Interrupted, message: "interrupted".to_owned(), ..error };
            return Failure { error, json };
        }
        Failure { error, json }
    })
}

/// A wrong setting keeps a tool from running as a wrong rule does.
fn of_a_shim(mut failure: Failure) -> Failure {
    if failure.error.kind == ErrorKind::Usage {
        failure.error.kind = ErrorKind::NotFound;
    }
    failure
}

/// The result of a command that never prints JSON.
fn plain(result: Result<(), Error>) -> Result<(), Failure> {
    result.map_err(|error| Failure { error, json: false })
}
