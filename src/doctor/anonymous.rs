//! A text that names nobody: no user, no machine, no address, no path of the home.
//!
//! Takes a text and what is known of who runs it; gives the text with stand-ins, the same one for the same name. Knows only
//! what it is told and what the text itself marks as a host or an address; secrets are gone before.

use gvmr_core::sys::printable;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;

/// Whose report it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// The user's home directory, by all its paths.
    pub(super) homes: Vec<PathBuf>,
    /// The user's name.
    pub(super) user: Option<String>,
    /// The machine's names, the longest first.
    pub(super) machine: Vec<String>,
    /// Hosts and domains that are not public, such as those of GOPRIVATE.
    pub(super) hosts: Vec<String>,
}

/// Hosts that are the same for everyone.
const PUBLIC: &[&str] = &[
    "go.dev",
    "golang.org",
    "google.com",
    "golang.google.cn",
    "goproxy.io",
    "goproxy.cn",
    "github.com",
    "localhost",
];

/// The text without what tells who and where.
pub(super) fn anonymous(text: &str, identity: &Identity) -> String {
    let mut homes: Vec<String> = identity.homes.iter().map(printable::path).collect();
    homes.retain(|home| home.len() > 1);
    homes.sort_by_key(|home| std::cmp::Reverse(home.len()));
    let mut text = text.to_owned();
    for home in homes {
        text = replaced(&text, &home, "~", is_of_path);
    }
    let mut hosts: Vec<String> = named_hosts(&text);
    hosts.extend(identity.hosts.iter().map(|host| host.trim_start_matches(['*', '.']).to_owned()));
    hosts.retain(|host| !host.is_empty() && !is_public(host) && host.parse::<IpAddr>().is_err());
    hosts.sort();
    hosts.dedup();
    // A host below another one is replaced before it.
    let mut by_length: Vec<(usize, &String)> = hosts.iter().enumerate().collect();
    by_length.sort_by_key(|(_, host)| std::cmp::Reverse(host.len()));
    for (index, host) in by_length {
        text = replaced(&text, host, &format!("host-{}", index + 1), is_of_host);
    }
    for name in identity.machine.iter().filter(|name| !name.is_empty() && !is_public(name)) {
        text = replaced(&text, name, "machine", is_of_word);
    }
    if let Some(user) = identity.user.as_ref().filter(|user| !user.is_empty() && *user != "root") {
        text = replaced(&text, user, "user", is_of_word);
    }
    without_addresses(&text)
}

/// `text` with `by` for each `name` that no such character stands beside.
fn replaced(text: &str, name: &str, by: &str, is_part: fn(char) -> bool) -> String {
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    let mut last = None;
    while let Some(at) = rest.find(name) {
        let (before, from) = rest.split_at(at);
        let after = &from[name.len()..];
        let stands_alone = !before.chars().next_back().or(last).is_some_and(is_part)
            && !after.chars().next().is_some_and(is_part);
        new.push_str(before);
        new.push_str(if stands_alone { by } else { name });
        last = name.chars().next_back();
        rest = after;
    }
    new.push_str(rest);
    new
}

fn is_of_path(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '-' | '_' | '.')
}

fn is_of_host(one: char) -> bool {
    one.is_alphanumeric() || one == '-'
}

fn is_of_word(one: char) -> bool {
    one.is_alphanumeric() || one == '_'
}

fn is_public(host: &str) -> bool {
    PUBLIC.iter().any(|public| {
        host == *public || host.strip_suffix(public).is_some_and(|before| before.ends_with('.'))
    })
}

/// What follows `://` as far as a host goes, and what stands behind an `@` there.
fn named_hosts(text: &str) -> Vec<String> {
    let hosts = text.match_indices("://").filter_map(|(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        let end = rest.find(|one: char| !(is_of_host(one) || "._@*:%[]".contains(one)));
        let authority = rest.get(..end.unwrap_or(rest.len()))?;
        let host = authority.rsplit('@').next()?;
        let host = host.split(':').next()?.trim_matches(['[', ']', '.', '*']);
        Some(host.to_owned())
    });
    hosts.collect()
}

/// Addresses of machines become `address-N`; those of this machine itself stay.
fn without_addresses(text: &str) -> String {
    let is_part = |one: char| one.is_ascii_hexdigit() || one == '.' || one == ':';
    let mut known: Vec<IpAddr> = Vec::new();
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        if !is_part(first) || previous.is_alphanumeric() {
            new.push(first);
            previous = first;
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|one| !is_part(one)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let followed = after.chars().next().is_some_and(char::is_alphanumeric);
        match address(word).filter(|_| !followed) {
            Some((address, length)) if !address.is_loopback() && !address.is_unspecified() => {
                let index = known.iter().position(|one| *one == address).unwrap_or_else(|| {
                    known.push(address);
                    known.len() - 1
                });
                let _ = write!(new, "address-{}{}", index + 1, &word[length..]);
            }
            _ => new.push_str(word),
        }
        previous = word.chars().next_back().unwrap_or(' ');
        rest = after;
    }
    new
}

/// The address that a word of digits, dots and colons begins with, and its length: a port or a full stop may follow.
fn address(word: &str) -> Option<(IpAddr, usize)> {
    let bare = word.trim_end_matches(['.', ':']);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some((address, bare.len()));
    }
    let (before, _) = bare.split_once(':')?;
    before.parse::<IpAddr>().ok().map(|address| (address, before.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_have_stand_ins() {
        let identity = Identity {
            homes: vec!["/home/joe".into(), "/mnt/homes/joe".into()],
            user: Some("joe".to_owned()),
            machine: vec!["vm7.corp.example".to_owned(), "vm7".to_owned()],
            hosts: vec!["*.git.corp.example".to_owned()],
        };
        for (text, expected) in [
            ("/home/joe/go:/home/joel/x:/mnt/homes/joe", "~/go:/home/joel/x:~"),
            ("belongs to joe, on vm7", "belongs to user, on machine"),
            ("https://goproxy.corp.example/x,https://go.dev", "https://host-2/x,https://go.dev"),
            ("team.git.corp.example git.corp.example", "team.host-1 host-1"),
            (
                "nameserver 10.0.2.3, 10.0.2.2:3128, 127.0.0.1",
                "nameserver address-1, address-2:3128, 127.0.0.1",
            ),
            ("fd00::1 and [fd00::2]:80, ::1", "address-1 and [address-2]:80, ::1"),
            ("go1.24.3 at 12:30:15, 1.22.10", "go1.24.3 at 12:30:15, 1.22.10"),
            ("https://sum.golang.org gvmr.home-unfit", "https://sum.golang.org gvmr.home-unfit"),
        ] {
            let identity = Identity {
                hosts: if text.contains("goproxy") || text.contains("git") {
                    identity.hosts.clone()
                } else {
                    Vec::new()
                },
                ..identity.clone()
            };
            assert_eq!(anonymous(text, &identity), expected);
        }
    }
}
