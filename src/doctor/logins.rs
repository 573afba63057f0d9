//! Logins in the addresses of a line: taken apart, and cut out of it.
//!
//! Takes a line of a file of settings or a start-up file; gives what `gvmr auth` is to store, and the line without it. A line
//! that cannot be taken apart beyond doubt is refused. No error repeats any of it.

use crate::credentials::{self, Secret};
use crate::net::{Url, is_placeholder, url_login};
use gvmr_core::env::credentials::CredentialKind;

/// A login that stands in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenLogin {
    /// What it is for.
    pub(super) kind: CredentialKind,
    /// The machine, as `gvmr auth` names it.
    pub(super) machine: String,
    /// The user's name there.
    pub(super) login: String,
    /// Its secret.
    pub(super) secret: Secret,
}

impl WrittenLogin {
    /// Whether both are for one machine.
    pub(super) fn is_of_machine(&self, other: &Self) -> bool {
        self.kind == other.kind && self.machine == other.machine
    }
}

/// The logins of a line, and the line without them.
pub(super) fn cut(line: &str) -> Result<(Vec<WrittenLogin>, String), String> {
    let mut logins = Vec::new();
    let mut rest = line;
    let mut left = String::new();
    while let Some((at, scheme)) = next_address(rest) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|one: char| one.is_whitespace() || "\"'`,|;<>()".contains(one));
        let (address, after) = from.split_at(end.unwrap_or(from.len()));
        left.push_str(before);
        match login(&format!("{before}{scheme}"), address)? {
            Some((login, address)) => {
                left.push_str(address);
                logins.push(login);
            }
            None => left.push_str(address),
        }
        rest = after;
    }
    left.push_str(rest);
    if logins.is_empty() { Err("it has no login any more".to_owned()) } else { Ok((logins, left)) }
}

/// Where the next address begins behind its scheme, and the scheme where it is left out: that of a proxy, which Go takes for
/// one of http.
fn next_address(text: &str) -> Option<(usize, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let written = lower.find("://").map(|at| (at + 3, ""));
    let bare = lower.match_indices("_proxy").find_map(|(at, name)| {
        let behind = lower.get(at + name.len()..)?;
        let value = behind.trim_start_matches([' ', '=', '"', '\'', '\t']);
        let address = value.split(|one: char| one.is_whitespace() || "\"';".contains(one)).next()?;
        let is_bare = value.len() < behind.len() && address.contains('@') && !address.contains("://");
        is_bare.then_some((lower.len() - value.len(), "http://"))
    });
    written.into_iter().chain(bare).min()
}

/// The login in the address behind `before`, which ends with its scheme, and the address without it.
fn login<'a>(before: &str, address: &'a str) -> Result<Option<(WrittenLogin, &'a str)>, String> {
    let authority = address.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, host)) = authority.rsplit_once('@') else {
        // A password with such a character: the address is not what it seems.
        return if address.contains('@') { Err(UNCLEAR.to_owned()) } else { Ok(None) };
    };
    if user.contains(['$', '@', '\\', '{']) || address.matches('@').count() > 1 {
        return Err(UNCLEAR.to_owned());
    }
    let Some((_, _)) = user.split_once(':').filter(|(_, password)| !is_placeholder(password.as_bytes()))
    else {
        return Ok(None);
    };
    let scheme = before.trim_end_matches("://").rsplit(|one: char| !one.is_ascii_alphanumeric()).next();
    let scheme = scheme.unwrap_or_default().to_ascii_lowercase();
    let kind = if is_proxys(before) { CredentialKind::Proxy } else { CredentialKind::Https };
    let url = Url::parse(&format!("{scheme}://{address}")).map_err(|_| UNCLEAR)?;
    let (login, password) = url_login(&url).ok_or(UNCLEAR)?;
    let without = &address[user.len() + 1..];
    let named = match kind {
        CredentialKind::Https => format!("{scheme}://{without}"),
        CredentialKind::Proxy => format!("{scheme}://{host}"),
    };
    let machine = credentials::machine(kind, &named).map_err(|error| error.to_string())?;
    credentials::check_login(&login).map_err(|error| error.to_string())?;
    let secret = Secret::parse(password.as_bytes()).map_err(|error| error.to_string())?;
    Ok(Some((WrittenLogin { kind, machine, login, secret }, without)))
}

const UNCLEAR: &str = "its address cannot be taken apart beyond doubt";

/// Whether the assignment that `before` ends with is one of a proxy for HTTP: `https_proxy=http://`.
fn is_proxys(before: &str) -> bool {
    let lower = before.to_ascii_lowercase();
    let Some(at) = lower.rfind("_proxy") else { return false };
    !lower.get(at + "_proxy".len()..).unwrap_or_default().contains(['\n', ';'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<(Vec<String>, String)> {
        let (logins, left) = cut(line).ok()?;
        let shown = logins
            .iter()
            .map(|one| format!("{} {} {} {}", one.kind.word(), one.machine, one.login, one.secret.reveal()));
        Some((shown.collect(), left))
    }

    #[test]
    fn a_login_is_cut_out_and_the_rest_stays() {
        let (logins, left) =
            of("GOPROXY=https://joe:s%40c@goproxy.corp.example/go,https://two:y@b.example:8443|direct")
                .unwrap();
        assert_eq!(logins, ["https goproxy.corp.example/go joe s@c", "https b.example:8443 two y"]);
        assert_eq!(left, "GOPROXY=https://goproxy.corp.example/go,https://b.example:8443|direct");
        let (logins, left) = of("export HTTPS_PROXY=\"http://joe:pw@proxy.corp:3128\" # mine").unwrap();
        assert_eq!(logins, ["proxy proxy.corp:3128 joe pw"]);
        assert_eq!(left, "export HTTPS_PROXY=\"http://proxy.corp:3128\" # mine");
        let (logins, _) = of("set -gx https_proxy 'http://joe:pw@proxy.corp:3128/'").unwrap();
        assert_eq!(logins, ["proxy proxy.corp:3128 joe pw"]);
    }

    #[test]
    fn a_proxy_needs_no_scheme() {
        let (logins, left) = of("export https_proxy=joe:pw@proxy.corp:3128 NO_PROXY=a; A=b").unwrap();
        assert_eq!(logins, ["proxy proxy.corp:3128 joe pw"]);
        assert_eq!(left, "export https_proxy=proxy.corp:3128 NO_PROXY=a; A=b");
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        for line in [
            "x=https://joe@host",
            "x=https://joe:$PW@host",
            "x=https://joe:a@b@host",
            "x=https://joe:a/b@host",
            "x=https://joe:a#b@host",
            "GOPROXY=http://joe:pw@host",
            "x=y",
        ] {
            assert!(of(line).is_none(), "{line}");
        }
    }
}
