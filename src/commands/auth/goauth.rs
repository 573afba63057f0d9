//! `gvmr auth` as the go command calls it (GOAUTH): credentials on stdout, and a word to the user where a server refuses
//! them.
//!
//! The go command shows what such a program says with -x only, so that the word goes to the go command's own stderr, once
//! for each machine and go command.

use super::{kept, own};
use crate::context::Context;
use crate::credentials::{self, CredentialEntry, Credentials, CredentialsError, Keyring, Refused};
use crate::error::{Error, ErrorKind as Failure};
use crate::net::{Netrc, Url};
use crate::process::Stat;
use crate::store;
use gvmr_core::env::credentials::CredentialKind;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, getppid, pidfd_getfd, pidfd_open};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The most of a server's response that is read.
const LIMIT: u64 = 64 * 1024;
/// `O_APPEND` as /proc writes it.
const APPEND: u32 = 0o2000;

/// Answers the go command. `url` is what a server refused.
pub(super) fn run(url: Option<&str>, context: &Context) -> Result<(), Error> {
    if std::io::stdout().is_terminal() {
        return Err(Error::said(
            Failure::Usage,
            "gvmr auth alone gives kept credentials to the go command (GOAUTH), and shows them to nobody",
        )
        .hint("gvmr auth set MACHINE --user NAME, gvmr auth list, or gvmr auth remove MACHINE"));
    }
    let credentials = kept(context)?;
    let response = answer(url, &credentials, context).map_err(|error| {
        tell(&format!("no kept credentials: {error}"), "file", context);
        error
    })?;
    context.terminal.bytes(response.as_bytes()).map_err(Error::stdout)
}

fn answer(
    url: Option<&str>,
    credentials: &Credentials,
    context: &Context,
) -> Result<String, CredentialsError> {
    let wanted = |kept: &CredentialEntry| {
        kept.kind == CredentialKind::Https && url.is_none_or(|url| credentials::is_for(url, kept))
    };
    let logins = credentials.logins(wanted, Keyring::of(&Process).as_ref())?;
    for (kept, trouble) in &logins.lacking {
        let line = format!(
            "{trouble}: go runs without the login {} for {}",
            printable::word(&kept.login),
            kept.machine
        );
        tell(&line, &kept.machine, context);
    }
    if let Some(url) = url
        && let Some(refused) = refused()
        && let Some(kept) = credentials::given_for(url, logins.found.iter().map(|login| &login.kept))
    {
        tell(&refusal(kept, refused, url, credentials), &kept.machine, context);
    }
    Ok(credentials::response(&logins.found, url))
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

fn refusal(kept: &CredentialEntry, Refused(status): Refused, url: &str, credentials: &Credentials) -> String {
    let place = kept.place_in_words(credentials);
    let CredentialEntry { machine, login, .. } = kept;
    let login = printable::word(login);
    // The netrc goes first, and may be what was refused.
    let netrc =
        Url::parse(url).is_ok_and(|url| Netrc::from_environment(&Process).credentials(&url).is_some());
    let netrc = if netrc { "; your netrc has a login for it too, which goes first" } else { "" };
    format!(
        "{machine} refused the login {login} (HTTP {status}), kept in {place}{netrc}\n  next: {}",
        kept.next_step()
    )
}

/// Says a line to whoever runs the go command, once for each `about`.
fn tell(line: &str, about: &str, context: &Context) {
    let parent = getppid();
    if !parent.is_none_or(|parent| is_news(parent, about, context)) {
        return;
    }
    let stderr = parent.and_then(stderr_of);
    let said = stderr
        .is_some_and(|stderr| File::from(stderr).write_all(format!("gvmr: {line}\n").as_bytes()).is_ok());
    if !said {
        context.terminal.say(format_args!("gvmr: {line}"));
    }
}

/// Whether this go command's user was not told yet. Where that cannot be written down, twice is better than never.
fn is_news(parent: Pid, about: &str, context: &Context) -> bool {
    let Ok(own) = own(context) else { return true };
    let digest = Sha256::digest(format!("{} {} {about}", parent.as_raw_nonzero(), start(parent)));
    let name = digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    store::leave_first_mark(&own, &format!("{}{name:016x}", store::AUTH_MARK)).unwrap_or(true)
}

/// When a process started, so that its number alone does not tell it from a later one.
fn start(process: Pid) -> String {
    Stat::of(process).and_then(|stat| stat.start_time().map(str::to_owned)).unwrap_or_default()
}

/// The stderr of a process of this user's: the very same file description, or one more to the same file where that writes
/// at its end.
fn stderr_of(process: Pid) -> Option<OwnedFd> {
    let directory = format!("/proc/{}", process.as_raw_nonzero());
    let owner = fs::metadata(&directory).ok()?.uid();
    if owner != rustix::process::geteuid().as_raw() {
        return None;
    }
    let same = pidfd_open(process, PidfdFlags::empty())
        .and_then(|process| pidfd_getfd(process, 2, PidfdGetfdFlags::empty()));
    same.ok().or_else(|| {
        let path = Path::new(&directory).join("fd/2");
        // A file that its owner does not append to would be written over.
        let is_safe = !fs::metadata(&path).ok()?.is_file() || flags(&directory)? & APPEND != 0;
        let how = OFlags::WRONLY | OFlags::APPEND | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        is_safe.then(|| open(&path, how, Mode::empty()).ok())?
    })
}

fn flags(process: &str) -> Option<u32> {
    let info = fs::read_to_string(format!("{process}/fdinfo/2")).ok()?;
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
    u32::from_str_radix(flags.trim(), 8).ok()
}
