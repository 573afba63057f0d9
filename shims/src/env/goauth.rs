//! Credentials for the next go: gvmr as its GOAUTH, and the proxies whose credentials only the program can give.
//!
//! Takes the user's directories, the changes so far and the environment; adds changes. Never reads a secret.

use crate::env::compiled_rules::RECORD_LIMIT;
use crate::env::credentials::{self, CredentialKind};
use crate::env::rules::{Change, KeepList};
use crate::env::variable::{self, Variable};
use crate::gover::goenv;
use crate::gover::version::Version;
use crate::home::paths::Home;
use crate::home::user_dirs::UserDirs;
use crate::sys::bounded;
use crate::sys::environment::Environment;
use crate::sys::process;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// Names gvmr as the go command's source of credentials where any are kept. Whether the next go needs some that only the
/// program can give it: those of a proxy, and all of them before Go 1.24.
pub(super) fn give_credentials(
    own: &UserDirs,
    changes: &mut Vec<Change>,
    environment: &dyn Environment,
    home: &Home,
    version: Option<&Version>,
) -> bool {
    let trusted_owners = [process::effective_user()];
    let Ok(Some(text)) = bounded::read_owned(&own.credentials(), RECORD_LIMIT, &trusted_owners) else {
        return false;
    };
    let entries = credentials::entries(&text);
    let asks_by_itself =
        version.and_then(Version::numbers).is_none_or(|(major, minor, _)| (major, minor) >= (1, 24));
    let mut needs = false;
    if entries.iter().any(|entry| entry.kind == CredentialKind::Https) {
        if !asks_by_itself {
            needs = true;
        } else if !changes.iter().any(|change| change.name == "GOAUTH")
            && goenv::setting(environment, "GOAUTH").is_none()
            && !KeepList::of(environment).names(OsStr::new("GOAUTH"))
        {
            let mut value = OsString::from("netrc;");
            value.push(provider(home));
            changes.push(Change { name: "GOAUTH", twin: None, value: Some(value) });
        }
    }
    needs
        || proxies(changes, environment).iter().any(|proxy| {
            entries.iter().any(|entry| entry.kind == CredentialKind::Proxy && entry.machine == proxy.machine)
        })
}

/// A proxy that the next go will use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyInUse {
    /// The variable that names it.
    pub variable: &'static Variable,
    /// What is written there.
    pub value: String,
    /// Its `host:port`.
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

/// The command that gives the go command credentials, quoted as GOAUTH wants it.
fn provider(home: &Home) -> OsString {
    let program = home.shims().join("gvmr");
    let bytes = program.as_os_str().as_bytes();
    let mut command = OsString::new();
    if bytes.iter().any(|byte| matches!(byte, b';' | b'\'' | b'"')) {
        command.push("gvmr"); // no quotes help there; the shim directory is on PATH as a rule
    } else if bytes.iter().any(u8::is_ascii_whitespace) {
        command.push(OsStr::new("'"));
        command.push(program.as_os_str());
        command.push(OsStr::new("'"));
    } else {
        command.push(program.as_os_str());
    }
    command.push(" auth");
    command
}
