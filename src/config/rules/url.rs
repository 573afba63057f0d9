//! The addresses that the go command takes from `HTTP_PROXY`, `HTTPS_PROXY` and `GOPROXY`.
//!
//! Takes a value, says what the go command would refuse, or silently read as something else. Stricter than Go where Go
//! guesses; never shows the value, which may hold a password.

use std::net::Ipv6Addr;

const PROXY_SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// What `HTTP_PROXY` and `HTTPS_PROXY` may be: `host:port`, or a URL of a scheme that Go knows.
pub(super) fn http_proxy(value: &str) -> Result<(), String> {
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest.strip_suffix('/').unwrap_or(rest)),
        None => (None, value),
    };
    if scheme.is_some_and(|scheme| !PROXY_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known))) {
        return Err(proxy_mistake("the scheme must be http, https, socks5 or socks5h"));
    }
    if rest.contains(['/', '?', '#']) {
        return Err(proxy_mistake("it contains \"/\", \"?\" or \"#\" (in a password write %2F, %3F, %23)"));
    }
    let authority = Authority::parse(rest).map_err(proxy_mistake)?;
    let is_cut = |known: &str| rest.strip_prefix(known).is_some_and(|behind| behind.starts_with(':'));
    if scheme.is_none() && authority.has_user && PROXY_SCHEMES.into_iter().any(is_cut) {
        return Err(proxy_mistake("\"//\" is missing after the scheme"));
    }
    if scheme.is_none() && !authority.has_port {
        return Err(proxy_mistake("it has neither a scheme nor a port"));
    }
    Ok(())
}

fn proxy_mistake(why: &str) -> String {
    format!("not a proxy address: {why}; write http://host:port or host:port")
}

/// What `GOPROXY` may be: a list that the go command accepts.
pub(super) fn goproxy(value: &str) -> Result<(), String> {
    let mut entries = 0;
    for entry in value.split([',', '|']).map(str::trim).filter(|entry| !entry.is_empty()) {
        entries += 1;
        if matches!(entry, "off" | "direct") {
            return Ok(()); // the go command reads no further
        }
        goproxy_entry(entry).map_err(|why| {
            format!(
                "entry {entries} of the list: {why}; allowed: https, http and file URLs, hosts, direct, off"
            )
        })?;
    }
    if entries == 0 {
        return Err("the list has no entries; write \"direct\" or \"off\" for no proxy".to_owned());
    }
    Ok(())
}

fn goproxy_entry(entry: &str) -> Result<(), &'static str> {
    if entry.starts_with('~') {
        return Err("a path (\"~\" is not expanded here, write file://${HOME}/…)");
    }
    if entry.starts_with('/') {
        return Err("a path (write file:///…)");
    }
    if !entry.contains(":/") {
        if !entry.contains(['.', ':', '/']) {
            return Err("a single word that is neither direct nor off");
        }
        return authority_and_path(entry).map(|_| ());
    }
    let (scheme, rest) = entry.split_once("://").ok_or("an incomplete URL")?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => authority_and_path(rest).map(|_| ()),
        "http" if authority_and_path(rest)?.has_user => {
            Err("an http URL with credentials, which the go command never sends unencrypted")
        }
        "http" => Ok(()),
        "file" => {
            let only_a_path = rest.starts_with('/') && !rest.contains(['?', '#']) && escapes_are_whole(rest);
            if only_a_path { Ok(()) } else { Err("a file URL with more or less than an absolute path") }
        }
        _ => Err("a URL with another scheme"),
    }
}

fn authority_and_path(text: &str) -> Result<Authority, &'static str> {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let (authority, path) = text.split_at(end);
    if !escapes_are_whole(path) {
        return Err("a URL with an invalid \"%\" escape");
    }
    Authority::parse(authority)
}

/// `[user[:password]@]host[:port]`.
#[derive(Debug, PartialEq, Eq)]
struct Authority {
    has_user: bool,
    has_port: bool,
}

impl Authority {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (user, address) = match text.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, text),
        };
        if user.is_some_and(|user| !is_user(user)) {
            return Err(
                "the user or password has a character that must be written as \"%\" and two hexadecimal digits",
            );
        }
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (address, None),
        };
        if !is_host(host) {
            return Err("it has no valid host");
        }
        let is_port = |port: &str| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
        };
        if port.is_some_and(|port| !is_port(port)) {
            return Err("its port must be a number from 1 to 65535");
        }
        Ok(Self { has_user: user.is_some(), has_port: port.is_some() })
    }
}

/// As Go's net/url takes it.
fn is_user(user: &str) -> bool {
    user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte))
        && escapes_are_whole(user)
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let (address, zone) = inner.split_once("%25").unwrap_or((inner, "eth0"));
        let is_zone = !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return address.parse::<Ipv6Addr>().is_ok() && is_zone;
    }
    let allowed = |one: char| one.is_alphanumeric() || matches!(one, '-' | '.' | '_');
    !host.is_empty() && host.chars().all(allowed) && host.chars().any(char::is_alphanumeric)
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|behind| {
        let digits = behind.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_address_is_one_that_go_does_not_guess_at() {
        for right in [
            "http://proxy:3128",
            "http://proxy.corp.example:3128/",
            "https://joe:s3cr3t%2F@proxy",
            "socks5://127.0.0.1:1080",
            "socks5h://[fd00::1]:1080",
            "http://[fe80::1%25eth0]:80",
            "HTTP://PROXY:80",
            "proxy:3128",
            "joe:pw@proxy:3128",
            "[::1]:8080",
            "http://CORP%5Cjoe:pw@proxy:80",
            "http://prüfung.example:80",
        ] {
            assert_eq!(http_proxy(right), Ok(()), "{right}");
        }
        for (wrong, why) in [
            ("proxy", "neither a scheme nor a port"),
            ("proxy:", "port"),
            ("proxy:x", "port"),
            ("proxy:0", "port"),
            ("proxy:65536", "port"),
            ("proxy:+80", "port"),
            ("ftp://proxy:21", "scheme"),
            ("socks4://proxy:1080", "scheme"),
            ("http:proxy:80", "no valid host"),
            ("http:/proxy:80", "\"/\""),
            ("http:joe@proxy:80", "\"//\" is missing"),
            ("http://", "no valid host"),
            ("http://:3128", "no valid host"),
            ("http://proxy:3128/wpad.dat", "\"/\""),
            ("http://joe:pa#ss@proxy:3128", "#"),
            ("http://joe:pa ss@proxy:3128", "password"),
            ("http://joe:100%@proxy:3128", "password"),
            ("http://pro xy:3128", "no valid host"),
            (" http://proxy:3128", "scheme"),
            ("http://[fd00::1:3128", "no valid host"),
            ("http://fd00::1:3128", "no valid host"),
            ("off", "neither"),
            ("DIRECT", "neither"),
        ] {
            let message = http_proxy(wrong).unwrap_err();
            assert!(message.contains(why), "{wrong}: {message}");
        }
    }

    #[test]
    fn a_list_of_proxies_is_one_that_the_go_command_takes() {
        for right in [
            "direct",
            "off",
            "https://goproxy.example,direct",
            "http://goproxy.example:8080|https://b.example , direct",
            "goproxy.example/team",
            "example:8080",
            "file:///srv/mirror",
            "HTTPS://a.example:8080",
            "file:///srv/my%20mirror,off",
            "https://joe:pw@proxy.example/x?y",
            ",direct",
            "direct,what follows is not read",
        ] {
            assert_eq!(goproxy(right), Ok(()), "{right}");
        }
        for (wrong, why) in [
            (",", "no entries"),
            (" | ", "no entries"),
            ("proxy", "single word"),
            ("https://a.example,Direct", "entry 2 of the list: a single word"),
            ("/srv/mirror", "file:///"),
            ("~/mirror", "file://${HOME}"),
            ("ftp://a.example", "another scheme"),
            ("http:/a.example", "an incomplete URL"),
            ("https://", "no valid host"),
            ("http://joe:pw@a.example", "unencrypted"),
            ("file://host/x", "file URL"),
            ("file:/srv/mirror", "an incomplete URL"),
            ("file:///x?y", "file URL"),
            ("https://a.example/%zz", "%"),
        ] {
            let message = goproxy(wrong).unwrap_err();
            assert!(message.contains(why) && !message.contains("pw"), "{wrong}: {message}");
        }
    }
}
