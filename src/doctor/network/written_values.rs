//! What a value shows by its text alone: a GOPROXY or a proxy's address that go reads as something else, or refuses.
//!
//! Takes text, gives words that name no part of it, since it may be a secret from its first letter to its last.

use crate::net;
use crate::sources::ProxyList;

/// What is wrong with a list.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::doctor) struct ListFault {
    /// What is wrong.
    pub what: &'static str,
    /// What follows.
    pub why: &'static str,
    /// What to do.
    pub by_hand: &'static str,
}

/// What go refuses in a value of GOPROXY, or takes for something else than it looks.
pub(in crate::doctor) fn list_fault(list: &str) -> Option<ListFault> {
    let (what, why, by_hand) = fault(list)?;
    Some(ListFault { what, why, by_hand })
}

fn fault(list: &str) -> Option<(&'static str, &'static str, &'static str)> {
    const SCHEME: &str = "invalid proxy URL scheme (must be https, http, file)";
    let entries = || {
        let parts = list.split([',', '|']).map(str::trim).filter(|entry| !entry.is_empty());
        let mut ended = false;
        parts.take_while(move |entry| !std::mem::replace(&mut ended, matches!(*entry, "direct" | "off")))
    };
    if list.contains(['"', '\'']) {
        return Some((
            "has quotes in its value",
            "to go they are part of an address: `first path segment in URL cannot contain colon`",
            "delete the quotes",
        ));
    }
    if list.contains(';') {
        return Some((
            "has a `;` in it",
            "only `,` and `|` separate entries, so go asks for a host with that character",
            "write `,` instead",
        ));
    }
    if entries().any(|entry| entry.contains(char::is_whitespace)) {
        return Some((
            "has a blank inside an entry",
            "only `,` and `|` separate entries: `invalid character \" \" in host name`",
            "write `,` instead, or delete the blank",
        ));
    }
    let lacks_colon = |entry: &str| {
        let is_web = entry.starts_with("http:") || entry.starts_with("https:");
        !entry.contains("://") && !entry.starts_with("file:") && (is_web || entry.contains("//"))
    };
    if entries().any(lacks_colon) {
        return Some((
            "has an entry whose scheme is not followed by `://`",
            "go takes the scheme for a host: `lookup https: no such host`, `no Host in request URL`",
            "write https:// in front of the host",
        ));
    }
    let has_login = |entry: &str| {
        let rest = entry.strip_prefix("http://").unwrap_or_default();
        rest.split('/').next().is_some_and(|host| host.contains('@'))
    };
    if entries().any(has_login) {
        return Some((
            "has a login in an http address",
            "go refuses it: `refusing to pass credentials to insecure URL`",
            "use https, or keep the login out of it",
        ));
    }
    match ProxyList::parse(list, "") {
        Ok(_) => None,
        Err(_) if entries().next().is_none() => Some((
            "has no entry",
            "go refuses it: `GOPROXY list is not the empty string, but contains no entries`",
            "unset it for Go's default, or name a proxy",
        )),
        Err(_) => Some((
            "has an entry that names no proxy",
            if entries().any(|entry| entry.contains("://")) {
                SCHEME
            } else {
                "go refuses it: `invalid proxy URL`"
            },
            "write https://, http:// or file:// addresses, direct or off, separated by commas",
        )),
    }
}

/// What is wrong with the value of a proxy's variable: one that is not the address that it looks like.
pub(in crate::doctor) fn unusable_proxy(value: &str) -> Option<&'static str> {
    if value.contains(['"', '\'']) {
        return Some("has quotes in its value");
    }
    if value.contains(char::is_whitespace) {
        return Some("has a blank in its value");
    }
    let has_scheme = value.contains("://");
    let begins_with_scheme = ["http:", "https:", "socks5:"].iter().any(|scheme| value.starts_with(scheme));
    if !has_scheme && begins_with_scheme && value.contains(":/") {
        return Some("has one slash behind its scheme");
    }
    if !has_scheme && value.contains("//") {
        return Some("lacks the colon behind its scheme");
    }
    let text = if has_scheme { value.to_owned() } else { format!("http://{value}") };
    let url = net::parse(&text).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
    let Some(url) = url else { return Some("names no host") };
    let login = [url.username(), url.password().unwrap_or_default()];
    let is_escaped = |text: &str| {
        text.split('%')
            .skip(1)
            .all(|rest| rest.get(..2).is_some_and(|two| u8::from_str_radix(two, 16).is_ok()))
    };
    // The address is parsed leniently here; go drops what it cannot decode.
    let written = text.rsplit_once('@').map_or("", |(login, _)| login);
    let is_fine = login.iter().all(|part| is_escaped(part)) && is_escaped(written);
    (!is_fine).then_some("has a `%` in its login that is not encoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_takes_is_no_fault_and_what_it_refuses_is() {
        for fine in [
            "https://goproxy.corp.example,direct",
            "goproxy.corp.example/go|direct",
            "https://a.example , https://b.example",
            "http://10.0.2.2:8080",
            "https://joe:canary@a.example",
            "file:///srv/modules",
            "off",
            "direct",
            "direct,what follows is not read",
        ] {
            assert_eq!(fault(fine), None, "{fine}");
        }
        for (wrong, what) in [
            (",", "no entry"),
            ("'https://a.example'", "quotes"),
            ("https://a.example;direct", "`;`"),
            ("https://a.example direct", "blank"),
            ("http://joe:canary@a.example", "login"),
            ("ftp://a.example", "names no proxy"),
            ("proxy", "names no proxy"),
            ("https//a.example", "`://`"),
            ("https:/a.example,direct", "`://`"),
            ("https://a.example:port", "names no proxy"),
            ("https://", "names no proxy"),
        ] {
            let found = fault(wrong).map(|(what, ..)| what);
            assert!(found.is_some_and(|found| found.contains(what)), "{wrong}: {found:?}");
        }
    }

    #[test]
    fn a_proxy_s_value_is_an_address_or_it_is_told_what_keeps_it_from_being_one() {
        for fine in [
            "proxy.corp:3128",
            "http://proxy.corp:3128/",
            "https://proxy",
            "socks5://10.0.2.2:1080",
            "http://joe:can%23ary@proxy:1",
            "[fd00::1]:3128",
        ] {
            assert_eq!(unusable_proxy(fine), None, "{fine}");
        }
        for wrong in [
            "http//proxy:1",
            "'http://proxy:1'",
            "\"http://proxy",
            "http://proxy:port",
            "http://proxy :1",
            "http://joe:can#ary@proxy:1",
            "http://joe:c a@proxy:1",
            "u:p%zz@proxy:1",
            "http://u:p%zz@proxy:1",
        ] {
            assert!(unusable_proxy(wrong).is_some(), "{wrong}");
        }
    }
}
