//! The names of machines that credentials can be stored for.
//!
//! Takes what a user types or pastes, gives the one spelling under which it is stored: `host`, `host:port`, `host/path` for
//! servers; `host:port` for proxies that are spoken to in plain HTTP, `https://host:port` and `socks5://host:port` for
//! others. An error never repeats the text, which may contain a password.

use crate::net::Url;
use gvmr_core::env::credentials::{CredentialKind, proxy_machine};
use std::net::Ipv4Addr;

/// Why a text names no machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MachineError {
    /// A server would be asked without TLS.
    #[error("the go command sends credentials over https only, never to an http:// address")]
    Insecure,
    /// It has credentials in it.
    #[error("the machine's name contains \"@\" and may hold a password; a password is never an argument")]
    Credentials,
    /// Another scheme than the kind has.
    #[error("{0}")]
    Scheme(&'static str),
    /// A query or fragment.
    #[error("a machine's name cannot contain \"?\" or \"#\"")]
    Query,
    /// A path where none may be, or one that no URL keeps as it is.
    #[error("{0}")]
    Path(&'static str),
    /// No host, or none that can be.
    #[error("not a host; write it as git.corp.example or proxy.corp.example:3128")]
    Host,
}

/// The machine that `text` means.
pub fn machine(kind: CredentialKind, text: &str) -> Result<String, MachineError> {
    if text.contains('@') {
        return Err(MachineError::Credentials);
    }
    if text.chars().any(|one| one.is_whitespace() || one.is_control() || one == '\\') {
        return Err(MachineError::Host);
    }
    match kind {
        CredentialKind::Https => server(text),
        CredentialKind::Proxy => proxy(text),
    }
}

fn server(text: &str) -> Result<String, MachineError> {
    let rest = match scheme(text) {
        (Some(scheme), rest) if scheme == "https" => rest,
        (Some(scheme), _) if scheme == "http" => return Err(MachineError::Insecure),
        (Some(_), _) => {
            return Err(MachineError::Scheme("name a server by its host or its https:// address"));
        }
        (None, rest) => rest,
    };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if path.contains(['?', '#']) {
        return Err(MachineError::Query);
    }
    let path = path.trim_end_matches('/');
    if !path.split('/').skip(1).all(is_segment) {
        return Err(MachineError::Path("write the path as in the URL, such as /team/a"));
    }
    let (host, port) = authority(host)?;
    // The go command drops :443 from addresses, and users do not write it.
    let port = port.filter(|port| *port != 443).map(|port| format!(":{port}"));
    Ok(format!("{host}{}{path}", port.unwrap_or_default()))
}

fn proxy(text: &str) -> Result<String, MachineError> {
    let (scheme, rest) = scheme(text);
    let scheme = scheme.unwrap_or_else(|| "http".to_owned());
    if !matches!(scheme.as_str(), "http" | "https" | "socks5" | "socks5h") {
        return Err(MachineError::Scheme("a proxy's address must begin with http, https, socks5 or socks5h"));
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#']) {
        return Err(MachineError::Path("name a proxy by its host and port, without a path"));
    }
    let (host, port) = authority(rest)?;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    proxy_machine(&format!("{scheme}://{host}{port}")).ok_or(MachineError::Host)
}

/// The scheme in lower case, and what follows it.
fn scheme(text: &str) -> (Option<String>, &str) {
    match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, text),
    }
}

/// The host as URLs spell it, and the port.
fn authority(text: &str) -> Result<(String, Option<u16>), MachineError> {
    let url = Url::parse(&format!("https://{text}/")).map_err(|_| MachineError::Host)?;
    let host = url.host_str().filter(|host| is_host(host, text)).ok_or(MachineError::Host)?;
    let given = text.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(']'));
    let port = match given {
        Some(port) => Some(port.parse().ok().filter(|port| *port != 0).ok_or(MachineError::Host)?),
        None => None,
    };
    Ok((host.to_owned(), port))
}

/// Whether certificates and resolvers know such a host: an address, or labels of letters, digits, hyphens and the
/// underscores of some networks. `text` is how it was typed: no number is read as an address in another spelling.
fn is_host(host: &str, text: &str) -> bool {
    if host.starts_with('[') {
        return true; // the URL's reader took the address apart
    }
    if host.parse::<Ipv4Addr>().is_ok() {
        return text.starts_with(host);
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// Whether a URL keeps this element of its path as it is.
fn is_segment(segment: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:%".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_server_has_one_spelling() {
        let of = |text| machine(CredentialKind::Https, text);
        for (typed, stored) in [
            ("git.corp.example", "git.corp.example"),
            ("https://Git.Corp.example/", "git.corp.example"),
            ("HTTPS://git.corp.example:8443/Team/a//", "git.corp.example:8443/Team/a"),
            ("git.corp.example:443/x", "git.corp.example/x"),
            ("git.corp.example/team/%41", "git.corp.example/team/%41"),
            ("[FD00::1]:8443", "[fd00::1]:8443"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("localhost", "localhost"),
            ("10.0.2.2:8443/x", "10.0.2.2:8443/x"),
            ("docker_registry:5000", "docker_registry:5000"),
            ("a-b.c--d", "a-b.c--d"),
        ] {
            assert_eq!(of(typed).as_deref(), Ok(stored), "{typed}");
        }
        assert_eq!(of("http://git.corp.example"), Err(MachineError::Insecure));
        assert_eq!(of("https://joe:canary@git.corp.example"), Err(MachineError::Credentials));
        assert!(matches!(of("ssh://git.corp.example"), Err(MachineError::Scheme(_))));
        assert_eq!(of("git.corp.example/x?y"), Err(MachineError::Query));
        for wrong in ["a/../b", "a/./b", "a//b", "a/\u{e9}", "a/b|c"] {
            assert!(matches!(of(wrong), Err(MachineError::Path(_))), "{wrong}");
        }
        for wrong in [
            "",
            "/team",
            "https://",
            "a b",
            "a\tb",
            "a\nb",
            "a:",
            "a:0",
            "a:65536",
            "a:x",
            "a:+1",
            "a%b",
            "a\\b",
            "[::1",
            "::1",
            "../x",
            "..",
            ".",
            "*",
            "*.corp",
            "a.*",
            "-x",
            "-x.corp",
            "x-.corp",
            "a.-b",
            "git.corp.",
            ".corp",
            "a..b",
            "$(id)",
            "a;b",
            "a,b",
            "a=b",
            "a'b",
            "!",
            "~",
            "1",
            "0x7f.1",
            "127.1",
            "a|b",
        ] {
            assert_eq!(of(wrong), Err(MachineError::Host), "{wrong:?}");
        }
        let label = "a".repeat(63);
        assert!(machine(CredentialKind::Https, &label).is_ok());
        assert!(machine(CredentialKind::Https, &format!("{label}a")).is_err());
        let long = [label.as_str(); 4].join(".");
        assert!(machine(CredentialKind::Https, &long[..253]).is_ok());
        assert!(machine(CredentialKind::Https, &long).is_err());
    }

    #[test]
    fn a_proxy_has_its_scheme_and_port() {
        let of = |text| machine(CredentialKind::Proxy, text);
        for (typed, stored) in [
            ("Proxy.corp.example:3128", "proxy.corp.example:3128"),
            ("http://proxy.corp.example:3128/", "proxy.corp.example:3128"),
            ("http://proxy.corp.example", "proxy.corp.example:80"),
            ("proxy.corp.example", "proxy.corp.example:80"),
            ("https://proxy.corp.example", "https://proxy.corp.example:443"),
            ("https://proxy.corp.example:443", "https://proxy.corp.example:443"),
            ("proxy.corp.example:443", "proxy.corp.example:443"),
            ("socks5://[fd00::1]", "socks5://[fd00::1]:1080"),
            ("SOCKS5H://proxy", "socks5://proxy:1080"),
        ] {
            assert_eq!(of(typed).as_deref(), Ok(stored), "{typed}");
        }
        assert_eq!(of("http://joe:canary@proxy:3128"), Err(MachineError::Credentials));
        assert!(matches!(of("proxy:3128/x"), Err(MachineError::Path(_))));
        assert!(matches!(of("ftp://proxy:3128"), Err(MachineError::Scheme(_))));
        for wrong in ["proxy:99999", "*", "*.corp:3128", "-x:1", "proxy.corp.:3128", ".."] {
            assert_eq!(of(wrong), Err(MachineError::Host), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_one_field_of_a_line_and_stays_itself(text in "\\PC{0,30}", https: bool) {
            let kind = if https { CredentialKind::Https } else { CredentialKind::Proxy };
            if let Ok(stored) = machine(kind, &text) {
                prop_assert!(stored.bytes().all(|byte| byte.is_ascii_graphic()), "{stored:?}");
                prop_assert_eq!(machine(kind, &stored), Ok(stored));
            }
        }
    }
}
