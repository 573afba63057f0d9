//! One file per command: arguments → calls to rooms → lines. No logic lives here.

mod auth;
mod complete;
mod completions;
mod current;
mod each;
mod env;
mod exec;
mod host;
mod import;
mod install;
mod installed;
mod list;
mod ls_remote;
mod missing;
mod pin;
mod prepare;
mod progress;
mod prune;
mod readers;
mod session;
mod sessions;
mod setup;
mod shown;
mod target;
mod trust;
mod uninstall;
mod verify;
mod which;

pub use session::Session;

use crate::cli::{Cli, Command};
use crate::error::{Error, Kind};
use crate::terminal::Terminal;

/// Runs the command that was parsed.
pub fn run(cli: Cli) -> Result<(), Error> {
    let terminal = Terminal::new(cli.quiet);
    if let Command::Completions(arguments) = &cli.command {
        return completions::run(arguments, &terminal);
    }
    // In a session of a user whose settings are in disorder too.
    match &cli.command {
        Command::SessionSeen => return sessions::seen(&terminal),
        Command::SessionStart(arguments) => return sessions::start(arguments),
        Command::ShimPrepare(arguments) => return prepare::run(arguments, &terminal),
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
    let session = Session::open(terminal, home.as_deref())?;
    let result = dispatch(cli.command, &session);
    result.map_err(|error| {
        if session.interrupted() {
            Error { kind: Kind::Interrupted, message: "interrupted".to_owned(), ..error }
        } else {
            error
        }
    })
}

fn dispatch(command: Command, session: &Session) -> Result<(), Error> {
    match command {
        Command::Install(arguments) => install::run(&arguments, session),
        Command::Uninstall(arguments) => uninstall::run(&arguments, session),
        Command::Use(arguments) => pin::run(&arguments.version, arguments.global, session),
        Command::Global(arguments) => pin::run(&arguments.version, true, session),
        Command::List(arguments) => list::run(&arguments, session),
        Command::LsRemote(arguments) => ls_remote::run(&arguments, session),
        Command::Current(arguments) => current::run(&arguments, session),
        Command::Which(arguments) => which::run(&arguments, session),
        Command::Where(arguments) => which::run_where(&arguments, session),
        Command::Exec(arguments) => exec::run(&arguments, session),
        Command::Each(arguments) => each::run(&arguments, session),
        Command::Trust(arguments) => trust::run(&arguments, session),
        Command::Auth(arguments) => auth::run(&arguments, session),
        Command::Host(arguments) => host::run(&arguments, session),
        Command::Verify(arguments) => verify::run(&arguments, session),
        Command::Prune(arguments) => prune::run(&arguments, session),
        Command::Setup(arguments) => setup::run(&arguments, session),
        Command::Env(arguments) => env::run(&arguments, session),
        Command::Import(arguments) => import::run(&arguments, session),
        Command::Completions(arguments) => completions::run(&arguments, &session.terminal),
        Command::SessionSeen => sessions::seen(&session.terminal),
        Command::SessionStart(arguments) => sessions::start(&arguments),
        Command::SessionWatch(arguments) => {
            sessions::watch(&arguments);
            Ok(())
        }
        Command::ShimMissing(arguments) => missing::run(&arguments, session),
        Command::ShimPrepare(arguments) => prepare::run(&arguments, &session.terminal),
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
