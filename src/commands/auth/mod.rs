//! `gvmr auth`.

use crate::cli::{self, AuthCommand};
use crate::context::Context;
use crate::credentials::{self, CredentialEntry, Credentials, Keyring, Refused, Secret, SecretStore};
use crate::error::{Error, ErrorKind as Failure};
use crate::terminal::{Cell, Row, Tone, secret};
use gvmr_core::env::credentials::CredentialKind;
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use serde::Serialize;
use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

/// The most of a server's response that is read.
const LIMIT: u64 = 64 * 1024;

/// Runs the command.
pub(super) fn run(arguments: &cli::AuthArgs, context: &Context) -> Result<(), Error> {
    match &arguments.command {
        None => answer(arguments.url.as_deref(), context),
        Some(AuthCommand::Set(arguments)) => set(arguments, context),
        Some(AuthCommand::List(arguments)) => list(arguments, context),
        Some(AuthCommand::Remove(arguments)) => remove(arguments, context),
    }
}

/// The home whose shims named this program to the go command, by the path that it was called by.
pub(super) fn home_of_caller(arguments: &cli::AuthArgs) -> Option<PathBuf> {
    let called = PathBuf::from(std::env::args_os().next()?);
    let home = Home::of_shim(&called).filter(|_| arguments.command.is_none() && called.is_absolute());
    home.map(|home| home.root().to_owned())
}

/// Answers the go command (GOAUTH). `url` is what a server refused.
fn answer(url: Option<&str>, context: &Context) -> Result<(), Error> {
    if std::io::stdout().is_terminal() {
        return Err(Error::said(
            Failure::Usage,
            "gvmr auth without a subcommand answers the go command (GOAUTH) and never prints to a terminal",
        )
        .hint("run `gvmr auth set MACHINE --user NAME`, `gvmr auth list` or `gvmr auth remove MACHINE`"));
    }
    if let Some(word) = url.filter(|url| !url.contains("://")) {
        return Err(Error::said(Failure::Usage, format!("no command `auth {}`", printable::typed(word)))
            .hint(
                "run `gvmr auth list`, `gvmr auth set MACHINE --user NAME` or `gvmr auth remove MACHINE`",
            ));
    }
    let own = own(context)?;
    let tell = |line: &str, subject: &str| {
        if !credentials::tell(line, subject, &own) {
            context.terminal.say(format_args!("gvmr: {line}"));
        }
    };
    let answer = credentials::answer(url, refused, &Credentials::of(&own), &Process)
        .inspect_err(|error| tell(&format!("cannot read stored credentials: {error}"), "file"))?;
    for (machine, line) in &answer.remarks {
        tell(line, machine);
    }
    context.terminal.bytes(answer.response.as_bytes()).map_err(Error::stdout)
}

/// What the server said, as the go command writes it to stdin.
fn refused() -> Option<Refused> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return None;
    }
    let mut response = Vec::new();
    stdin.lock().take(LIMIT).read_to_end(&mut response).ok()?;
    Refused::parse(&String::from_utf8_lossy(&response))
}

fn set(arguments: &cli::AuthSetArgs, context: &Context) -> Result<(), Error> {
    let (kind, machine) = machine(&arguments.machine, arguments.proxy)?;
    credentials::check_login(&arguments.user).map_err(|error| {
        Error::new(Failure::Usage, &error).hint("run `gvmr auth set MACHINE --user NAME`")
    })?;
    let credentials = stored(context)?;
    let secret = read_secret(&format!("secret of {} for {machine}: ", arguments.user), context)?;
    let keyring = Keyring::of(&Process);
    let place = if arguments.file { SecretStore::File } else { SecretStore::Keyring };
    let wanted = CredentialEntry { kind, machine: machine.clone(), login: arguments.user.clone(), place };
    let (entry, error) =
        context.waiting(|wait| credentials.keep(&wanted, &secret, keyring.as_ref(), wait))?;
    let place = entry.place_in_words(&credentials);
    let why = match (entry.place, error) {
        (SecretStore::File, Some(error)) => format!(", which only you can read ({error})"),
        (SecretStore::File, None) if !arguments.file => {
            ", which only you can read (no keyring is running)".to_owned()
        }
        _ => String::new(),
    };
    context.terminal.note(format_args!("stored the login {} for {machine} in {place}{why}", entry.login));
    if kind == CredentialKind::Https {
        note_old_go(&entry, &secret, context)?;
    }
    Ok(())
}

/// Asks on the terminal, or reads all that stdin has.
fn read_secret(prompt: &str, context: &Context) -> Result<Secret, Error> {
    let hint = "pass it on stdin: `gvmr auth set MACHINE --user NAME < FILE`";
    let read = if secret::can_be_typed() {
        context.with_cleanup(|| secret::typed(prompt, &|| context.interrupted()))
    } else {
        secret::piped().map(Some)
    };
    let read = read.map_err(|error| {
        Error::said(Failure::Usage, format!("cannot read the secret: {error}")).hint(hint)
    })?;
    let bytes = read.ok_or_else(|| Error::said(Failure::Interrupted, "interrupted"))?;
    Secret::parse(&bytes).map_err(|error| {
        Error::new(Failure::Usage, &error)
            .hint("type it, or pass it on stdin: `gvmr auth set MACHINE --user NAME < FILE`")
    })
}

/// What an installed go before 1.24 cannot be told.
fn note_old_go(entry: &CredentialEntry, secret: &Secret, context: &Context) -> Result<(), Error> {
    let is_old = context.toolchains()?.iter().any(|toolchain| toolchain.version.is_before(24));
    if is_old && !credentials::fits_netrc(&entry.login, secret) {
        context
            .terminal
            .note("Go before 1.24 does not support credentials with spaces and runs without them");
    } else if is_old && entry.machine.contains('/') {
        context.terminal.note(
            "Go before 1.24 knows whole hosts only: it sends these for all of the host, or not at all where \
             another path of it has credentials",
        );
    }
    Ok(())
}

/// One line of `gvmr auth list --json`.
#[derive(Serialize)]
struct Line {
    kind: &'static str,
    machine: String,
    login: String,
    place: &'static str,
}

fn list(arguments: &cli::AuthListArgs, context: &Context) -> Result<(), Error> {
    let lines: Vec<Line> = stored(context)?.list()?.into_iter().map(Line::of).collect();
    if arguments.json {
        return context.terminal.json(&lines).map_err(Error::stdout);
    }
    let width = lines.iter().map(|line| line.machine.chars().count()).max().unwrap_or(0);
    let row = |Line { kind, machine, login, place }: &Line| {
        let login = printable::word(login);
        let piped = format!("{kind:5}  {machine:width$}  {login}  {place}");
        let place = Cell::new(*place, Tone::Dim);
        Row::new([(*kind).into(), machine.as_str().into(), login.into(), place], piped)
    };
    let rows: Vec<_> = lines.iter().map(row).collect();
    context.terminal.table(&rows).map_err(Error::stdout)?;
    if lines.is_empty() {
        context.terminal.note("no credentials are stored; run `gvmr auth set MACHINE --user NAME`");
    }
    Ok(())
}

fn remove(arguments: &cli::AuthRemoveArgs, context: &Context) -> Result<(), Error> {
    let (kind, machine) = machine(&arguments.machine, arguments.proxy)?;
    let keyring = Keyring::of(&Process);
    let credentials = stored(context)?;
    let removed = context.waiting(|wait| credentials.remove(kind, &machine, keyring.as_ref(), wait))?;
    let Some((old, error)) = removed else {
        let what = if arguments.proxy { "the proxy " } else { "" };
        return Err(Error::said(Failure::Usage, format!("no credentials are stored for {what}{machine}"))
            .hint("run `gvmr auth list`"));
    };
    context.terminal.note(format_args!("removed the login {} for {machine}", printable::word(&old.login)));
    if let Some(error) = error {
        context.terminal.warn(format_args!(
            "{error}; the secret \"gvmr: {} at {machine}\" is still there, remove it with the keyring's program",
            printable::word(&old.login)
        ));
    }
    Ok(())
}

fn machine(text: &str, proxy: bool) -> Result<(CredentialKind, String), Error> {
    let kind = if proxy { CredentialKind::Proxy } else { CredentialKind::Https };
    let machine = credentials::machine(kind, text).map_err(|error| {
        let example = if proxy { "--proxy proxy.corp.example:3128" } else { "git.corp.example/team" };
        Error::new(Failure::Usage, &error).hint(format!("run `gvmr auth set {example} --user NAME`"))
    })?;
    Ok((kind, machine))
}

fn own(context: &Context) -> Result<UserDirs, Error> {
    UserDirs::of(&context.settings.home, &Process).ok_or_else(|| {
        Error::said(
            Failure::Usage,
            "cannot find your config directory: neither XDG_CONFIG_HOME nor HOME is set",
        )
        .hint("set HOME to your home directory")
    })
}

fn stored(context: &Context) -> Result<Credentials, Error> {
    Ok(Credentials::of(&own(context)?))
}

impl Line {
    fn of(entry: CredentialEntry) -> Self {
        Self {
            kind: entry.kind.word(),
            machine: entry.machine,
            login: entry.login,
            place: entry.place.word(),
        }
    }
}
