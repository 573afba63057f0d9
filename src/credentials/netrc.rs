//! The netrc that a go command before 1.24 is given: the user's own, and what gvmr stores.
//!
//! Takes bytes and entries, gives bytes. The user's own lines stay, and stay first. Those go commands know hosts and not
//! paths, and from 1.14 to 1.19 not even ports; an entry for less than its host is written only where no other entry is
//! for that host, lest one takes another's place.

use super::{Login, Secret};
use crate::net::NetrcLines;
use gvmr_core::gover::version::Version;

/// Whether a netrc can hold them: it has no quotes, and a blank ends a word.
pub fn fits(login: &str, secret: &Secret) -> bool {
    let is_word = |text: &str| !text.is_empty() && !text.chars().any(char::is_whitespace);
    is_word(login) && is_word(secret.reveal())
}

/// `own` with a line for each login that a go command of this version can be given.
pub(super) fn merged(own: &[u8], logins: &[Login], version: &Version) -> Vec<u8> {
    let lines = lines(logins, version).concat();
    let (at, in_macro) = NetrcLines::new(own).end();
    let (before, after) = own.split_at(at);
    // A macro ends with an empty line; elsewhere one more is nothing.
    let gap: &[u8] = if before.is_empty() {
        b""
    } else if in_macro {
        b"\n\n"
    } else {
        b"\n"
    };
    [before, gap, lines.as_bytes(), after].concat()
}

fn lines(logins: &[Login], version: &Version) -> Vec<String> {
    let knows_ports =
        version.numbers().is_none_or(|(major, minor, _)| major > 1 || !(14..20).contains(&minor));
    let mut lines = Vec::new();
    for login in logins.iter().filter(|login| fits(&login.entry.login, &login.secret)) {
        let machine = login.entry.machine.as_str();
        let host = machine.split('/').next().unwrap_or_default();
        let same = |other: &&Login| reach(&other.entry.machine, knows_ports) == reach(machine, knows_ports);
        let is_alone = logins.iter().filter(same).count() == 1;
        let mut names = vec![host];
        // Some releases of that time may know ports after all.
        names.extend(Some(without_port(host)).filter(|name| !knows_ports && *name != host));
        for name in names.into_iter().filter(|name| is_alone || *name == machine) {
            let (user, secret) = (&login.entry.login, login.secret.reveal());
            lines.push(format!("machine {name} login {user} password {secret}\n"));
        }
    }
    lines
}

/// The machine as such a go command tells it from others.
fn reach(machine: &str, knows_ports: bool) -> &str {
    let host = machine.split('/').next().unwrap_or_default();
    if knows_ports { host } else { without_port(host) }
}

/// As the go command takes the host out of a URL: without brackets too.
fn without_port(host: &str) -> &str {
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    host.split_once(':').map_or(host, |(host, _)| host)
}

#[cfg(test)]
mod tests;
