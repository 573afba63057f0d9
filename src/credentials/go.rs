//! What a go command needs that cannot ask for credentials by itself: those of a proxy, and all of them before Go 1.24.
//!
//! Takes what the shim settled, gives more changes of the environment. A secret goes into the environment of that process
//! (a proxy's) or into memory that only it can open, either way to be read by what it starts too; never into a file or an
//! argument.

use super::{Credentials, CredentialsError, Keyring, Login, netrc};
use gvmr_core::env::credentials::CredentialKind;
use gvmr_core::env::goauth::{is_off, proxies};
use gvmr_core::env::rules::{Change, KeepList};
use gvmr_core::env::variable::Variable;
use gvmr_core::gover::goenv::SettingsFile;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::bounded::{self, MODULE_LIMIT};
use gvmr_core::sys::environment::Environment;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

/// Go's own children get files under low numbers, in place of what they would inherit there.
const HIGH: i32 = 200;
const INHERITED: &str = "/proc/self/fd/";

/// What a go command is given. It must live until the go command is executed.
#[derive(Debug, Default)]
pub struct ForGo {
    /// What cannot be given: one line each, to be printed.
    pub notices: Vec<String>,
    netrc: Option<OwnedFd>,
}

/// Adds to `changes` what a go of this version needs of the stored credentials and cannot ask for.
pub fn for_go(
    credentials: &Credentials,
    environment: &dyn Environment,
    version: Option<&Version>,
    changes: &mut Vec<Change>,
) -> Result<ForGo, CredentialsError> {
    let minor = version.and_then(Version::numbers).map(|(major, minor, _)| (major, minor));
    // Before 1.13 no variable names a netrc; since 1.24 the go command asks `gvmr auth`.
    let version = version.filter(|_| minor.is_some_and(|minor| ((1, 13)..(1, 24)).contains(&minor)));
    let is_kept = KeepList::of(environment).names(OsStr::new("NETRC"));
    let is_off = is_off(changes, environment, SettingsFile::of_user(environment).as_ref());
    let version = version.filter(|_| !has_ours(environment) && !is_kept && !is_off);
    let proxies = proxies(changes, environment);
    let wanted = |entry: &super::CredentialEntry| match entry.kind {
        CredentialKind::Https => version.is_some(),
        CredentialKind::Proxy => proxies.iter().any(|proxy| proxy.machine == entry.machine),
    };
    let logins = credentials.logins(wanted, Keyring::of(environment).as_ref())?;
    let mut given = ForGo::default();
    given.notices.extend(logins.lacking.iter().map(|(entry, error)| {
        format!("{error}; running go without the credentials of {} for {}", entry.login, entry.machine)
    }));
    let (https, proxy): (Vec<Login>, Vec<Login>) =
        logins.found.into_iter().partition(|login| login.entry.kind == CredentialKind::Https);
    for login in &proxy {
        for at in proxies.iter().filter(|at| at.machine == login.entry.machine) {
            set(changes, at.variable, with_credentials(&at.value, login));
        }
    }
    if let (Some(version), false) = (version, https.is_empty()) {
        match in_memory(&netrc::merged(&own_netrc(environment), &https, version)) {
            Ok(file) => {
                let path = format!("{INHERITED}{}", file.as_raw_fd()).into();
                changes.push(Change { name: "NETRC", twin: None, value: Some(path) });
                given.netrc = Some(file);
            }
            Err(error) => {
                given.notices.push(format!(
                    "running go without stored credentials: cannot create a memory file: {error}"
                ));
            }
        }
    }
    Ok(given)
}

fn set(changes: &mut Vec<Change>, variable: &'static Variable, value: OsString) {
    changes.retain(|change| change.name != variable.name);
    changes.push(Change { name: variable.name, twin: variable.twin, value: Some(value) });
}

/// The proxy's address with login and secret in it, every byte but letters, digits and `-._~` escaped.
fn with_credentials(value: &str, login: &Login) -> OsString {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let (user, secret) = (escaped(&login.entry.login), escaped(login.secret.reveal()));
    format!("{scheme}://{user}:{secret}@{rest}").into()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}"); // a String takes everything
        }
    }
    escaped
}

/// Whether this process was itself started with such a netrc, which a go below gets too.
fn has_ours(environment: &dyn Environment) -> bool {
    let named = environment.get("NETRC").map(PathBuf::from);
    named.is_some_and(|path| path.starts_with(INHERITED) && path.exists())
}

/// The netrc that the go command would read; one that cannot be read counts as none.
fn own_netrc(environment: &dyn Environment) -> Vec<u8> {
    let named = environment.get("NETRC").map(PathBuf::from);
    let usual = || Some(Path::new(&environment.get("HOME")?).join(OsStr::new(".netrc")));
    let path = named.or_else(usual);
    path.and_then(|path| bounded::read(&path, MODULE_LIMIT).ok().flatten()).unwrap_or_default()
}

/// A sealed file in memory that stays open after an exec.
fn in_memory(bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut file = File::from(memfd_create("netrc", flags)?);
    file.write_all(bytes)?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    let file = fcntl_dupfd_cloexec(&file, HIGH).unwrap_or_else(|_| file.into());
    fcntl_setfd(&file, FdFlags::empty())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::super::{CredentialEntry, Secret, SecretStore};
    use super::*;

    #[test]
    fn a_proxys_address_holds_any_login_and_secret() {
        let entry = CredentialEntry {
            kind: CredentialKind::Proxy,
            machine: "proxy:3128".to_owned(),
            login: "jo@e %".to_owned(),
            place: SecretStore::File,
        };
        let login = Login { entry, secret: Secret::parse("a:/?#\u{e9}".as_bytes()).unwrap() };
        let whole = "http://jo%40e%20%25:a%3A%2F%3F%23%C3%A9@proxy:3128";
        assert_eq!(with_credentials("http://proxy:3128", &login), OsStr::new(whole));
        assert_eq!(with_credentials("proxy:3128", &login), OsStr::new(whole));
        assert_eq!(with_credentials("proxy:3128/", &login), OsString::from(format!("{whole}/")));
    }

    #[test]
    fn memory_is_sealed_and_outlives_an_exec() {
        let file = in_memory(b"machine m login l password p\n").unwrap();
        assert!(file.as_raw_fd() >= HIGH);
        assert!(rustix::io::fcntl_getfd(&file).unwrap().is_empty());
        let path = format!("{INHERITED}{}", file.as_raw_fd());
        assert_eq!(std::fs::read(&path).unwrap(), b"machine m login l password p\n");
        assert!(File::options().write(true).open(&path).and_then(|mut file| file.write_all(b"x")).is_err());
    }
}
