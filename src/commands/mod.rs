//! One file per command: arguments → calls to rooms → lines. No logic lives here.

mod auth;
mod completions;
mod current;
mod each;
mod env;
mod exec;
mod host;
mod import;
mod install;
mod list;
mod ls_remote;
mod pin;
mod prune;
mod sessions;
mod setup;
mod trust;
mod uninstall;
mod verify;
mod which;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::handover;
use crate::terminal::Terminal;

/// Runs the command that was parsed.
pub fn run(cli: Cli) -> Result<(), Error> {
    let terminal = Terminal::with_color(cli.quiet, cli.color);
    if let Command::Completions(arguments) = &cli.command {
        return completions::run(arguments, &terminal);
    }
    // In a session of a user whose settings are in disorder too.
    match &cli.command {
        Command::SessionSeen => return sessions::seen(&terminal),
        Command::SessionStart(arguments) => return sessions::start(arguments),
        Command::ShimPrepare(arguments) => return handover::prepare(arguments, &terminal),
        Command::SessionWatch(arguments) => {
            sessions::watch(arguments);
            return Ok(());
        }
        _ => {}
    }
    let home = match &cli.command {
        Command::ShimMissing(arguments) => Some(arguments.home.clone()),
        Command::Auth(arguments) => auth::home_of_caller(arguments),
        _ => None,
    };
    let context = Context::open(terminal, home.as_deref())?;
    let result = dispatch(cli.command, &context);
    result.map_err(|error| {
        if context.interrupted() {
            Error { kind: ErrorKind::Interrupted, message: "interrupted".to_owned(), ..error }
        } else {
            error
        }
    })
}

fn dispatch(command: Command, context: &Context) -> Result<(), Error> {
    match command {
        Command::Install(arguments) => install::run(&arguments, context),
        Command::Uninstall(arguments) => uninstall::run(&arguments, context),
        Command::Use(arguments) => pin::run(arguments.version.as_deref(), arguments.global, context),
        Command::Global(arguments) => pin::run(arguments.version.as_deref(), true, context),
        Command::List(arguments) => list::run(&arguments, context),
        Command::LsRemote(arguments) => ls_remote::run(&arguments, context),
        Command::Latest => ls_remote::latest(context),
        Command::Current(arguments) => current::run(&arguments, context),
        Command::Which(arguments) => which::run(&arguments, context),
        Command::Where(arguments) => which::run_where(&arguments, context),
        Command::Exec(arguments) => exec::run(&arguments, context),
        Command::Each(arguments) => each::run(&arguments, context),
        Command::Trust(arguments) => trust::run(&arguments, context),
        Command::Auth(arguments) => auth::run(&arguments, context),
        Command::Host(arguments) => host::run(&arguments, context),
        Command::Verify(arguments) => verify::run(&arguments, context),
        Command::Prune(arguments) => prune::run(&arguments, context),
        Command::Setup(arguments) => setup::run(&arguments, context),
        Command::Env(arguments) => env::run(&arguments, context),
        Command::Import(arguments) => import::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments, &context.terminal),
        Command::SessionSeen => sessions::seen(&context.terminal),
        Command::SessionStart(arguments) => sessions::start(&arguments),
        Command::SessionWatch(arguments) => {
            sessions::watch(&arguments);
            Ok(())
        }
        Command::ShimMissing(arguments) => handover::missing(&arguments, context),
        Command::ShimPrepare(arguments) => handover::prepare(&arguments, &context.terminal),
    }
}

impl Cli {
    /// Whether the command was asked for JSON, so that its error is JSON too.
    pub fn wants_json(&self) -> bool {
        match &self.command {
            Command::Install(arguments) => arguments.json,
            Command::Uninstall(arguments) => arguments.json,
            Command::List(arguments) => arguments.json,
            Command::LsRemote(arguments) => arguments.json,
            Command::Current(arguments) => arguments.json,
            Command::Which(arguments) => arguments.json,
            Command::Where(arguments) => arguments.json,
            Command::Host(arguments) => arguments.json,
            Command::Verify(arguments) => arguments.json,
            Command::Prune(arguments) => arguments.json,
            Command::Setup(arguments) => arguments.json,
            Command::Env(arguments) => arguments.json,
            Command::Import(arguments) => arguments.json,
            Command::Each(arguments) => arguments.json,
            Command::Trust(arguments) => arguments.json,
            Command::Auth(arguments) => match &arguments.command {
                Some(crate::cli::AuthCommand::List(arguments)) => arguments.json,
                _ => false,
            },
            Command::Use(_)
            | Command::Global(_)
            | Command::Latest
            | Command::Completions(_)
            | Command::Exec(_)
            | Command::SessionSeen
            | Command::SessionStart(_)
            | Command::SessionWatch(_)
            | Command::ShimPrepare(_)
            | Command::ShimMissing(_) => false,
        }
    }
}
