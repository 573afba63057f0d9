//! What a GOAUTH command answers: which entries count for a URL, and how they are written.
//!
//! Takes the user's credentials and what the go command says, gives text. Never writes.

use super::{CredentialEntry, Credentials, CredentialsError, Keyring, Login};
use crate::net::{Netrc, Url};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gvmr_core::env::credentials::CredentialKind;
use gvmr_core::sys::environment::Environment;
use gvmr_core::sys::printable;

/// The answer to one call of the go command.
#[derive(Debug)]
pub struct GoauthAnswer {
    /// What the go command reads on stdout.
    pub response: String,
    /// What the user should know: the machine, and a line about it.
    pub remarks: Vec<(String, String)>,
}

/// Answers the go command. `url` is the one that a server refused, and `refused` reads what the server said.
pub fn answer(
    url: Option<&str>,
    refused: impl FnOnce() -> Option<Refused>,
    credentials: &Credentials,
    environment: &dyn Environment,
) -> Result<GoauthAnswer, CredentialsError> {
    let wanted = |entry: &CredentialEntry| {
        entry.kind == CredentialKind::Https && url.is_none_or(|url| is_for(url, entry))
    };
    let logins = credentials.logins(wanted, Keyring::of(environment).as_ref())?;
    let lacking = logins.lacking.iter().map(|(entry, error)| {
        let login = printable::word(&entry.login);
        let line = format!("{error}; running go without the login {login} for {}", entry.machine);
        (entry.machine.clone(), line)
    });
    let mut remarks: Vec<_> = lacking.collect();
    if let Some(url) = url
        && let Some(refused) = refused()
        && let Some(entry) = given_for(url, logins.found.iter().map(|login| &login.entry))
    {
        let line = refusal(entry, refused, url, credentials, environment);
        remarks.push((entry.machine.clone(), line));
    }
    Ok(GoauthAnswer { response: response(&logins.found, url), remarks })
}

fn refusal(
    entry: &CredentialEntry,
    Refused(status): Refused,
    url: &str,
    credentials: &Credentials,
    environment: &dyn Environment,
) -> String {
    let place = entry.place_in_words(credentials);
    let CredentialEntry { machine, login, .. } = entry;
    let login = printable::word(login);
    // The netrc goes first, and may be what was refused.
    let netrc =
        Url::parse(url).is_ok_and(|url| Netrc::from_environment(environment).credentials(&url).is_some());
    let netrc = if netrc { "; your netrc has a login for it too, which go tries first" } else { "" };
    format!(
        "{machine} refused the login {login} (HTTP {status}), stored in {place}{netrc}\n  next: run `{}`",
        entry.next_step()
    )
}

/// What a server said to the request before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub u16);

impl Refused {
    /// The status in the response that the go command writes; `None` where there is none, or where it has nothing to do
    /// with credentials: most 404s only mean that one module is not there.
    pub fn parse(response: &str) -> Option<Self> {
        let mut words = response.lines().next()?.split(' ');
        let status = words.nth(1).filter(|_| response.starts_with("HTTP/"))?.parse().ok()?;
        matches!(status, 401 | 403).then_some(Self(status))
    }
}

/// The response of a GOAUTH command. `url` is the one that was asked for, whose host is repeated as it is spelled there:
/// the go command compares bytes.
fn response<'a>(logins: impl IntoIterator<Item = &'a Login>, url: Option<&str>) -> String {
    let mut response = String::new();
    for login in logins {
        let machine = match url {
            Some(url) => match spelled(url, &login.entry) {
                Some(machine) => machine,
                None => continue,
            },
            None => login.entry.machine.clone(),
        };
        let pair = STANDARD.encode(format!("{}:{}", login.entry.login, login.secret.reveal()));
        response.extend(["https://", &machine, "\n\nAuthorization: Basic ", &pair, "\n\n"]);
    }
    response
}

/// Whether the entry is for `url`: its host and port, at or below its path.
fn is_for(url: &str, entry: &CredentialEntry) -> bool {
    spelled(url, entry).is_some()
}

/// The entry that the go command used for `url` after it was given all of them, as it chooses itself: the one with the
/// longest path, and its spelling alone.
fn given_for<'a>(
    url: &str,
    entries: impl IntoIterator<Item = &'a CredentialEntry>,
) -> Option<&'a CredentialEntry> {
    let given = entries
        .into_iter()
        .filter(|entry| spelled(url, entry).is_some_and(|machine| machine == entry.machine));
    given.max_by_key(|entry| entry.machine.len())
}

/// The entry's machine as `url` spells it; `None` where the entry is not for that URL.
fn spelled(url: &str, entry: &CredentialEntry) -> Option<String> {
    if entry.kind != CredentialKind::Https {
        return None;
    }
    let rest = url.strip_prefix("https://")?;
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if host.contains('@') {
        return None; // it brings its own
    }
    let (entry_host, entry_path) =
        entry.machine.split_at(entry.machine.find('/').unwrap_or(entry.machine.len()));
    let lower = host.to_ascii_lowercase();
    let same_host = lower.strip_suffix(":443").unwrap_or(&lower) == entry_host;
    let below = path.strip_prefix(entry_path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (same_host && below).then(|| format!("{host}{entry_path}"))
}

#[cfg(test)]
mod tests {
    use super::super::{Secret, SecretStore};
    use super::*;

    fn login(machine: &str) -> Login {
        let (machine, login) = (machine.to_owned(), "joe".to_owned());
        let entry = CredentialEntry { kind: CredentialKind::Https, machine, login, place: SecretStore::File };
        Login { entry, secret: Secret::parse(b"s3").unwrap() }
    }

    #[test]
    fn only_what_the_url_is_for_is_given() {
        let logins = ["h", "h/team", "h:8443", "other"].map(login);
        let given = |url: &str| -> Vec<String> {
            let text = response(&logins, Some(url));
            text.lines()
                .filter(|line| line.starts_with("https://"))
                .map(|line| line[8..].to_owned())
                .collect()
        };
        assert_eq!(given("https://h/team/a/@v/list"), ["h", "h/team"]);
        assert_eq!(given("https://h/team"), ["h", "h/team"]);
        assert_eq!(given("https://h/teammate"), ["h"]);
        assert_eq!(given("https://h/other/team"), ["h"]);
        assert_eq!(given("https://h"), ["h"]);
        assert_eq!(given("https://H:443/team?go-get=1"), ["H:443", "H:443/team"]);
        assert_eq!(given("https://h:8443/x"), ["h:8443"]);
        for none in [
            "http://h/",
            "https://evil-h/",
            "https://h.evil/",
            "https://h:1/",
            "https://a:b@h/",
            "https://x/?/h/",
            "h",
            "",
        ] {
            assert_eq!(given(none), Vec::<String>::new(), "{none}");
        }
        assert_eq!(
            given_for("https://h/team/x", logins.iter().map(|login| &login.entry)).unwrap().machine,
            "h/team"
        );
        assert_eq!(given_for("https://H/team/x", logins.iter().map(|login| &login.entry)), None);
    }

    #[test]
    fn the_format_is_the_documented_one() {
        let logins = ["h", "h/team"].map(login);
        let text = "https://h\n\nAuthorization: Basic am9lOnMz\n\nhttps://h/team\n\nAuthorization: Basic am9lOnMz\n\n";
        assert_eq!(response(&logins, None), text);
        assert_eq!(response(&[], None), "");
    }

    #[test]
    fn only_a_refusal_is_one() {
        assert_eq!(Refused::parse("HTTP/1.1 401 Unauthorized\nA: b\n\n"), Some(Refused(401)));
        assert_eq!(Refused::parse("HTTP/2.0 403 Forbidden\n\n"), Some(Refused(403)));
        for other in ["HTTP/1.1 404 Not Found\n", "HTTP/1.1 410 Gone\n", "", "401", "x 401 y", "HTTP/1.1 \n"]
        {
            assert_eq!(Refused::parse(other), None, "{other}");
        }
    }
}
