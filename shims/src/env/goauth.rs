//! Credentials for the next go: gvmr as its GOAUTH, and the proxies whose credentials only the program can give.
//!
//! Takes the user's directories, the changes so far and the environment; adds changes. Never reads a secret.

use crate::env::credentials::{self, CredentialKind};
use crate::env::rules::{Change, KeepList};
use crate::env::variable::{self, Variable};
use crate::gover::goenv::SettingsFile;
use crate::gover::version::Version;
use crate::home::paths::Home;
use crate::home::user_dirs::UserDirs;
use crate::sys::environment::Environment;
use crate::sys::private_file::Exposure;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The first version that asks a program for credentials (GOAUTH).
const FIRST_TO_ASK: (u64, u64) = (1, 24);

/// What the next go still lacks.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// Credentials that only the program can give it: those of a proxy, and all of them before Go 1.24.
    pub(super) needs_program: bool,
    /// Those of the user's file, which is not used.
    pub(super) exposure: Option<Exposure>,
}

/// Names gvmr as the go command's source of credentials where any are kept, and keeps the netrc from a go that does not
/// know `GOAUTH=off`. `settings` is the file that `go env -w` writes.
pub(super) fn give_credentials(
    own: &UserDirs,
    changes: &mut Vec<Change>,
    environment: &dyn Environment,
    settings: Option<&SettingsFile>,
    home: &Home,
    version: Option<&Version>,
) -> Lacking {
    // To take a version apart costs more than all else here, which is for nothing as a rule.
    let numbers = || version.and_then(Version::numbers).map(|(major, minor, _)| (major, minor));
    let asks_by_itself = || numbers().is_none_or(|numbers| numbers >= FIRST_TO_ASK);
    let is_off = is_off(changes, environment, settings) && !asks_by_itself();
    // Before 1.13 no variable names a netrc.
    if is_off && numbers() >= Some((1, 13)) && !KeepList::of(environment).names(OsStr::new("NETRC")) {
        changes.push(Change { name: "NETRC", twin: None, value: Some("/dev/null".into()) });
    }
    let text = match credentials::read(own) {
        Ok(Some(text)) => text,
        Ok(None) => return Lacking::default(),
        Err(exposure) => return Lacking { exposure: Some(exposure), ..Lacking::default() },
    };
    let entries = credentials::entries(&text);
    let mut needs_program = false;
    if entries.iter().any(|entry| entry.kind == CredentialKind::Https) {
        if !asks_by_itself() {
            needs_program = !is_off;
        } else if setting(changes, environment, settings).is_none()
            && !KeepList::of(environment).names(OsStr::new("GOAUTH"))
            && let Some(provider) = provider(home)
        {
            let mut value = OsString::from("netrc;");
            value.push(provider);
            changes.push(Change { name: "GOAUTH", twin: None, value: Some(value) });
        }
    }
    needs_program |= proxies(changes, environment).iter().any(|proxy| {
        entries.iter().any(|entry| entry.kind == CredentialKind::Proxy && entry.machine == proxy.machine)
    });
    Lacking { needs_program, exposure: None }
}

/// Whether GOAUTH says that no server is given credentials. A go command before 1.24 does not know it.
pub fn is_off(changes: &[Change], environment: &dyn Environment, settings: Option<&SettingsFile>) -> bool {
    setting(changes, environment, settings).is_some_and(|value| value.as_bytes().trim_ascii() == b"off")
}

/// What GOAUTH is without what gvmr adds; empty counts as unset.
fn setting(
    changes: &[Change],
    environment: &dyn Environment,
    settings: Option<&SettingsFile>,
) -> Option<OsString> {
    match changes.iter().find(|change| change.name == "GOAUTH") {
        Some(change) => change.value.clone().filter(|value| !value.is_empty()),
        None => {
            environment.get("GOAUTH").or_else(|| settings?.written("GOAUTH").map(|written| written.value))
        }
    }
}

/// A proxy that the next go will use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyInUse {
    /// The variable that names it.
    pub variable: &'static Variable,
    /// What is written there.
    pub value: String,
    /// It as credentials name it.
    pub machine: String,
}

/// The proxies that the next go will use and that gvmr may give credentials for: not those that bring their own, nor what
/// the user wants kept.
pub fn proxies(changes: &[Change], environment: &dyn Environment) -> Vec<ProxyInUse> {
    let kept = KeepList::of(environment);
    let variables = [&b"HTTP_PROXY"[..], b"HTTPS_PROXY"].into_iter().filter_map(variable::find);
    let in_use = variables.filter(|variable| !kept.holds(variable)).filter_map(|variable| {
        let value = match changes.iter().find(|change| change.name == variable.name) {
            Some(change) => change.value.clone(),
            None => environment.get(variable.name).or_else(|| environment.get(variable.twin?)),
        };
        let value = value?.into_string().ok()?;
        let machine = credentials::proxy_machine(&value)?;
        Some(ProxyInUse { variable, value, machine })
    });
    in_use.collect()
}

/// The command that gives the go command credentials, quoted as GOAUTH wants it; `None` where no quotes help. A bare name
/// would run whatever `PATH` finds.
fn provider(home: &Home) -> Option<OsString> {
    let program = home.shims().join("gvmr");
    let bytes = program.as_os_str().as_bytes();
    let has = |one: u8| bytes.contains(&one);
    let quote = match (has(b'\''), has(b'"')) {
        _ if has(b';') || bytes.first() != Some(&b'/') => return None, // it separates commands, quoted or not
        (true, true) => return None,
        (true, false) => "\"",
        (false, true) => "'",
        (false, false) if bytes.iter().any(u8::is_ascii_whitespace) => "'",
        (false, false) => "",
    };
    let mut command = OsString::from(quote);
    command.push(program.as_os_str());
    command.push(quote);
    command.push(" auth");
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gvmr_is_named_by_its_absolute_path_or_not_at_all() {
        for (home, command) in [
            ("/home/u/.gvmr", Some("/home/u/.gvmr/shims/gvmr auth")),
            ("/home/a b", Some("'/home/a b/shims/gvmr' auth")),
            ("/home/o'hara", Some("\"/home/o'hara/shims/gvmr\" auth")),
            ("/home/a\"b c", Some("'/home/a\"b c/shims/gvmr' auth")),
            ("/home/a'\"b", None),
            ("/home/a;b", None),
            ("relative", None),
        ] {
            assert_eq!(provider(&Home::at(home)), command.map(OsString::from), "{home}");
        }
    }
}
